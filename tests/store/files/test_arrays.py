"""Arrays on disk: whole after every row, never unpickled, and damage is told in a sentence."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mild.errors import RunError
from mild.store.files.arrays import load_npy, load_npz, save_npy, save_npy_in_chunks, save_npz
from mild.store.files.rows import RowWriter

ROWS_EN = np.arange(15, dtype=np.uint16).reshape(3, 5) * 1000


def test_an_appended_file_loads_with_plain_numpy_after_every_row(tmp_path: Path) -> None:
    path = tmp_path / "rows.npy"
    writer = RowWriter(path, 5, np.uint16)
    assert np.load(path).shape == (0, 5)
    for n_rows in range(1, 4):
        writer.append(ROWS_EN[n_rows - 1])
        np.testing.assert_array_equal(np.load(path), ROWS_EN[:n_rows])
    writer.close()


def test_the_header_keeps_its_length_for_a_million_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "rows.npy"
    writer = RowWriter(path, 2, np.uint8)
    before = len(writer._header())
    monkeypatch.setattr(writer, "_n_rows", 1_000_000)
    assert len(writer._header()) == before
    writer.close()


def test_a_row_without_its_header_is_not_there_yet(tmp_path: Path) -> None:
    path = tmp_path / "rows.npy"
    writer = RowWriter(path, 5, np.uint16)
    writer.append(ROWS_EN[0])
    writer.close()
    with path.open("ab") as file:  # the worker was killed between row and header
        file.write(ROWS_EN[1].tobytes())
    np.testing.assert_array_equal(load_npy(path), ROWS_EN[:1])


def test_a_row_of_the_wrong_length_is_refused(tmp_path: Path) -> None:
    writer = RowWriter(tmp_path / "rows.npy", 5, np.uint8)
    with pytest.raises(ValueError, match=r"row has shape \(4,\), the file has 5 columns"):
        writer.append(np.zeros(4))
    writer.close()


def test_saved_arrays_come_back_and_leave_no_other_file(tmp_path: Path) -> None:
    save_npy(tmp_path / "one.npy", ROWS_EN)
    save_npz(tmp_path / "many.npz", {"rows": ROWS_EN, "cut": np.array(3)})
    np.testing.assert_array_equal(load_npy(tmp_path / "one.npy"), ROWS_EN)
    many = load_npz(tmp_path / "many.npz")
    assert sorted(many) == ["cut", "rows"]
    np.testing.assert_array_equal(many["rows"], ROWS_EN)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["many.npz", "one.npy"]


def test_what_is_loaded_cannot_be_written_by_accident(tmp_path: Path) -> None:
    save_npy(tmp_path / "one.npy", ROWS_EN)
    with pytest.raises(ValueError, match="read-only"):
        load_npy(tmp_path / "one.npy")[0, 0] = 1


def test_objects_are_neither_written_nor_read(tmp_path: Path) -> None:
    objects = np.array([{"a": 1}], dtype=object)
    with pytest.raises(ValueError, match="allow_pickle=False"):
        save_npy(tmp_path / "one.npy", objects)
    np.save(tmp_path / "two.npy", objects, allow_pickle=True)
    np.savez(tmp_path / "three.npz", objects=objects)
    (tmp_path / "four.npy").write_bytes(pickle.dumps(objects))
    for name, load in (("two.npy", load_npy), ("three.npz", load_npz), ("four.npy", load_npy)):
        with pytest.raises(RunError, match=f"{name} is damaged "):
            load(tmp_path / name)


@pytest.mark.parametrize("load", [load_npy, load_npz])
def test_a_missing_array_is_a_sentence(tmp_path: Path, load: Callable[[Path], Any]) -> None:
    path = tmp_path / "gone"
    with pytest.raises(RunError) as error:
        load(path)
    assert str(error.value) == (f"{path} is missing; copy it back from a copy of the run.")


def _damage(whole: bytes, cut: int, position: int, flips: bytes) -> bytes:
    damaged = bytearray(whole[: cut % (len(whole) + 1)])
    start = position % (len(damaged) + 1)
    for offset, flip in enumerate(flips[: len(damaged) - start]):
        damaged[start + offset] ^= flip
    return bytes(damaged)


@pytest.mark.filterwarnings("ignore:Reading .* required additional header parsing")
@given(
    cut=st.integers(0, 10**6),
    position=st.integers(0, 10**6),
    flips=st.binary(max_size=8),
    header_only=st.booleans(),
)
@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_damaged_array_is_an_array_or_a_sentence(
    tmp_path: Path, cut: int, position: int, flips: bytes, header_only: bool
) -> None:
    save_npy(tmp_path / "whole.npy", ROWS_EN)
    save_npz(tmp_path / "whole.npz", {"rows": ROWS_EN, "cut": np.array(3)})
    for name, load in (("whole.npy", load_npy), ("whole.npz", load_npz)):
        whole = (tmp_path / name).read_bytes()
        position_here = position % 128 if header_only else position
        damaged = Path(tmp_path / f"damaged-{name}")
        damaged.write_bytes(
            _damage(whole, len(whole) if header_only else cut, position_here, flips)
        )
        sentence = _sentence(load, damaged)
        assert sentence.endswith("; copy it back from a copy of the run.")
        assert "\n" not in sentence


def _sentence(load: Callable[[Path], object], path: Path) -> str:
    try:
        load(path)
    except RunError as error:
        return str(error)
    return "; copy it back from a copy of the run."


@pytest.mark.parametrize("sizes", [[3], [1, 2], [2, 0, 1]])
def test_chunks_come_to_the_file_that_the_whole_array_does(
    tmp_path: Path, sizes: list[int]
) -> None:
    chunks = np.split(ROWS_EN, np.cumsum(sizes)[:-1])
    save_npy(tmp_path / "whole.npy", ROWS_EN)
    save_npy_in_chunks(tmp_path / "chunks.npy", ROWS_EN.shape, ROWS_EN.dtype, iter(chunks))
    assert (tmp_path / "chunks.npy").read_bytes() == (tmp_path / "whole.npy").read_bytes()


def test_chunks_that_fail_leave_no_file(tmp_path: Path) -> None:
    def failing() -> Iterator[np.ndarray]:
        yield ROWS_EN[:1]
        raise KeyError

    for chunks, error in ((failing(), KeyError), ([ROWS_EN[:2]], ValueError)):
        with pytest.raises(error):
            save_npy_in_chunks(tmp_path / "rows.npy", (3, 5), np.uint16, chunks)
        assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_begun_anew_leaves_who_has_mapped_it_in_peace(tmp_path: Path) -> None:
    """Truncated in place, the reader's next look would end its process."""
    path = tmp_path / "status.npy"
    writer = RowWriter(path, 100_000, np.uint8)
    for value in (1, 2):
        writer.append(np.full(100_000, value))
    writer.close()
    mapped = load_npy(path)
    writer = RowWriter(path, 100_000, np.uint8)
    assert mapped[1].tolist() == [2] * 100_000
    assert load_npy(path).shape == (0, 100_000)
    writer.close()
