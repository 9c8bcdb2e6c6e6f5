"""What instances are, as columns beside their labels: the text, and the table they are rows of."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

import numpy as np

from mild.store.run import Run

if TYPE_CHECKING:
    import pandas as pd

TEXT = "text"
MEANINGS = {
    TEXT: "the text, as far as the run keeps it; only where texts were recorded",
    "table": "a column of the table that was recorded with the run",
}


def sample_columns(run: Run, n: int, taken: Collection[str]) -> pd.DataFrame:
    """Gather texts and table of the first n instances; no column where the run holds neither.

    A column of the table whose name is among `taken` gets "table_" before it.
    """
    import pandas as pd

    found = pd.DataFrame(index=range(n))
    recorded = len(run.instances().given_N)
    if (texts := run.texts_of(np.arange(min(n, recorded)))) is not None:
        found[TEXT] = pd.Series([item.text for item in texts], dtype="string")
    table = run.table()
    if table is not None:
        names = {name: _free(str(name), {*taken, *found.columns}) for name in table.columns}
        found = found.join(table.rename(columns=names))
    return found


def meanings(columns: Collection[str]) -> dict[str, str]:
    """What each of these columns is."""
    return {name: MEANINGS[TEXT if name == TEXT else "table"] for name in columns}


def _free(name: str, taken: Collection[str]) -> str:
    while name in taken:
        name = f"table_{name}"
    return name
