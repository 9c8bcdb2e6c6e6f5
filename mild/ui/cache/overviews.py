"""One line per run, read anew only where something was written since: lists are long."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass

from mild import jobs
from mild.store.overview import Overview, overview
from mild.store.run import Run, all_runs
from mild.store.schema import FINAL_STATES
from mild.ui.cache.decorators import per_server
from mild.ui.cache.stamp import Stamp, stamp

READ_SECONDS = 0.5
"""For lines that are not known yet: a page is not kept waiting for thousands of runs."""
ENDED = (*FINAL_STATES, "interrupted", "damaged")
"""States that change only when a file is written."""


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


def overviews(seconds: float = READ_SECONDS) -> Overviews:
    """Read every run into one line, newest first; new ones as long as the time allows."""
    runs = all_runs()
    known = _known(str(runs[0].folder.path.parent)) if runs else {}
    found = _read(runs, known, time.monotonic() + seconds)
    queued = {item.run_id for item in found.lines if item.state == "queued"}
    jobs.look_after([run for run in runs if run.run_id in queued])
    return found


@per_server(4)
def _known(root: str) -> dict[str, tuple[Stamp, Overview]]:
    """Return the lines read so far, by run, to be added to."""
    return {}


def _read(runs: Iterable[Run], known: dict[str, tuple[Stamp, Overview]], until: float) -> Overviews:
    """Read lines until the time is up, but at least one that is new."""
    lines: list[Overview] = []
    n_read = n_unread = 0
    for run in runs:
        is_new = run.run_id not in known
        if is_new and n_read and time.monotonic() > until:
            n_unread += 1
        else:
            n_read += is_new
            lines.append(_line(run, known))
    return Overviews(lines=lines, n_unread=n_unread)


def _line(run: Run, known: dict[str, tuple[Stamp, Overview]]) -> Overview:
    folder = run.folder
    # The lock is touched by whoever starts a worker on a run that had none.
    now = stamp(
        folder.config, folder.database, folder.review, folder.lock, folder.progress, folder.job
    )
    last = known.get(run.run_id)
    if last is not None and last[0] == now:
        return last[1]
    line = overview(run)
    if line.state in ENDED:  # others change without a file being written
        known[run.run_id] = (now, line)
    return line
