"""docs/your-own-images.md names buttons and keys as the pages have them."""

from __future__ import annotations

import re

import pytest

from mild.ui.spot_check import BUTTON
from tests.runs_for_tests import PROJECT

PAGE = (PROJECT / "docs" / "your-own-images.md").read_text(encoding="utf-8")
BOLD = sorted(set(re.findall(r"\*\*([^*]+)\*\*", PAGE)))
KEYS = {"Enter", "Esc", "←", "→", "k", "r", "d", "l", "u", "?"}
SOURCES = "\n".join(
    file.read_text(encoding="utf-8")
    for folder in ("mild/ui", "pages")
    for suffix in ("*.py", "*.js")
    for file in sorted((PROJECT / folder).rglob(suffix))
)


@pytest.mark.parametrize("words", [words for words in BOLD if words not in KEYS])
def test_what_it_says_to_press_is_there_to_be_pressed(words: str) -> None:
    assert (
        words == BUTTON
        or f'"{words}"' in SOURCES
        or words in re.findall(r'^"""([^:]+):', SOURCES, re.MULTILINE)
    )


def test_every_key_it_names_is_in_the_help_of_the_gallery() -> None:
    helped = (PROJECT / "mild/ui/components/gallery/bar.js").read_text(encoding="utf-8")
    found = re.findall(r'^  \["([^"]+)", "', helped, re.MULTILINE)
    keys = {key for item in found for key in re.split(r"[ ,]+", item)} | {"←", "→", "?"}
    assert set(BOLD) & KEYS <= keys
