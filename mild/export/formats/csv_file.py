"""CSV that a spreadsheet opens without running what a name may hold."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mild.export.formats.format import FileFormat
from mild.export.table import Reviewed, table

if TYPE_CHECKING:
    import pandas as pd

_FORMULA = re.compile(r"[=+\-@\t\r]")
_NUMBER = re.compile(r"[+-]?\d+(\.\d*)?([eE][+-]?\d+)?")


def write(found: Reviewed) -> bytes:
    """Write UTF-8, the columns of `mild.export.table.COLUMNS`."""
    return as_csv(table(found))


def as_csv(frame: pd.DataFrame) -> bytes:
    """Write a CSV; text that a spreadsheet would take for a formula gets an apostrophe."""
    safe = frame.copy()
    names: list[str] = list(frame.select_dtypes("string").columns)
    for name in names:
        suspect = frame[name].str.match(_FORMULA.pattern, na=False)
        if suspect.any():
            safe.loc[suspect, name] = frame.loc[suspect, name].map(harmless)
    text: str = safe.to_csv(index=False, lineterminator="\n")
    return text.encode()


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


CSV = FileFormat(name="csv", title="CSV", order=10, suffix=".csv", mime="text/csv", write=write)
