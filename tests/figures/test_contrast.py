"""Colours stand out from what is behind them: WCAG 2, 1.4.3 for words, 1.4.11 for the rest."""

from __future__ import annotations

import re
import tomllib

import numpy as np
import pytest
from plotly.colors import sample_colorscale

from mild.figures import compare, palette
from tests.runs_for_tests import PROJECT

WORDS, SHAPES = 4.5, 3.0
FADED = 0.6
"""Streamlit writes captions in the colour of words at this opacity."""
THEMES = tomllib.loads((PROJECT / ".streamlit" / "config.toml").read_text())["theme"]
PALETTE = {
    name: value if isinstance(value, str) else palette.hex_of(value)
    for name, value in vars(palette).items()
    if isinstance(value, str | tuple)
    and name.isupper()
    and name != "MISCLASSIFIED"  # stands beside MEMORIZED, not by itself
}

Colour = tuple[float, float, float]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("behind", ["backgroundColor", "secondaryBackgroundColor"])
def test_words_can_be_read(theme: str, behind: str) -> None:
    ground = rgb(THEMES[theme][behind])
    text = rgb(THEMES[theme]["textColor"])
    assert contrast(text, ground) >= WORDS
    assert contrast(rgb(THEMES[theme]["primaryColor"]), ground) >= WORDS
    if behind == "backgroundColor":
        faded = tuple(FADED * a + (1 - FADED) * b for a, b in zip(text, ground, strict=True))
        assert contrast(faded, ground) >= WORDS


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", PALETTE)
def test_every_colour_of_the_palette_can_be_seen(name: str, theme: str) -> None:
    ground = rgb(THEMES[theme]["backgroundColor"])
    assert contrast(rgb(PALETTE[name]), ground) >= SHAPES


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_colours_of_charts_can_be_seen(theme: str) -> None:
    ground = rgb(THEMES[theme]["backgroundColor"])
    for colour in THEMES[theme]["chartCategoricalColors"]:
        assert contrast(rgb(colour), ground) >= SHAPES


def test_words_in_the_cells_of_a_heat_map_can_be_read() -> None:
    shares = np.linspace(0, 1, compare.MOST_IN_CELLS)
    figure = compare.heat_map(shares[None, :], list(shares), ["row"], x="", y="", title="kept")
    colours = figure.data[1].textfont.color
    for colour, cell in zip(colours, sample_colorscale("Blues", list(shares)), strict=True):
        ground = tuple(float(part) for part in re.findall(r"[\d.]+", cell))
        assert contrast(rgb(colour), ground) >= WORDS, cell


def test_memorized_and_misclassified_can_be_told_apart() -> None:
    pair = (palette.hex_of(palette.MEMORIZED), palette.hex_of(palette.MISCLASSIFIED))
    assert contrast(rgb(pair[0]), rgb(pair[1])) >= SHAPES


def test_the_marks_of_the_gallery_can_be_read() -> None:
    css = (PROJECT / "mild" / "ui" / "components" / "gallery" / "tiles.css").read_text()
    ink = re.search(r"\.mark \{[^}]*?\bcolor: (#\w{6})", css)
    assert ink
    grounds = re.findall(r"\.\w+ \.mark \{\s*background: (#\w{6})", css)
    assert len(grounds) == 3
    assert all(contrast(rgb(ink[1]), rgb(ground)) >= WORDS for ground in grounds)


def test_the_gallery_uses_the_palette() -> None:
    css = (PROJECT / "mild" / "ui" / "components" / "gallery" / "gallery.css").read_text()
    used = dict(re.findall(r"--(keep|relabel|drop): (#\w{6})", css))
    wanted = (palette.CLEAN, palette.ACCURACY, palette.MISLABELED)
    assert used == dict(zip(("keep", "relabel", "drop"), wanted, strict=True))


def rgb(colour: str) -> Colour:
    """From a web colour, each 0 to 255."""
    red, green, blue = (float(int(colour[i : i + 2], 16)) for i in (1, 3, 5))
    return red, green, blue


def contrast(first: tuple[float, ...], second: tuple[float, ...]) -> float:
    """From 1 (the same) to 21 (black on white)."""
    low, high = sorted((luminance(first), luminance(second)))
    return (high + 0.05) / (low + 0.05)


def luminance(colour: tuple[float, ...]) -> float:
    """Relative luminance, 0 to 1."""
    parts = [value / 255 for value in colour]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
