"""CSV that a spreadsheet opens without running what a name may hold."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mild.export.formats.format import FileFormat
from mild.export.table import Reviewed, table

if TYPE_CHECKING:
    import pandas as pd

_FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
"""How a formula may begin, and what looks like one that was masked."""
_NUMBER = re.compile(r"[+-]?\d+(\.\d*)?([eE][+-]?\d+)?")


def write(found: Reviewed) -> bytes:
    """Write UTF-8, the columns of `mild.export.table.COLUMNS`."""
    return as_csv(table(found))


def as_csv(frame: pd.DataFrame) -> bytes:
    """Write a CSV; text that a spreadsheet would take for a formula gets an apostrophe."""
    safe = frame.copy()
    names: list[str] = list(frame.select_dtypes(["string", "object"]).columns)
    for name in names:
        suspect = frame[name].astype("string").str.match(_FORMULA.pattern, na=False)
        if suspect.any():
            safe.loc[suspect, name] = frame.loc[suspect, name].map(_harmless_cell)
    safe.columns = [harmless(str(name)) for name in frame.columns]
    text: str = safe.to_csv(index=False, lineterminator="\n")
    return text.encode(errors="surrogateescape")  # a name that is no UTF-8 is written as it is


def harmless(text: str) -> str:
    """Write a cell as `as_csv` does; numbers stay what they are.

    Examples
    --------
    >>> harmless("=HYPERLINK(A1)"), harmless("-1"), harmless("cat")
    ("'=HYPERLINK(A1)", '-1', 'cat')
    """
    if _FORMULA.match(text) and not _NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def as_written(cell: str) -> str:
    """The text that `harmless` made this cell of.

    Examples
    --------
    >>> as_written("'=HYPERLINK(A1)"), as_written(harmless("'=1")), as_written("'tis")
    ('=HYPERLINK(A1)', "'=1", "'tis")
    """
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def _harmless_cell(value: object) -> object:
    return harmless(value) if isinstance(value, str) else value


CSV = FileFormat(name="csv", title="CSV", order=10, suffix=".csv", mime="text/csv", write=write)
