"""From labels as people write them to positions in a list of class names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np

from mild.data.dataset import IntArray


def class_list(values: Iterable[str]) -> tuple[str, ...]:
    """List the distinct labels in order: by value if all are whole numbers, else by name."""
    distinct = set(values)
    if all(_is_whole(value) for value in distinct):
        return tuple(sorted(distinct, key=lambda value: (int(value), value)))
    return tuple(sorted(distinct))


def encode(
    values: Sequence[str], class_names: Sequence[str], *, numbers_are_positions: bool = False
) -> IntArray:
    """Return positions in `class_names`, -1 where a label is not in the list.

    With `numbers_are_positions`, whole numbers count as positions unless all are class names.
    """
    position = {name: i for i, name in enumerate(class_names)}
    codes = [position.get(value, -1) for value in values]
    if numbers_are_positions and -1 in codes and all(_is_whole(value) for value in values):
        codes = [_position(int(value), len(class_names)) for value in values]
    return np.array(codes, dtype=np.int64)


def unique_names(names: Sequence[str]) -> tuple[str, ...]:
    """Add " (2)", " (3)", ... to names where one occurs again."""
    seen: Counter[str] = Counter()
    result = []
    for name in names:
        seen[name] += 1
        result.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return tuple(result)


def _is_whole(value: str) -> bool:
    digits = value.removeprefix("-")
    return digits.isascii() and digits.isdecimal() and len(digits) < 19


def _position(number: int, n_classes: int) -> int:
    return number if 0 <= number < n_classes else -1
