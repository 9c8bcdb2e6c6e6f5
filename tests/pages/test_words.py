"""Numbers and names in the words that people read."""

from __future__ import annotations

import pytest

from mild.ui.words import duration, interval, percent, plain


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (59.4, "59 s"), (60, "1 min 00 s"), (3599, "59 min 59 s"), (7260, "2 h 01 min")],
)
def test_durations_are_in_the_largest_units_that_matter(seconds: float, words: str) -> None:
    assert duration(seconds) == words


def test_a_name_cannot_become_markdown() -> None:
    assert plain("![x](http://evil)") == r"\!\[x\]\(http\:\/\/evil\)".replace(r"\/", "/")


def test_what_is_unknown_is_a_dash() -> None:
    assert percent(None) == percent(float("nan")) == "–"
    assert interval(None) == ""
