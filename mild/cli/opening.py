"""Open the run that a command names, and say on standard error what to know about it."""

from __future__ import annotations

import contextlib

from mild.cli.output import stderr
from mild.errors import RunError
from mild.store.named import named_run
from mild.store.notices import notices
from mild.store.run import Run


def opened(words: str) -> Run:
    """Open the run that a person means, by id, name, or the beginning of its id."""
    run = named_run(words)
    with contextlib.suppress(RunError):  # of a damaged run, the command itself says so
        for sentence in notices(run):
            stderr.print(sentence)
    return run
