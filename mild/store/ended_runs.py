"""Lines of runs that have ended, in one file beside the runs: a long list opens at once.

A line holds as long as none of the run's files changed, which a look at each file tells; of a line
that does not hold, the run itself is read. Nothing is lost with the file: it may be deleted.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import fields
from functools import cache
from pathlib import Path

from pydantic import BaseModel, TypeAdapter, ValidationError

from mild.store.files.replacing import replace_bytes
from mild.store.files.stamp import Stamp, stamp_in
from mild.store.folder import RunFolder
from mild.store.overview import Overview
from mild.store.schema import FINAL_STATES

NAME = ".ended-runs.json"
"""The file, in the runs folder."""
MOST_BYTES = 100_000_000
"""Of 2,000 runs it has 1.3 MB."""
_ANY = RunFolder(Path())
# The lock is touched by whoever starts a worker on a run that had none.
_FILES = tuple(
    path.name
    for path in (_ANY.config, _ANY.review, _ANY.database, _ANY.lock, _ANY.progress, _ANY.job)
)
FORMAT = " ".join(["1", *(item.name for item in fields(Overview))])
"""What a line says; the number is raised where it says something else of the same run."""
Lines = Mapping[str, tuple[Stamp, Overview]]
"""By the run's id: how its files were when it was read, and its line."""


class _Content(BaseModel):
    format: str
    lines: dict[str, tuple[Stamp, Overview]]


def look(folder: RunFolder) -> Stamp:
    """Look at every file that a run's line is read from; at those of its name first."""
    return stamp_in(folder.path, _FILES)


def read(root: Path) -> dict[str, tuple[Stamp, Overview]]:
    """Read the lines below a runs folder; none where there is no file of this format."""
    path = root / NAME
    try:
        if not path.is_file() or path.stat().st_size > MOST_BYTES:
            return {}
        found = _content().validate_json(path.read_bytes(), strict=True)
    except (OSError, ValidationError):
        return {}
    if found.format != FORMAT:
        return {}
    return {
        run_id: line
        for run_id, line in found.lines.items()
        if line[1].run_id == run_id and line[1].state in FINAL_STATES
    }


def write(root: Path, lines: Lines) -> None:
    """Write them down, of runs that have ended alone; not where nothing may be written.

    What is interrupted is not told by the run's files alone, but by who looks, and from where.
    """
    ended = {run_id: line for run_id, line in lines.items() if line[1].state in FINAL_STATES}
    with contextlib.suppress(OSError):
        content = _Content.model_construct(format=FORMAT, lines=ended)
        replace_bytes(root / NAME, _content().dump_json(content))


@cache
def _content() -> TypeAdapter[_Content]:
    return TypeAdapter(_Content)
