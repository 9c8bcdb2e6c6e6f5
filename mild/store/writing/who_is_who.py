"""Writing down who is who: index, given label, clean label and name of each instance."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from mild.store.files.columns import numbers, texts

Array = npt.NDArray[Any]


def write_instances(
    path: Path, given_N: Array, clean_N: Array | None, names: tuple[str, ...]
) -> None:
    """Write one row per instance; a clean label of -1, or all without `clean_N`, is unknown."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    n = len(given_N)
    known_N = np.zeros(n, dtype=bool) if clean_N is None else np.asarray(clean_N) >= 0
    clean_N = given_N if clean_N is None else clean_N
    columns = {
        "index": numbers(np.arange(n)),
        "given": numbers(np.asarray(given_N, np.int32)),
        "clean": numbers(np.asarray(clean_N, np.int32), known_N),
        "name": texts(names),
    }
    temporary = path.with_suffix(".tmp")
    pq.write_table(pa.table(columns), temporary)
    temporary.replace(path)
