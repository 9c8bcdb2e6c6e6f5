"""A line: starts the workers of many runs one after another, so that only one of them waits.

Started as `python -m mild.jobs.launchers.line LOCK RUN...`. While it lives it holds its lock, by
which readers know that its runs will have their turn. A run that was stopped, deleted or resumed by
somebody meanwhile is passed over.
"""

from __future__ import annotations

import sys
from pathlib import Path

from mild.errors import RunError
from mild.jobs.launchers.local import start_worker
from mild.store.folder import RunFolder
from mild.store.job import IN_LINE, read_job
from mild.store.lock import RecordLock
from mild.store.run import Run


def main(arguments: list[str]) -> int:
    """Work through the runs."""
    if len(arguments) < 2:
        print("usage: python -m mild.jobs.launchers.line LOCK RUN...", file=sys.stderr)
        return 2
    path = Path(arguments[0])
    lock = RecordLock(path)
    if not lock.acquire():
        print(f"{path}: another line has this lock.", file=sys.stderr)
        return 1
    try:
        for run in arguments[1:]:
            folder = RunFolder(Path(run))
            if _its_turn(folder, path):
                start_worker(folder).wait()
    finally:
        path.unlink(missing_ok=True)
        lock.release()
    return 0


def _its_turn(folder: RunFolder, line: Path) -> bool:
    """Tell whether a run still waits in this line."""
    job = read_job(folder)
    if job is None or job.launcher != IN_LINE or folder.path.parent / job.id != line:
        return False
    try:
        return Run(folder).recorded_state().state == "queued"
    except RunError:  # deleted, or damaged by hand
        return False


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
