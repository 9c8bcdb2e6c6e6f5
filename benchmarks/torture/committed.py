"""What a run has committed, read as pages read it, in digests that can be compared.

`committed` is for watching one run over time: what stood there once must stand there for ever.
`outcome` is for holding two runs against each other: all that training determines, to the bit, and
nothing that the clock does.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from mild.store.files import arrays
from mild.store.run import Run

BY_ROUND = ("index.npy", "planted.npz", "probabilities.npy", "neighbours.npz")
AT_END = ("scores.npz", "selection.npz")
_CLOCK = ("seconds", "recorded")
"""Fields of records that two runs never share."""


def committed(run: Run) -> dict[str, str]:
    """Digest of each thing that counts, by name: epochs, rounds, labels, the request."""
    found = {"config": _digest(_asked(run))}
    if run.folder.instances.is_file():
        known = run.instances()
        found["labels"] = _digest(known.given_N, known.clean_N)
    for record in run.epochs():
        *rows, held_out_M = _rows(run, record.stage, record.epoch)
        found[f"epoch {record.stage}/{record.epoch}"] = _digest(asdict(record), *rows)
        if held_out_M is not None:  # not shown while the list of what is held out is away
            found[f"held out {record.stage}/{record.epoch}"] = _digest(held_out_M)
    for done in run.rounds():
        files = [_members(run.folder.round(done.round) / name) for name in AT_END]
        found[f"round {done.round}"] = _digest(asdict(done), *files)
    return found


def outcome(run: Run) -> dict[str, str]:
    """Digest of each thing that training determines, by name."""
    found = {"labels": _digest(run.instances().given_N)}
    for record in run.epochs():
        rows = _rows(run, record.stage, record.epoch)
        found[f"epoch {record.stage}/{record.epoch}"] = _digest(_timeless(record), *rows)
    for done in run.rounds():
        for name in (*BY_ROUND, *AT_END):
            path = run.folder.round(done.round) / name
            if path.is_file():
                found[f"{done.round}/{name}"] = _digest(_members(path))
        found[f"round {done.round}"] = _digest(_timeless(done))
        found[f"{done.round}/network"] = _weights(run.folder.network(done.round))
    found["network"] = _weights(run.folder.checkpoint)
    return found


def differences(found: dict[str, str], wanted: dict[str, str]) -> list[str]:
    """Names of what is missing, new, or other than it should be."""
    names = dict.fromkeys((*wanted, *found))
    return [name for name in names if found.get(name) != wanted.get(name)]


def _asked(run: Run) -> dict[str, Any]:
    """The request, without the cuts that people give while a run waits."""
    asked = dict(json.loads(run.folder.config.read_text()))
    for settings in (asked, asked.get("config", {})):
        if isinstance(settings, dict) and "selection" in settings:
            settings["selection"] = {**settings["selection"], "cuts": None}
    return asked


def _rows(run: Run, stage: int, epoch: int) -> list[Any]:
    if not run.is_round(stage):
        return [None]
    read = (run.status, run.predictions, run.losses, run.margins, run.held_out_predictions)
    every = [of_round(stage) for of_round in read]
    return [None if item is None else np.array(item[epoch - 1]) for item in every]


def _members(path: Path) -> dict[str, Any]:
    if path.suffix == ".npz":
        return dict(sorted(arrays.load_npz(path).items()))
    return {path.stem: np.array(arrays.load_npy(path))}


def _timeless(record: Any) -> dict[str, Any]:
    return {name: value for name, value in asdict(record).items() if name not in _CLOCK}


def _weights(path: Path) -> str:
    """Of the tensors in a file of PyTorch's, without PyTorch: they are plain members of a zip."""
    if not path.is_file():
        return "none"
    with zipfile.ZipFile(path) as members:
        tensors = sorted(name for name in members.namelist() if "/data/" in name)
        return _digest(*(members.read(name) for name in tensors))


def _digest(*parts: Any) -> str:
    digest = hashlib.blake2b(digest_size=12)
    for part in parts:
        digest.update(_bytes(part))
    return digest.hexdigest()


def _bytes(part: Any) -> bytes:
    if isinstance(part, bytes):
        return part
    if isinstance(part, np.ndarray):
        return f"{part.dtype}{part.shape}".encode() + part.tobytes()
    if isinstance(part, dict):
        return b"".join(str(key).encode() + _bytes(value) for key, value in part.items())
    return repr(part).encode()
