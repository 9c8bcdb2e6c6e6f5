"""Who reviewed what, what reviewers disagree about and how well they agree."""

from __future__ import annotations

from mild.analysis import agreement
from mild.store.files.stamp import Stamp, stamp
from mild.store.folder import RunFolder
from mild.store.review import conflicts, reviewers
from mild.store.review.decisions import last_action
from mild.store.run import Run
from mild.ui.cache.decorators import per_run


def file_number(folder: RunFolder) -> int:
    """Return the inode of review.db, another one where it was put back from a copy."""
    return folder.review.stat().st_ino if folder.review.exists() else 0


def decided_by_others(run: Run, reviewer: str) -> list[int]:
    """List the instances whose decision is somebody else's, in order; an opinion is no decision."""
    return _decided_by_others(run, reviewer, file_number(run.folder), last_action(run.folder))


@per_run(8)
def _decided_by_others(run: Run, reviewer: str, file_number: int, action: int) -> list[int]:
    whose = reviewers.decided_by(run.folder)
    return sorted(index for index, name in whose.items() if name != reviewer)


def disputed(run: Run) -> conflicts.Disputed:
    """Find what reviewers disagree about and nobody has settled, and keep it for the next key."""
    known = _disputed(run, file_number(run.folder))
    known[0] = now = conflicts.disputed(run.folder, known[0])
    return now


@per_run(4)
def _disputed(run: Run, file_number: int) -> list[conflicts.Disputed]:
    """Keep a place for the newest; two windows at once do the same work twice."""
    return [conflicts.NOTHING]


def in_conflict(run: Run) -> list[int]:
    """List the instances that reviewers disagree about, in order."""
    return list(disputed(run).conflicts)


def agreements(run: Run) -> list[agreement.Agreement]:
    """Measure how well each pair of reviewers agrees."""
    return _agreements(run, stamp(run.folder.review))


@per_run(4)
def _agreements(run: Run, written: Stamp) -> list[agreement.Agreement]:
    return agreement.agreements(run.folder)
