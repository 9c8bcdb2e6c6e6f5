"""One line per run, read anew only where something was written since: lists are long."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from mild import jobs
from mild.store import ended_runs
from mild.store.files.stamp import Stamp, settled
from mild.store.overview import Overview, overview
from mild.store.run import Run, all_runs
from mild.store.schema import FINAL_STATES
from mild.ui.cache.decorators import per_server

READ_SECONDS = 0.2
"""For lines that are not known yet: a page is not kept waiting for thousands of runs."""
ENDED = (*FINAL_STATES, "interrupted", "damaged")
"""States that change only when a file is written."""
WORTH_WRITING = 50
"""Lines that the next server would have to read: fewer are read as quickly."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Overviews:
    """The runs there are, as far as they have been read."""

    lines: list[Overview]
    """Newest first."""
    n_unread: int = 0
    """Older runs that are to be read yet: ask again."""

    @property
    def live(self) -> bool:
        """Whether any of them is at work."""
        return any(item.state not in ENDED for item in self.lines)


@dataclass(frozen=True, slots=True)
class _Line:
    """A line as it was last read."""

    looked_at: Stamp
    overview: Overview
    settled: bool
    """Whether it holds as long as the stamp is the same."""


@dataclass(slots=True)
class _Known:
    """The lines read so far, by run."""

    lines: dict[str, _Line] = field(default_factory=dict)
    n_unwritten: int = 0
    """Lines that the file beside the runs lacks."""


def overviews(seconds: float = READ_SECONDS) -> Overviews:
    """Read every run into one line, newest first; new ones as long as the time allows."""
    runs = all_runs()
    if not runs:
        return Overviews(lines=[])
    root = runs[0].folder.path.parent
    known = _known(str(root))
    found = _read(runs, known, time.monotonic() + seconds)
    if known.n_unwritten >= WORTH_WRITING and not found.n_unread:
        _write(root, known, {item.run_id for item in found.lines})
    queued = {item.run_id for item in found.lines if item.state == "queued"}
    jobs.look_after([run for run in runs if run.run_id in queued])
    return found


def last_seen(run: Run) -> tuple[Stamp, Overview] | None:
    """Return the line of a run as it was last read, and how its files were; None before."""
    line = _known(str(run.folder.path.parent)).lines.get(run.run_id)
    return None if line is None else (line.looked_at, line.overview)


@per_server(4)
def _known(root: str) -> _Known:
    """Return the lines read so far, to be added to; at first those of the file beside the runs."""
    found = ended_runs.read(Path(root))
    return _Known({run_id: _Line(*line, settled=True) for run_id, line in found.items()})


def _read(runs: Sequence[Run], known: _Known, until: float) -> Overviews:
    """Read lines until the time is up, but at least one that is new."""
    lines: list[Overview] = []
    n_read = n_unread = 0
    for run in runs:
        is_new = run.run_id not in known.lines
        late = n_read > 0 and time.monotonic() > until
        if is_new and late:
            n_unread += 1
        else:
            n_read += is_new
            lines.append(_line(run, known, late))
    return Overviews(lines=lines, n_unread=n_unread)


def _line(run: Run, known: _Known, late: bool) -> Overview:
    now = ended_runs.look(run.folder)
    last = known.lines.get(run.run_id)
    if last is not None and last.looked_at == now and (last.settled or late):
        return last.overview
    line = overview(run)
    if line.state not in ENDED:  # it changes without a file being written
        now = ()
    known.lines[run.run_id] = _Line(now, line, settled(now))
    known.n_unwritten += line.state in FINAL_STATES and settled(now)
    return line


def _write(root: Path, known: _Known, there: set[str]) -> None:
    """Write the lines down for the next server, but for runs that are gone."""
    known.n_unwritten = 0
    lines = known.lines.copy()
    ended_runs.write(
        root,
        {
            run_id: (line.looked_at, line.overview)
            for run_id, line in lines.items()
            if run_id in there and line.settled
        },
    )
