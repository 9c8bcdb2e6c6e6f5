"""Small drawings as SVG: made in a millisecond without plotly, sharp at any size.

Words and axes are dark on a light page and light on a dark one: a browser gives a drawing that is
shown as an image the colour scheme of the place where it is shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from mild.figures import palette

WIDTH, HEIGHT = 320, 180
"""In units of the drawing; it is scaled to its place."""
LEFT, RIGHT, TOP, BOTTOM = 14, 8, 28, 22
"""Room around the axes."""
COLOURS = {
    "right labels": palette.CLEAN,
    "wrong labels": palette.MISLABELED,
    "metric": palette.CLEAN,
    "loss alone": palette.LOSS,
}
_INK = (
    "<style>svg { color: #0e1621 } "
    "@media (prefers-color-scheme: dark) { svg { color: #e6e9ef } }</style>"
)
_LETTER = 6.2
"""Width of a letter of 11 units, about."""


def curves(lines: Mapping[str, Sequence[float]], *, x: str, low: float = 0.0) -> str:
    """Draw a line for each name, from values between `low` and 1; `x` names the axis."""
    drawn = [
        f'<polyline points="{_points(values, low)}" fill="none" stroke="{COLOURS[name]}" '
        'stroke-width="3" stroke-linejoin="round"/>'
        for name, values in lines.items()
    ]
    return _drawing([*drawn, _legend(list(lines))], x)


def stacked_bars(groups: Mapping[str, Sequence[float]], *, x: str, cut: float | None = None) -> str:
    """Draw groups as bars upon each other; a line stands before bar `cut`, counted from 0."""
    n = len(next(iter(groups.values())))
    highest = max(map(sum, zip(*groups.values(), strict=True))) or 1.0
    step = (WIDTH - LEFT - RIGHT) / n
    scale = (HEIGHT - TOP - BOTTOM) / highest
    drawn, tops = [], [float(HEIGHT - BOTTOM)] * n
    for name, values in groups.items():
        for i, value in enumerate(values):
            tops[i] -= value * scale
            drawn.append(
                f'<rect x="{LEFT + i * step + 0.5:.1f}" y="{tops[i]:.1f}" '
                f'width="{step - 1:.1f}" height="{value * scale:.1f}" fill="{COLOURS[name]}"/>'
            )
    if cut is not None:
        at = LEFT + cut * step
        drawn.append(
            f'<line x1="{at:.1f}" x2="{at:.1f}" y1="{TOP - 4}" y2="{HEIGHT - BOTTOM}" '
            f'stroke="currentColor" stroke-width="2" stroke-dasharray="5 4"/>'
        )
    return _drawing([*drawn, _legend(list(groups))], x)


def _points(values: Sequence[float], low: float) -> str:
    across = (WIDTH - LEFT - RIGHT) / max(1, len(values) - 1)
    up = (HEIGHT - TOP - BOTTOM) / (1 - low)
    return " ".join(
        f"{LEFT + i * across:.1f},{HEIGHT - BOTTOM - (value - low) * up:.1f}"
        for i, value in enumerate(values)
    )


def _legend(names: list[str]) -> str:
    parts, at = [], float(LEFT)
    for name in names:
        parts.append(
            f'<rect x="{at:.0f}" y="8" width="10" height="10" rx="2" fill="{COLOURS[name]}"/>'
            f'<text x="{at + 14:.0f}" y="17">{escape(name)}</text>'
        )
        at += 30 + _LETTER * len(name)
    return "".join(parts)


def _drawing(parts: list[str], x: str) -> str:
    base = HEIGHT - BOTTOM
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'font-family="sans-serif" font-size="11" fill="currentColor">'
        f"{_INK}{''.join(parts)}"
        f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{base}" y2="{base}" stroke="currentColor"/>'
        f'<text x="{WIDTH - RIGHT}" y="{HEIGHT - 6}" text-anchor="end">{escape(x)} →</text>'
        "</svg>"
    )
