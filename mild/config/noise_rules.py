"""A transition matrix or a class map as people write them, and what must hold of them.

The number of classes is known only once the data are read; whether it fits is said then.
"""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from mild.errors import NoiseError

SUM_TOLERANCE = 1e-6
"""How far a row may be from 1, as `mild.core.noise` has it."""
MAX_FILE_BYTES = 2**26


def check_matrix(matrix: Sequence[Sequence[float]] | None) -> None:
    """Raise ValueError unless it is square, C x C with C at least 2, and its rows are shares."""
    if matrix is None:
        return
    size = len(matrix)
    if size < 2:
        raise ValueError("the matrix needs a row for each class, at least 2; add rows")
    for number, row in enumerate(matrix):
        if len(row) != size:
            raise ValueError(
                f"row {number} of the matrix has {len(row)} entries, but there are {size} rows; "
                "it needs one row and one column for each class"
            )
        if not all(0 <= item <= 1 for item in row):  # a nan is refused, too
            raise ValueError(f"row {number} of the matrix has entries that are not within 0 and 1")
        if abs(math.fsum(row) - 1) > SUM_TOLERANCE:
            raise ValueError(
                f"row {number} of the matrix sums to {math.fsum(row):.6g}; every row must sum to 1"
            )


def check_class_map(class_map: Mapping[int, int] | None) -> None:
    """Raise ValueError unless it maps at least one class, each to another one."""
    if class_map is None:
        return
    if not class_map:
        raise ValueError("the class map is empty; name at least one class and what it becomes")
    for source, target in class_map.items():
        if min(source, target) < 0:
            raise ValueError(f"the class map has {min(source, target)}; classes are counted from 0")
        if source == target:
            raise ValueError(f"the class map takes class {source} to itself; leave it out")


def read_class_map(text: str) -> Any:
    """Read a JSON object; what else it may be is left to the check of the settings.

    Raises
    ------
    NoiseError
        If it is no JSON object.
    """
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise NoiseError(
            f"The class map {_short(text)} is not a JSON object from class to class. "
            'Write it like {"0": 3, "5": 1}.'
        )
    return found


def read_matrix(text: str) -> Any:
    """Read JSON lists where the text begins with a bracket; else a CSV file of that name.

    Raises
    ------
    NoiseError
        If it is neither.
    """
    if not text.lstrip().startswith("["):
        return _read_csv(text)
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise NoiseError(
            f"The matrix {_short(text)} is not a JSON list of rows. "
            "Write it like [[0.9, 0.1], [0.2, 0.8]], or name a CSV file."
        ) from None


def matrix_from_csv(text: str, name: str) -> list[list[float]]:
    """Read a line of numbers for each class, separated by commas, without headings.

    Raises
    ------
    NoiseError
        Naming the file and the line that is not.
    """
    rows: list[list[float]] = []
    for number, row in enumerate(csv.reader(text.splitlines()), start=1):
        if not row:
            continue
        try:
            rows.append([float(item) for item in row])
        except ValueError:
            raise NoiseError(
                f"{name}, line {number}: {_short(','.join(row))} are not all numbers. The file "
                "needs a line of numbers, separated by commas, for each class, and no headings."
            ) from None
    return rows


def _read_csv(name: str) -> list[list[float]]:
    path = Path(name)
    try:
        path = path.expanduser()
        if not path.is_file():
            raise NoiseError(f"{path}: there is no such file with a transition matrix. Check it.")
        if path.stat().st_size > MAX_FILE_BYTES:
            raise NoiseError(f"{path}: this file is too large to be a transition matrix.")
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, ValueError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or "it is not a text file of this machine"
        shown = name if len(name) <= 200 else f"{name[:197]}..."
        raise NoiseError(f"{shown} cannot be read ({reason}); name a CSV file.") from None
    return matrix_from_csv(text, str(path))


def _short(text: str) -> str:
    return repr(text if len(text) <= 60 else f"{text[:57]}...")
