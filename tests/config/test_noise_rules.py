"""Noise by a transition matrix or a class map: as text, as a file, and each problem a sentence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mild.config import options, parse, presets
from mild.errors import ConfigError, NoiseError

MATRIX = ((0.9, 0.1, 0.0), (0.0, 1.0, 0.0), (0.25, 0.25, 0.5))

PROBLEMS = [
    (
        {"model": "matrix"},
        "noise: the model 'matrix' needs its matrix; give one.",
    ),
    (
        {"model": "class-map", "rate": 0.2},
        "noise: the model 'class-map' needs its class_map; give one.",
    ),
    (
        {"model": "symmetric", "rate": 0.2, "matrix": [[1, 0], [0, 1]]},
        "noise: a matrix is given, but the model is 'symmetric'; make the model 'matrix', "
        "or leave the matrix out.",
    ),
    (
        {"model": "matrix", "rate": 0.2, "matrix": [[1, 0], [0, 1]]},
        "noise: a rate of 0.2 is given, but a matrix says itself how many labels become wrong; "
        "leave the rate out.",
    ),
    (
        {"model": "matrix", "matrix": [[0.5, 0.4], [0, 1]]},
        "noise: row 0 of the matrix sums to 0.9; every row must sum to 1.",
    ),
    (
        {"model": "matrix", "matrix": [[0.5, 0.5], [1]]},
        "noise: row 1 of the matrix has 1 entries, but there are 2 rows; it needs one row and one "
        "column for each class.",
    ),
    (
        {"model": "matrix", "matrix": [[1, 0], [1.5, -0.5]]},
        "noise: row 1 of the matrix has entries that are not within 0 and 1.",
    ),
    (
        {"model": "matrix", "matrix": [[float("nan"), 1], [0, 1]]},
        "noise: row 0 of the matrix has entries that are not within 0 and 1.",
    ),
    (
        {"model": "matrix", "matrix": []},
        "noise: the matrix needs a row for each class, at least 2; add rows.",
    ),
    (
        {"model": "class-map", "class_map": {}},
        "noise: the class map is empty; name at least one class and what it becomes.",
    ),
    (
        {"model": "class-map", "class_map": {"3": 3}},
        "noise: the class map takes class 3 to itself; leave it out.",
    ),
    (
        {"model": "class-map", "class_map": {"3": -1}},
        "noise: the class map has -1; classes are counted from 0.",
    ),
    (
        {"model": "class-map", "class_map": {"3": "cat"}},
        "noise class map 3 is 'cat': must be a whole number.",
    ),
]


@pytest.mark.parametrize(("noise", "sentence"), PROBLEMS)
def test_each_problem_is_a_sentence(noise: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ConfigError) as error:
        parse({"noise": noise})
    assert error.value.problems == [sentence]


def test_a_matrix_is_read_from_a_csv_file_and_from_json(tmp_path: Path) -> None:
    file = tmp_path / "matrix.csv"
    file.write_text("\ufeff0.9, 0.1, 0\n0,1,0\n\n.25,.25,.5\n", encoding="utf-8")
    for text in (str(file), json.dumps(MATRIX)):
        config = options.read({"noise": "matrix", "matrix": text})
        assert config.noise.matrix == MATRIX


def test_a_class_map_is_read_from_json() -> None:
    values = {"noise": "class-map", "rate": 0.3, "class_map": '{"3": 5, "5": 3}'}
    assert options.read(values).noise.class_map == {3: 5, 5: 3}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("nowhere.csv", "nowhere.csv: there is no such file with a transition matrix. Check it."),
        (
            "~no-such-user/m.csv",
            "~no-such-user/m.csv cannot be read (it is not a text file of this machine); "
            "name a CSV file.",
        ),
        ("x" * 5000, f"{'x' * 197}... cannot be read (File name too long); name a CSV file."),
        ("/", "/: there is no such file with a transition matrix. Check it."),
        ("\0", "\0: there is no such file with a transition matrix. Check it."),
        (
            "[[1, 0]",
            "The matrix '[[1, 0]' is not a JSON list of rows. "
            "Write it like [[0.9, 0.1], [0.2, 0.8]], or name a CSV file.",
        ),
    ],
)
def test_a_matrix_that_cannot_be_read_is_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(NoiseError) as error:
        options.read({"noise": "matrix", "matrix": text})
    assert str(error.value) == sentence


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"cat,dog\n1,0\n"])
def test_a_file_that_holds_no_numbers_is_named(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "matrix.csv"
    file.write_bytes(content)
    with pytest.raises(NoiseError, match=r"matrix\.csv"):
        options.read({"noise": "matrix", "matrix": str(file)})


@pytest.mark.parametrize("text", ["[1]", "3:5", "{", ""])
def test_a_class_map_that_is_none_is_a_sentence(text: str) -> None:
    with pytest.raises(NoiseError, match="is not a JSON object from class to class"):
        options.read({"noise": "class-map", "class_map": text})


def test_the_noise_of_a_preset_does_not_stand_in_the_way_of_another() -> None:
    demo = presets.preset("demo")
    assert options.read({"noise": "none"}, demo).noise.rate == 0
    by_matrix = options.read({"noise": "matrix", "matrix": json.dumps(MATRIX)}, demo)
    assert (by_matrix.noise.rate, by_matrix.noise.matrix) == (0, MATRIX)
    mapped = options.read({"noise": "class-map", "class_map": '{"0": 1}'}, by_matrix)
    assert (mapped.noise.class_map, mapped.noise.matrix) == ({0: 1}, None)
    assert options.read({"noise": "pairflip", "rate": 0.1}, mapped).noise.class_map is None
    assert options.read({"noise": "pairflip"}, demo).noise.rate == 0.4
