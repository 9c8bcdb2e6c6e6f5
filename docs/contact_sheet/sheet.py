"""From photographs to a contact sheet: an HTML page, and pictures of all of them."""

from __future__ import annotations

import html
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from PIL import Image, ImageDraw

from docs.contact_sheet.shot import Shot

SMALL = {390: 104, 900: 200, 1440: 280, 1920: 340}
"""Width of a small picture in pixels, by that of the window."""
LOWEST = 330
"""Pixels of height of a small picture; what is below is seen in the large one."""
LABEL, GAP = 16, 6
SMALL_ONES = "small"
"""Folder of the small pictures."""
NAMED = 4
"""Breaches of one kind that a page's line tells."""
RED = (220, 38, 38)

_HEAD = """<!doctype html><meta charset="utf-8"><title>Contact sheet</title><style>
body { font: 13px sans-serif; margin: 1rem; background: #8a8f98; color: #000; }
ul, details { background: #fff; padding: .5rem 1rem .5rem 2rem; } h2 { margin: 1rem 0 .2rem; }
.row { display: flex; gap: 6px; align-items: flex-start; overflow-x: auto; }
.row a { position: relative; overflow: hidden; flex: none; outline: 1px solid #555; }
.row img { display: block; } .row a.wrong { outline: 3px solid #dc2626; }
.row i { position: absolute; border: 2px solid #dc2626; background: #dc262633; }
</style>"""


def write_html(shots: Sequence[Shot], to: Path) -> None:
    """One row a page and state, its breaches on top; small pictures lead to the large ones."""
    parts = [_HEAD, "<h1>Contact sheet</h1>", _breaches(shots)]
    for name, row in groupby(shots, lambda shot: shot.state.name):
        pictures = "".join(_figure(shot) for shot in row)
        parts.append(f"<h2 id='{_text(name)}'>{_text(name)}</h2><div class='row'>{pictures}</div>")
    to.write_text("\n".join(parts), encoding="utf-8")


def wrong(shots: Sequence[Shot]) -> list[str]:
    """A line for every breach: widths and themes that have the same one are told together.

    Of a page's breaches of one kind, the first few are told, and how many more there are.
    """
    where: dict[tuple[str, str, str], list[str]] = {}
    for shot in shots:
        for breach in shot.breaches:
            key = (shot.state.name, breach.kind, breach.words)
            where.setdefault(key, []).append(f"{shot.width} {shot.theme}")
    lines = []
    for (name, kind), group in groupby(where, lambda key: key[:2]):
        alike = list(group)
        for key in alike[:NAMED]:
            lines.append(f"{name}: {kind}: {key[2]} ({', '.join(dict.fromkeys(where[key]))})")
        if len(alike) > NAMED:
            lines.append(f"{name}: {kind}: {len(alike) - NAMED} more")
    return lines


def write_overview(shots: Sequence[Shot], folder: Path, to: Path) -> None:
    """All small pictures as one, a row a page and state, breaches framed in red."""
    rows = [list(row) for _, row in groupby(shots, lambda shot: shot.state.name)]
    width = max(sum(SMALL[shot.width] + GAP for shot in row) for row in rows)
    image = Image.new("RGB", (width, len(rows) * (LOWEST + LABEL)), (138, 143, 152))
    draw = ImageDraw.Draw(image)
    for number, row in enumerate(rows):
        left, top = 0, number * (LOWEST + LABEL)
        draw.text((4, top + 2), row[0].state.name, (0, 0, 0))
        for shot in row:
            _paste(image, draw, shot, folder, (left, top + LABEL))
            left += SMALL[shot.width] + GAP
    image.save(to, optimize=True)


def write_small(shots: Sequence[Shot], folder: Path) -> None:
    """A small picture of every photograph, its first part where it is long."""
    (folder / SMALL_ONES).mkdir(exist_ok=True)
    for shot in shots:
        if shot.file:
            with Image.open(folder / shot.file) as picture:
                scale = SMALL[shot.width] / shot.width
                height = min(shot.height, int((LOWEST - GAP) / scale))
                seen = picture.convert("RGB").crop((0, 0, shot.width, height))
            size = (SMALL[shot.width], max(1, int(height * scale)))
            seen.resize(size, Image.Resampling.BOX).save(_small(shot, folder), quality=85)


def _small(shot: Shot, folder: Path) -> Path:
    return (folder / SMALL_ONES / shot.file).with_suffix(".jpg")


def _paste(
    image: Image.Image, draw: ImageDraw.ImageDraw, shot: Shot, folder: Path, at: tuple[int, int]
) -> None:
    if not shot.file:
        right, bottom = at[0] + SMALL[shot.width], at[1] + LOWEST - GAP
        draw.rectangle((*at, right, bottom), outline=RED, width=3)
        return
    with Image.open(_small(shot, folder)) as small:
        image.paste(small, at)
    scale = SMALL[shot.width] / shot.width
    for breach in shot.breaches:
        left, top, width, height = (number * scale for number in breach.box)
        if top < LOWEST - GAP:
            corner = (at[0] + left, at[1] + top)
            opposite = (corner[0] + width, at[1] + min(top + height, LOWEST))
            draw.rectangle((*corner, *opposite), outline=RED, width=2)


def _breaches(shots: Sequence[Shot]) -> str:
    lines = wrong(shots)
    if not lines:
        return "<p>Nothing lies where it should not.</p>"
    items = "".join(
        f"<li><a href='#{_text(line.split(':')[0])}'>{_text(line)}</a></li>" for line in lines
    )
    return f"<ul><b>{len(lines)} breaches</b>{items}</ul>"


def _figure(shot: Shot) -> str:
    scale = SMALL[shot.width] / shot.width
    boxes = "".join(
        f"<i style='left:{box[0] * scale:.0f}px;top:{box[1] * scale:.0f}px;"
        f"width:{box[2] * scale:.0f}px;height:{box[3] * scale:.0f}px'></i>"
        for box in (breach.box for breach in shot.breaches)
    )
    title = _text("\n".join([f"{shot.width} {shot.theme}", *map(str, shot.breaches)]))
    kind = "wrong" if shot.breaches else ""
    small = _small(shot, Path()).as_posix() if shot.file else ""
    return (
        f"<a class='{kind}' href='{_text(shot.file)}' title='{title}' "
        f"style='max-height:{LOWEST}px'>"
        f"<img loading='lazy' width='{SMALL[shot.width]}' src='{_text(small)}'>{boxes}</a>"
    )


def _text(words: str) -> str:
    return html.escape(words, quote=True)
