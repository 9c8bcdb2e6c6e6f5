"""The pictures of the review page: small ones in one sheet, an original by itself."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from mild.analysis.instances.timelines import timelines
from mild.data.images.thumbnails import thumbnails
from mild.data.originals import Originals, has_originals
from mild.figures.pictures.sheets import LOSSLESS_BYTES, Sheet, image_sheet, small_webp, strips
from mild.store.run import Run
from mild.ui.cache.decorators import per_run
from mild.ui.review.state import Review, measured_instances
from mild.ui.review.verdicts import Verdicts

LARGEST_SIDE = 2560
"""Pixels a side beyond which no original is sent: as much as a large screen has."""
SMALLEST_SIDE = 256
COARSE = 48
"""Pixels a side."""
GUTTER = 2
"""Pixels between the pictures of a sheet, for a browser that scales it blends neighbours."""
QUALITY = 88
SECONDS_KEPT = 600
"""How long the list of a source's files is trusted."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PagePictures:
    """The pixels of one page."""

    sheet: Sheet | None
    """None where the run holds no pictures."""
    strips: str
    """A data address."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Large:
    """One image as large as it can be had."""

    address: str
    """A data address."""
    width: int
    height: int
    words: str
    """What it is, and how large."""


def page_pictures(review: Review, index_T: npt.NDArray[np.int64], side: int) -> PagePictures:
    """Put the pictures of a page on one sheet, none larger than `side` pixels."""
    return _page_pictures(review.run, review.verdicts, tuple(index_T.tolist()), side)


def large(run: Run, index: int, name: str, side: int) -> Large | None:
    """Read the original, at most `side` pixels a side, else the thumbnail; None without either."""
    side = min(max(side, SMALLEST_SIDE), LARGEST_SIDE)
    return _large(run, index, name, side)


def small(run: Run, indices: tuple[int, ...], side: int) -> list[str]:
    """Encode thumbnails as data addresses; an empty list where the run holds none."""
    thumbnails_T = run.thumbnails_of(np.array(indices, dtype=np.int64)) if indices else None
    if thumbnails_T is None:
        return []
    return [data_address(small_webp(picture, side), "image/webp") for picture in thumbnails_T]


def is_coarse(run: Run) -> bool:
    """Tell whether thumbnails are so small that single pixels are to be seen."""
    thumbnails_NHWC = run.thumbnails()
    return thumbnails_NHWC is not None and max(thumbnails_NHWC.shape[1:3]) < COARSE


@per_run(4, seconds=SECONDS_KEPT)
def originals(run: Run) -> Originals:
    """Remember where the originals of a run are."""
    return Originals(run.config().data)


@per_run(24)
def _page_pictures(
    run: Run, verdicts: Verdicts, indices: tuple[int, ...], side: int
) -> PagePictures:
    index_T = np.array(indices, dtype=np.int64)
    thumbnails_T = run.thumbnails_of(index_T)
    png = strips(timelines(run, measured_instances(run, verdicts), index_T))
    return PagePictures(
        sheet=None if thumbnails_T is None else image_sheet(thumbnails(thumbnails_T, side), GUTTER),
        strips=data_address(png, "image/png"),
    )


@per_run(12)
def _large(run: Run, index: int, name: str, side: int) -> Large | None:
    found = originals(run).read(name, side)
    if found is not None:
        width, height = found.own_size
        return _sent(found.pixels, f"The original, {width:,} × {height:,} pixels")
    thumbnails_T = run.thumbnails_of(np.array([index]))
    if thumbnails_T is None:
        return None
    height, width = thumbnails_T.shape[1:3]
    gone = has_originals(run.config().data)
    why = "the original is not where it was" if gone else "the run holds no larger one"
    return _sent(thumbnails_T[0], f"A picture of {width} × {height} pixels: {why}")


def _sent(pixels: npt.NDArray[Any], words: str) -> Large:
    """Encode without loss where it is small, else as JPEG, ten times as fast as WebP."""
    buffer, image = io.BytesIO(), Image.fromarray(np.asarray(pixels))
    kind = "png" if pixels.nbytes <= LOSSLESS_BYTES else "jpeg"
    image.save(buffer, kind, **({} if kind == "png" else {"quality": QUALITY}))
    return Large(
        address=data_address(buffer.getvalue(), f"image/{kind}"),
        width=image.width,
        height=image.height,
        words=words,
    )


def data_address(content: bytes, kind: str) -> str:
    """Write bytes as an address of their own; `kind` such as image/png."""
    return f"data:{kind};base64," + base64.b64encode(content).decode()
