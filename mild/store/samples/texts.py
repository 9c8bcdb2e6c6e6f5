"""Texts of a run, in groups that are compressed together: any of them is read without the rest."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from mild.store.files.replacing import replace_file
from mild.store.samples.rows_at import rows_at

GROUP = 128
"""Texts compressed together: what reading a single one costs."""


@dataclass(frozen=True, slots=True)
class Text:
    """What a run holds of a text."""

    text: str
    n_characters: int
    """Of the original, which may go on where `text` ends."""

    @property
    def is_cut(self) -> bool:
        """Whether there was more."""
        return self.n_characters > len(self.text)


def write_texts(path: Path, texts: Iterable[Text]) -> None:
    """Write one row per instance."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pa.schema([("text", pa.string()), ("n_characters", pa.int64())])

    def write(file: BinaryIO) -> None:
        left = iter(texts)
        with pq.ParquetWriter(file, schema, compression="zstd") as writer:
            while group := list(islice(left, GROUP)):
                columns = [[item.text for item in group], [item.n_characters for item in group]]
                writer.write_table(pa.table(columns, schema=schema))

    replace_file(path, write)


def read_texts(path: Path, index_T: npt.NDArray[np.integer[Any]]) -> list[Text]:
    """Read the texts of these instances."""
    table = rows_at(path, index_T)
    columns = table["text"].to_pylist(), table["n_characters"].to_pylist()
    found = list(zip(*columns, strict=True))
    if not all(isinstance(text, str) and isinstance(n, int) for text, n in found):
        raise ValueError(f"it holds {table.schema.types}, which are no texts")
    return [Text(*row) for row in found]
