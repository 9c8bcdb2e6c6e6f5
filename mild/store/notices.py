"""What to know before one looks at a run: a newer version wrote it, or it may only be read."""

from __future__ import annotations

from mild.config.settings import SCHEMA
from mild.store.database import tables
from mild.store.review import file as review_file
from mild.store.run import Run

READ_ONLY = (
    "This run may only be read here: everything can be looked at and exported, but decisions are "
    "not kept. To decide, copy its folder to a place of your own."
)


def notices(run: Run) -> tuple[str, ...]:
    """Write one sentence for each thing to know; none for most runs.

    Raises
    ------
    RunError
        If the run is damaged.
    """
    found = (by_newer_version(run), "" if review_file.may_write(run.folder) else READ_ONLY)
    return tuple(sentence for sentence in found if sentence)


def by_newer_version(run: Run) -> str:
    """Write the sentence about a run that a newer version wrote; empty for others."""
    stored = run.stored()
    parts = [*stored.unknown]
    if run.schema() > tables.SCHEMA:
        parts.append("columns of run.db")
    if review_file.schema_of(run.folder) > review_file.SCHEMA:
        parts.append("tables of review.db")
    if not parts and stored.schema <= SCHEMA:
        return ""
    what = f" ({', '.join(parts)})" if parts else ""
    return (
        f"A newer version wrote this run: what this version does not know{what} is left out, "
        "everything else is shown."
    )
