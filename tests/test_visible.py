"""Text that anybody may have written, as people see it: nothing acts, hides, or has no end."""

from __future__ import annotations

import pytest

from mild.visible import MOST, visible, visible_name


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred\x1b[0m", r"\x1b[31mred\x1b[0m"),
        ("a\0b\x9b2J", r"a\x00b\x9b2J"),
        ("photo\u202egnp.exe", r"photo\u202egnp.exe"),
        ("cat\u200b", r"cat\u200b"),
        ("ca\u200dt", r"ca\u200dt"),
        ("two\nlines", r"two\nlines"),
        ("caf\udce9.png", r"caf\xe9.png"),
        ("\U000e0041", r"\U000e0041"),
    ],
)
def test_what_is_not_seen_is_written_as_an_escape(text: str, shown: str) -> None:
    assert visible(text) == shown


@pytest.mark.parametrize(
    "text",
    ["Katze", "قطة", "חתול", "می\u200cخواهم", "👨\u200d👩\u200d👧", "❤️", "a\u00a0b", "e\u0301"],
)
def test_every_script_is_shown_as_it_is(text: str) -> None:
    assert visible(text) == text


def test_a_text_without_end_gets_one() -> None:
    assert len(visible("a" * 10_000)) == MOST
    assert visible_name("ä" * 100).endswith("ä…")


def test_the_lines_of_a_log_stay_lines() -> None:
    assert visible("one\n\ttwo\x07", lines=True) == "one\n\ttwo\\x07"
