"""What is usual in a class, which cells stick out of it, and instances in small."""

from __future__ import annotations

import numpy as np

from mild.analysis.samples.small import cell_words, peaks, small_cells
from mild.analysis.samples.usual import usual
from mild.store.samples.table import Cell

GIVEN = np.repeat([0, 1], 50)
NUMBERS = np.concatenate([np.linspace(-1, 1, 50), np.linspace(99, 101, 50)])
WORDS = np.array((["red"] * 49 + ["blue"] + ["blue"] * 50), dtype=object)
NAMES = np.array([f"row {i}" for i in range(100)], dtype=object)
USUAL = usual({"x": NUMBERS, "colour": WORDS, "name": NAMES}, GIVEN, 3)


def test_a_number_is_unusual_in_its_own_class_alone() -> None:
    assert USUAL["x"].unusual(100.0, 0) > 50
    assert USUAL["x"].unusual(100.0, 1) < 0.1
    assert USUAL["x"].median(1) == 100
    assert USUAL["x"].median(2) is None  # a class without rows
    assert USUAL["x"].unusual(None, 0) == USUAL["x"].unusual(5.0, 2) == 0


def test_a_rare_word_is_unusual_and_a_name_of_the_row_is_not() -> None:
    assert USUAL["colour"].unusual("blue", 0) == 7  # one of 50
    assert USUAL["colour"].unusual("red", 0) < 0.2
    assert USUAL["colour"].median(0) == "red"
    assert USUAL["name"].unusual("row 3", 0) == 0
    assert USUAL["name"].median(0) is None


def test_unusual_cells_come_first_and_the_others_keep_their_order() -> None:
    row: dict[str, Cell] = {"name": "row 1", "x": 0.5, "colour": "blue"}
    cells = small_cells(row, 0, USUAL, 3)
    assert [(cell.name, cell.unusual) for cell in cells] == [
        ("colour", True), ("name", False), ("x", False)
    ]  # fmt: skip


def test_values_read_as_people_write_them() -> None:
    values = [True, None, 1234567, 0.000123456, -2.5, float("inf"), "=x"]
    assert [cell_words(value) for value in values] == [
        "yes", "–", "1,234,567", "0.0001235", "−2.5", "∞", "=x"
    ]  # fmt: skip


def test_a_waveform_is_relative_to_its_loudest_part() -> None:
    samples = np.concatenate([np.zeros(100), np.full(100, 300), np.full(100, -600)])
    assert peaks(samples.astype(np.int16), 3) == (0, 50, 100)
    assert peaks(np.empty(0, np.int16), 3) == ()
    assert peaks(np.zeros(5, np.int16), 3) == (0, 0, 0)
