"""job.json: through which launcher a run was started, and as which job there.

Written by who submits the run, never by its worker; absent where a worker was started at once.
"""

from __future__ import annotations

import json
import re
import time
from dataclasses import asdict, dataclass, field

from mild.store.database.progress import EDITED
from mild.store.files import plain
from mild.store.files.replacing import replace_bytes
from mild.store.folder import RunFolder

IN_LINE = "line"
"""The launcher of runs that wait behind one another on this machine; the id is a lock's file."""

_PLAIN = re.compile(r"(\.lines/)?\w[\w.]{0,99}", re.ASCII)
"""An id that is a number, or a file of ours: it becomes a word of a command, or a path, and what
says so may come from anywhere."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Job:
    """What a launcher calls a run."""

    launcher: str
    id: str
    submitted: float = field(default_factory=time.time)
    ended: str = ""
    """How the job ended, as the launcher calls it, where it ended before the run did."""


def read_job(folder: RunFolder) -> Job | None:
    """Read the job of a run; None where it has none, or its file cannot be read or believed."""
    try:
        found = json.loads(plain.read_text(folder.job))
        job = Job(
            launcher=str(found["launcher"]),
            id=str(found["id"]),
            submitted=float(found["submitted"]),
            ended=str(found.get("ended", "")),
        )
        return job if _PLAIN.fullmatch(job.id) else None
    except (OSError, *EDITED):
        return None


def write_job(folder: RunFolder, job: Job) -> None:
    """Write down as what a run was submitted."""
    replace_bytes(folder.job, (json.dumps(asdict(job), indent=2) + "\n").encode())


def forget_job(folder: RunFolder) -> None:
    """Remove the job of a worker that is started without a launcher."""
    folder.job.unlink(missing_ok=True)
