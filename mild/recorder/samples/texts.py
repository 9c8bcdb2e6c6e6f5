"""The texts that a loop hands over: checked, cleaned of what no page can show, cut where long."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from mild.errors import RecordingError
from mild.recorder.inputs import same_length
from mild.store.samples.texts import Text

LIMITS = (10_000, 5_000, 2_000, 1_000, 400)
"""Characters of a text that are kept: the first of these with which all of them fit the budget."""
BUDGET = 2**29
"""Characters of all texts; compressed they take about a third as many bytes."""
_UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
"""Control characters and halves of characters; tabs and ends of lines stay."""


def checked(value: Any, n: int) -> tuple[str, ...]:
    """Check that there is a text for each of n instances.

    Raises
    ------
    RecordingError
        If their number is another one, or one of them is no text.
    """
    if isinstance(value, str | bytes) or not hasattr(value, "__iter__"):
        raise RecordingError(
            f"texts is one {type(value).__name__}; give a list with one text per instance."
        )
    found = tuple(value)
    same_length(found, "texts", n)
    for index, text in enumerate(found):
        if not isinstance(text, str):
            what = "None" if text is None else f"{type(text).__name__}, not text"
            raise RecordingError(
                f"texts[{index}] is {what}; turn it into a str, and give '' where there is none."
            )
    return found


def kept(texts: tuple[str, ...], budget: int = BUDGET) -> Iterator[Text]:
    """Cut every text to what there is room for."""
    limit = limit_of([len(text) for text in texts], budget)
    for text in texts:
        yield Text(cleaned(text[:limit]), len(text))


def limit_of(lengths: list[int], budget: int = BUDGET) -> int:
    """Choose how many characters of each text are kept.

    Examples
    --------
    >>> limit_of([300, 20_000]), limit_of([9_000] * 100, budget=200_000)
    (10000, 2000)
    """
    fitting = (limit for limit in LIMITS if sum(min(length, limit) for length in lengths) <= budget)
    return next(fitting, LIMITS[-1])


def cleaned(text: str) -> str:
    r"""Put a sign in the place of every character that cannot be shown; the length stays.

    Examples
    --------
    >>> cleaned("a\x00b")
    'a�b'
    """
    return _UNSEEN.sub("�", text)
