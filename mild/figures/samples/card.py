"""An instance in small as HTML: its text, its row, its waveform. Everything in it is escaped."""

from __future__ import annotations

import base64
import html
from collections.abc import Sequence

STYLE = """<style>
.mild-cards { display: grid; gap: 8px;
  grid-template-columns: repeat(auto-fill, minmax(11.5rem, 1fr)); }
.mild-card { display: flex; flex-direction: column; gap: 4px; height: 7.4rem; overflow: hidden;
  padding: 6px 8px; box-sizing: border-box; text-align: start; font-size: 0.78rem; line-height: 1.3;
  border: 1px solid rgba(128, 128, 128, 0.35); border-bottom-width: 4px; border-radius: 6px; }
.mild-card .text { overflow-wrap: anywhere; unicode-bidi: isolate; white-space: normal; }
.mild-card .cell { display: flex; justify-content: space-between; gap: 8px; white-space: nowrap; }
.mild-card .cell span { overflow: hidden; text-overflow: ellipsis; }
.mild-card .cell span:first-child { opacity: 0.75; }
.mild-card .cell span:last-child { flex: none; max-width: 65%; font-variant-numeric: tabular-nums; }
.mild-card .unusual { font-weight: 700; }
.mild-card .wave { flex: 1; min-height: 2rem; background: currentColor; opacity: 0.8;
  mask-size: 100% 100%; }
.mild-card:not(:has(.wave)) {
  mask-image: linear-gradient(#000 72%, rgba(0, 0, 0, 0.35) 92%, #000 92%); }
</style>"""


def card(
    *,
    text: str,
    cells: Sequence[tuple[str, str, bool]],
    peaks: Sequence[int],
    colour: str = "",
    words: str = "",
) -> str:
    """Draw a card.

    Parameters
    ----------
    cells
        Name, value, and whether it is an unusual one.
    peaks
        How loud a sound is from beginning to end, each 0 to 100.
    colour
        Of the line below it.
    words
        In the place of everything else where there is nothing to show.
    """
    parts = [waveform(peaks)] if peaks else []
    if text:
        parts.append(f"<div class='text' dir='auto'>{html.escape(text)}</div>")
    parts += [_cell(*cell) for cell in cells]
    if not parts:
        parts.append(f"<div class='text'>{html.escape(words)}</div>")
    line = f" style='border-bottom-color: {colour}'" if colour else ""
    return f"<div class='mild-card'{line}>{''.join(parts)}</div>"


def waveform(peaks: Sequence[int]) -> str:
    """Draw a waveform in the colour of the words around it: as a mask, for pages take out SVG."""
    path = "".join(
        f"M{2 * place + 1} {50 - peak / 2:g}V{50 + peak / 2 + 1:g}"
        for place, peak in enumerate(peaks)
    )
    svg = (
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {2 * len(peaks)} 101' "
        f"preserveAspectRatio='none'><path d='{path}' stroke='#000' stroke-width='1.2'/></svg>"
    )
    address = "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()
    return f"<div class='wave' style='mask-image: url({address})'></div>"


def _cell(name: str, value: str, unusual: bool) -> str:
    kind = "cell unusual" if unusual else "cell"
    return (
        f"<div class='{kind}'><span>{html.escape(name)}</span>"
        f"<span dir='auto'>{html.escape(value)}</span></div>"
    )
