"""JSON Lines: an object per instance and line, as data sets of text are often kept."""

from __future__ import annotations

from mild.export.formats.format import FileFormat
from mild.export.table import SCORE_DIGITS, Reviewed, table


def write(found: Reviewed) -> bytes:
    """What is unknown is null."""
    lines: str = table(found).to_json(orient="records", lines=True, double_precision=SCORE_DIGITS)
    return lines.encode()


JSON_LINES = FileFormat(
    name="jsonl",
    title="JSON Lines",
    order=35,
    suffix=".jsonl",
    mime="application/x-ndjson",
    write=write,
)
