"""Numbers and names in the words that people read."""

from __future__ import annotations

import pytest

from mild.ui.words import duration, interval, percent, plain, state_badge


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (59.4, "59 s"), (60, "1 min 00 s"), (3599, "59 min 59 s"), (7260, "2 h 01 min")],
)
def test_durations_are_in_the_largest_units_that_matter(seconds: float, words: str) -> None:
    assert duration(seconds) == words


def test_a_name_cannot_become_markdown() -> None:
    assert plain("![x](http://evil)") == r"\!\[x\]\(http\::small[]//evil\)"


def test_what_is_unknown_is_a_dash() -> None:
    assert percent(None) == percent(float("nan")) == "–"
    assert interval(None) == ""


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        (":material/home:", r"\::small[]material/home\:"),
        ("a -> b", r"a \-:small[]\> b"),
        ("www.evil.example", r"www:small[]\.evil\.example"),
        ("me@evil.example", r"me\@:small[]evil\.example"),
        ("    indented", "indented"),
        ("12 images: 3", r"12 images\: 3"),
    ],
)
def test_what_is_read_after_the_escapes_is_taken_apart(text: str, masked: str) -> None:
    assert plain(text) == masked


def test_a_state_that_nobody_knows_is_a_badge_with_its_name() -> None:
    assert state_badge("done") == ":green-badge[done]"
    assert state_badge("](http://evil)") == r":grey-badge[\]\(http\::small[]//evil\)]"
