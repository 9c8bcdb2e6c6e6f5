"""Columns of a Parquet file as the bytes that numpy and pyarrow share.

To make a column of numpy's or of Python's values, or to give one back, pyarrow first imports
pandas: half a second, in every worker and in most commands. Bytes it takes as they are.

Axes: N rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import pyarrow as pa

Array = npt.NDArray[Any]


def numbers(values_N: Array, known_N: npt.NDArray[np.bool_] | None = None) -> pa.Array:
    """Make a column of int32 or int64, empty where a value is not known."""
    import pyarrow as pa

    kind = pa.int32() if values_N.dtype == np.int32 else pa.int64()
    known = None if known_N is None else pa.py_buffer(np.packbits(known_N, bitorder="little"))
    values = pa.py_buffer(np.ascontiguousarray(values_N, kind.to_pandas_dtype()))
    return pa.Array.from_buffers(kind, len(values_N), [known, values])


def texts(values: Sequence[str]) -> pa.Array:
    """Make a column of texts."""
    import pyarrow as pa

    encoded = [value.encode() for value in values]
    ends_N = np.cumsum([0, *map(len, encoded)], dtype=np.int64)
    buffers = [None, pa.py_buffer(ends_N), pa.py_buffer(b"".join(encoded))]
    return pa.Array.from_buffers(pa.large_string(), len(values), buffers).cast(pa.string())


def array(column: pa.ChunkedArray, empty: int | None = None) -> Array:
    """Return a column of whole numbers, shape (N,), with `empty` where there is none.

    Raises
    ------
    ValueError
        If it holds something else, or is empty where it must not be.
    """
    import pyarrow as pa

    whole = column.combine_chunks()
    if not pa.types.is_integer(whole.type):
        raise ValueError(f"it holds {whole.type}")
    if whole.null_count:
        if empty is None:
            raise ValueError("a value is missing")
        whole = whole.fill_null(numbers(np.array([empty]))[0].cast(whole.type))
    values = np.frombuffer(whole.buffers()[1] or b"", whole.type.to_pandas_dtype())
    return values[whole.offset : whole.offset + len(whole)]
