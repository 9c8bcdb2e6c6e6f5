"""A new run that begins at the end of a round of another: its folder, complete in itself.

What both share is hard-linked where the file system can, for no file of a run that is done with is
ever written in place; deleting one run leaves the other whole.
"""

from __future__ import annotations

import json
import time
from contextlib import closing
from typing import Any

from mild.config import RunConfig
from mild.errors import RunError
from mild.store.database import connect, tables
from mild.store.files.disk_full import WRITE_ERRORS
from mild.store.files.replacing import link_or_copy
from mild.store.folder import RunFolder
from mild.store.lifecycle.draft import make_folder
from mild.store.review.cuts import kept_by
from mild.store.run import Run
from mild.store.writing.config_file import write_config

_SELECTED = ("scores.npz", "selection.npz")
"""What the branch makes anew in its first round."""


def branch_run(run: Run, number: int, config: RunConfig) -> RunFolder:
    """Make a queued run that has rounds 0 .. `number` of `run`, the last one unselected.

    Parameters
    ----------
    number
        The round to branch from, counted from 0.
    config
        What the new run is asked for: that of `run`, but for its name and selection; the cut of
        that round, if one is given, is in it.

    Raises
    ------
    RunError
        If the runs folder cannot be written. Whether the round can be branched from, `check` tells.
    """
    root = run.folder.path.parent

    def fill(draft: RunFolder) -> None:
        write_config(draft, config, _origin(run, number))
        _link_files(run.folder, draft, number)
        _write_database(run, draft, number, config)

    try:
        return make_folder(root, config.name, fill)
    except WRITE_ERRORS as error:
        raise RunError(
            f"runs folder {root} cannot be written ({getattr(error, 'strerror', None) or error}); "
            "make it writable, or make room on its disk."
        ) from error


def check(run: Run, number: int, cut: float | None) -> None:
    """See whether a run can be branched from a round, counted from 0, with a cut.

    Raises
    ------
    RunError
        If the round is not there, its network was not kept, or the cut cannot be.
    """
    rounds = run.config().rounds
    if not 0 <= number < len(rounds) or run.n_epochs(number) < rounds[number].epochs:
        n_trained = sum(run.n_epochs(k) == asked.epochs for k, asked in enumerate(rounds))
        raise RunError(
            f"run {run.run_id} has no round {number + 1} to branch from: "
            f"{n_trained} of its {len(rounds)} rounds are trained."
        )
    if not run.folder.network(number).is_file():
        raise RunError(
            f"run {run.run_id} did not keep the network at the end of round {number + 1}; "
            "only runs with keep_round_networks (the default) can be branched."
        )
    if cut is not None and (run.folder.round(number) / "selection.npz").is_file():
        kept_by(run, number, cut)


def _origin(run: Run, number: int) -> dict[str, Any]:
    return {"run_id": run.run_id, "round": number}


def _link_files(source: RunFolder, target: RunFolder, number: int) -> None:
    (target.path / "rounds").mkdir()
    target.checkpoint.parent.mkdir()
    link_or_copy(source.instances, target.instances)
    link_or_copy(source.thumbnails, target.thumbnails)
    if source.held_out.is_file():
        link_or_copy(source.held_out, target.held_out)
        link_or_copy(source.held_out_thumbnails, target.held_out_thumbnails)
    for earlier in range(number + 1):
        target.round(earlier).mkdir()
        left_out = ("current.npy", *(_SELECTED if earlier == number else ()))
        for path in source.round(earlier).iterdir():
            if path.name not in left_out and not path.name.startswith("."):
                link_or_copy(path, target.round(earlier) / path.name)
    link_or_copy(source.network(number), target.checkpoint)


def _write_database(run: Run, target: RunFolder, number: int, config: RunConfig) -> None:
    now = time.time()
    tables.create(target.database, created=now)
    epochs = [item for item in run.epochs() if item.stage <= number]
    facts = run.facts() | {"branched_from": _origin(run, number)}
    facts.pop("training_seconds", None)
    events = [
        (item.time, item.kind, item.sentence)
        for item in run.events()
        if item.kind in ("skipped", "note") and item.time < epochs[-1].recorded
    ]
    events.append((now, "branched", f"Branched from round {number + 1} of {run.run_id}."))
    epochs_left = config.total_epochs - len(epochs)
    with closing(connect.open_to_write(target.database)) as database, database:
        for epoch in epochs:
            tables.insert(database, "epochs", epoch)
        for record in run.rounds()[:number]:
            tables.insert(database, "rounds", record)
        rows = [(key, json.dumps(value)) for key, value in facts.items()]
        database.executemany("INSERT INTO facts (key, value) VALUES (?, ?)", rows)
        database.executemany("INSERT INTO events (time, kind, sentence) VALUES (?, ?, ?)", events)
        database.execute(
            "UPDATE state SET stage = ?, epoch = ?, share_of_epoch = 1, epochs_left = ?",
            (number, epochs[-1].epoch, epochs_left),
        )
