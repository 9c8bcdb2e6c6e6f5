"""What was photographed already, a file for each state: a sheet that was cut off goes on."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from pathlib import Path

from docs.contact_sheet.layout import Breach
from docs.contact_sheet.shot import Shot
from docs.contact_sheet.states import State

FOLDER = "taken"


def keep(shots: Sequence[Shot], folder: Path) -> None:
    """Note the pictures of one state."""
    (folder / FOLDER).mkdir(exist_ok=True)
    lines = [asdict(replace(shot, state=None)) for shot in shots]  # type: ignore[arg-type]
    file = _file(shots[0].state, folder)
    whole = file.with_suffix(".new")  # a stop in the middle leaves no half of a file
    whole.write_text(json.dumps(lines), encoding="utf-8")
    whole.replace(file)


def forget(states: Iterable[State], folder: Path) -> None:
    """Forget the pictures of these states, which are to be taken anew."""
    for state in states:
        _file(state, folder).unlink(missing_ok=True)


def taken(states: Iterable[State], folder: Path) -> list[Shot]:
    """List the pictures that there are of these states, in their order."""
    return [shot for state in states for shot in _read(state, folder)]


def _read(state: State, folder: Path) -> list[Shot]:
    file = _file(state, folder)
    if not file.exists():
        return []
    return [
        Shot(**line | {"state": state, "breaches": tuple(map(_breach, line["breaches"]))})
        for line in json.loads(file.read_text(encoding="utf-8"))
    ]


def _breach(item: dict[str, object]) -> Breach:
    return Breach(**item | {"box": tuple(item["box"])})  # type: ignore[arg-type]


def _file(state: State, folder: Path) -> Path:
    return folder / FOLDER / f"{state.name}.json"
