"""Parquet files that are small on disk and large in memory: refused before the memory is taken."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from mild import parquet_files
from mild.array_files import ArrayFileError
from mild.parquet_files import read_parquet
from mild.store.samples.rows_at import rows_at


def _repeated(path: Path, *, named: bool) -> Path:
    """A cell of 100 kB, written once and counted 10,000 times: a gigabyte."""
    cells = pa.DictionaryArray.from_arrays(np.zeros(10_000, np.int32), ["x" * 100_000])
    table = pa.table({"name": cells, "label": np.arange(10_000)})
    parquet.write_table(table, path, store_schema=named)
    assert path.stat().st_size < 100_000
    return path


@pytest.mark.parametrize("named", [True, False])
def test_a_cell_that_is_counted_often_is_added_up_before_it_is_kept(
    tmp_path: Path, named: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = _repeated(tmp_path / "some.parquet", named=named)
    monkeypatch.setattr(parquet_files, "ALWAYS_BYTES", 50_000_000)
    with pytest.raises(ArrayFileError, match=r"unpacks to more than 100 times its [\d,]+ bytes"):
        read_parquet(path)
    monkeypatch.setattr(parquet_files, "ALWAYS_BYTES", 10**12)
    monkeypatch.setattr(parquet_files, "free_memory", lambda: 100_000_000)
    before = pa.total_allocated_bytes()
    with pytest.raises(ArrayFileError, match=r"would take 0\.\d GB of memory, of which 0\.1 are"):
        read_parquet(path)
    assert pa.total_allocated_bytes() - before < 150_000_000
    assert rows_at(path, np.array([9_999, 3]))["label"].to_pylist() == [9_999, 3]


def test_lists_without_end_are_left_out(tmp_path: Path) -> None:
    lists = pa.ListArray.from_arrays([0, 1_000_000], np.zeros(1_000_000, np.int64))
    parquet.write_table(pa.table({"label": ["a"], "long": lists}), tmp_path / "some.parquet")
    assert read_parquet(tmp_path / "some.parquet").to_pydict() == {"label": ["a"]}


def test_a_table_of_many_batches_is_the_table_that_was_written(tmp_path: Path) -> None:
    n = 3 * parquet_files.AT_A_TIME + 1
    cells = pa.array([f"{i % 7}" for i in range(n)]).dictionary_encode()
    table = pa.table({"name": cells, "number": np.arange(n), "some": [None, 1.5] * (n // 2) + [2]})
    parquet.write_table(table, tmp_path / "some.parquet", row_group_size=300)
    assert read_parquet(tmp_path / "some.parquet").to_pydict() == table.to_pydict()
    asked = np.array([n - 1, 0, 299, 300, 0, 256])
    assert rows_at(tmp_path / "some.parquet", asked).to_pylist() == table.take(asked).to_pylist()
    parquet.write_table(table.slice(0, 0), tmp_path / "none.parquet")
    assert read_parquet(tmp_path / "none.parquet").to_pydict() == {
        "name": [], "number": [], "some": [],
    }  # fmt: skip
    assert rows_at(tmp_path / "some.parquet", np.array([], int)).num_rows == 0
