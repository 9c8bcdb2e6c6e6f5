"""Columns written and read as bytes are what pyarrow makes of the same values, without pandas."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pyarrow as pa
import pytest

from mild.store.files.columns import array, numbers, texts
from tests.conftest import PROJECT

VALUES = np.array([3, 0, 5, 7, 1, 2, 9, 4, 6, 8])
KNOWN = VALUES != 7


@pytest.mark.parametrize("dtype", [np.int32, np.int64])
def test_numbers_are_the_column_that_pyarrow_makes(dtype: type[np.integer]) -> None:
    column = numbers(VALUES.astype(dtype), KNOWN)
    assert column == pa.array(VALUES.astype(dtype), mask=~KNOWN)
    assert numbers(VALUES.astype(dtype)[::2]) == pa.array(VALUES.astype(dtype)[::2])


def test_texts_are_the_column_that_pyarrow_makes() -> None:
    names = ["a", "", "bé", "名前", "a/b\x00c"]
    assert texts(names) == pa.array(names)
    assert texts([]) == pa.array([], pa.string())


def test_an_array_comes_back_in_one_piece_with_a_value_for_what_is_empty() -> None:
    column = pa.chunked_array([numbers(VALUES, KNOWN), numbers(VALUES[:2])])
    expected = np.where(KNOWN, VALUES, -1).tolist() + VALUES[:2].tolist()
    assert array(column, empty=-1).tolist() == expected
    assert array(column.slice(4, 3)).tolist() == VALUES[4:7].tolist()
    assert array(column.slice(0, 0)).tolist() == []
    assert array(pa.chunked_array([], pa.int32())).tolist() == []


def test_what_holds_no_whole_numbers_is_refused() -> None:
    with pytest.raises(ValueError, match="it holds string"):
        array(pa.chunked_array([texts(["a"])]))
    with pytest.raises(ValueError, match="a value is missing"):
        array(pa.chunked_array([numbers(VALUES, KNOWN)]))


def test_neither_way_imports_pandas() -> None:
    program = """
import sys
import numpy as np
import pyarrow as pa
from mild.store.files.columns import array, numbers, texts
column = numbers(np.arange(3), np.arange(3) > 0)
array(pa.chunked_array([column]), empty=-1), texts(["a"]), pa.table({"a": column})
print("pandas" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, cwd=PROJECT)
    assert done.stdout == b"False\n", done.stderr
