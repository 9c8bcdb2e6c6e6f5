"""What a browser says, taken where it makes sense: whoever writes to the server says anything."""

from __future__ import annotations

from typing import Any


def whole(value: Any, low: int, high: int) -> int | None:
    """Take a whole number from `low` to `high`; None for anything else.

    Examples
    --------
    >>> whole(2, 0, 3), whole(2.0, 0, 3), whole(True, 0, 3), whole("2", 0, 3), whole(4, 0, 3)
    (2, 2, None, None, None)
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return int(value) if low <= value <= high and value == int(value) else None


def part(value: Any, name: str) -> Any:
    """Take what a mapping holds under `name`; None where it is no mapping or has no such part."""
    try:
        return value[name] if hasattr(value, "keys") else None
    except (KeyError, AttributeError):
        return None


def parts(value: Any) -> list[Any]:
    """Take the items of a list; none of anything else."""
    return list(value) if isinstance(value, list | tuple) else []
