"""Values that programs stumble over: texts, numbers, and JSON made of them."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np

Random = np.random.Generator

TEXTS = (
    "", " ", "0", "-1", "1.5", "1e9", "nan", "inf", "-0", "²", "١", "0x1", "1_000", "9" * 5000,
    "a" * 10_000, "\0", "a\0b", "\n", "\r\n", "\t", "\x1b[31m", "\u202egnp", "\u200b", "\ufeff",
    "\ud800", "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "[a](http://x)",
    "$x^2$", ":material/home:", "=1+1", "../../etc/passwd", "/etc/passwd", "..", ".", "~", "~root",
    "CON", "a/b\\c", "%00", "%s%s%n", "{0}", "{}", "'; DROP TABLE x; --", "null", "true", "[]",
    "__proto__", "constructor", "😀", "é", "e\u0301", "ﷺ",
)  # fmt: skip
NUMBERS = (
    0, 1, -1, 2, 3, 7, 255, 256, 2**15, 2**31 - 1, 2**31, 2**32, 2**53 + 1, 2**63 - 1, 2**63,
    -(2**63) - 1, 10**30, 0.0, -0.0, 0.5, 1.5, 1e-320, 1e308, -1e308, float("inf"), float("-inf"),
    float("nan"),
)  # fmt: skip
_DEEPEST = 4


def text(rng: Random) -> str:
    """One of `TEXTS`, or some letters, or two of them one after the other."""
    kind = rng.random()
    if kind < 0.7:
        return TEXTS[rng.integers(len(TEXTS))]
    if kind < 0.85:
        return "".join(chr(rng.integers(32, 0x2FF)) for _ in range(rng.integers(1, 12)))
    return TEXTS[rng.integers(len(TEXTS))] + TEXTS[rng.integers(len(TEXTS))]


def value(rng: Random, depth: int = 0) -> Any:
    """Anything that JSON can hold, and the numbers that Python's reader takes beside."""
    kind = rng.integers(8 if depth < _DEEPEST else 6)
    if kind <= 1:
        return text(rng)
    if kind <= 3:
        return NUMBERS[rng.integers(len(NUMBERS))]
    if kind <= 5:
        return (None, True, False)[rng.integers(3)]
    if kind == 6:
        return [value(rng, depth + 1) for _ in range(rng.integers(4))]
    return {text(rng): value(rng, depth + 1) for _ in range(rng.integers(4))}


def changed(settings: Any, rng: Random, n_changes: int) -> Any:
    """A copy of a JSON value in which so many places hold something else, or are gone or new."""
    found = copy.deepcopy(settings)
    if not isinstance(found, dict | list):
        return value(rng)
    for _ in range(n_changes):
        places = list(_places(found))
        if not places:
            return value(rng)
        holder, key = places[rng.integers(len(places))]
        kind = rng.random()
        if kind < 0.15 and isinstance(holder, dict):
            del holder[key]
        elif kind < 0.25 and isinstance(holder, dict):
            holder[text(rng)] = value(rng)
        else:
            holder[key] = value(rng)
    return found


def _places(found: Any) -> Any:
    """Every place in a JSON value, as its holder and key."""
    items = found.items() if isinstance(found, dict) else enumerate(found)
    if isinstance(found, dict | list):
        for key, item in list(items):
            yield found, key
            if isinstance(item, dict | list):
                yield from _places(item)
