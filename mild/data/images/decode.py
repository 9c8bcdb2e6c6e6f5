"""From an image file to uint8 RGB pixels of the size asked for, or a sentence why not.

Whatever the file holds, the outcome is an array or a `DataError`: a damaged file must cost one
instance, not the run.
"""

from __future__ import annotations

import io
import os
import stat
import struct
import threading
import zlib
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps, UnidentifiedImageError

from mild.data.images.image_file import ImageFile
from mild.errors import DataError
from mild.visible import printable

MAX_PIXELS = 89_478_485
"""Pillow's own limit against decompression bombs: a quarter of a gigabyte as RGB."""
LARGE_PIXELS = 24_000_000
"""More are decoded one image after the other, whatever the threads: an image of `MAX_PIXELS` with
transparency takes 1.7 GB for a moment, and may be half a megabyte on disk."""

FORMATS = ("JPEG", "PNG", "GIF", "BMP", "WEBP", "TIFF", "PPM", "AVIF")
"""Pillow would run Ghostscript on a file that holds PostScript, whatever its name: not here."""

_UNREADABLE = (
    # What Pillow's decoders raise on damaged files, found by feeding them such.
    OSError, SyntaxError, ValueError, EOFError, LookupError, TypeError, AttributeError,
    ArithmeticError, RuntimeError, AssertionError, MemoryError, struct.error, zlib.error,
)  # fmt: skip
MOST_SCANS = 100
"""Of a progressive JPEG, which has about ten: each goes over the whole image, and a file of a
megabyte can hold ten thousand."""
_SCAN, _AT_A_TIME = b"\xff\xda", 2**20
_one_large = threading.Lock()
_ORIENTATION_TAG = 0x0112
_FIRST_ON_ITS_SIDE = 5
"""Orientations from this one on are of a camera that was held upright."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DecodedWhole:
    """A whole image, no larger than was asked for."""

    pixels: npt.NDArray[np.uint8]
    """Shape (H, W, 3)."""
    own_size: tuple[int, int]
    """Width and height of the original, upright, in pixels."""


def decode(
    file: ImageFile, size: tuple[int, int] | None = None, name: str | None = None
) -> npt.NDArray[np.uint8]:
    """Read the first frame as upright RGB; transparency becomes white.

    Parameters
    ----------
    size
        (H, W) of the result: the largest centred part of that shape is scaled to it.
        None leaves the image as large as it is.
    name
        What the sentence calls the image; by default its path, or its name where it has none.

    Returns
    -------
    Shape (H, W, 3).

    Raises
    ------
    DataError
        If it cannot be read, is larger than `MAX_PIXELS`, or has pixels without a fixed range.
    """
    name = called(file) if name is None else name
    with _opened(file, name) as image:
        image = _draft(image, size)
        with _turn_of(image):
            return np.array(fit(_rgb(_upright(image), name), size))


def called(file: ImageFile) -> str:
    """Return what sentences call an image: its path, or its name where it has none."""
    return printable(file) if isinstance(file, str) else file.name


@contextmanager
def _opened(file: ImageFile, name: str) -> Iterator[Image.Image]:
    """Open the image, its pixels unread; whatever is wrong with it is a sentence about `name`."""
    try:
        if not _can_be_opened(file):
            raise DataError(f"{name}: is not a regular file, so it was passed over.")
        with Image.open(_content(file), formats=FORMATS) as image:
            if image.width * image.height > MAX_PIXELS:
                raise Image.DecompressionBombError
            _check_scans(image, name)
            yield image
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise DataError(
            f"{name}: has more than {MAX_PIXELS:,} pixels, so it was passed over. Make it smaller."
        ) from None
    except _UNREADABLE as error:
        raise DataError(f"{name}: cannot be read as an image ({_reason(error)}).") from None


def decode_within(file: ImageFile, side: int, name: str | None = None) -> DecodedWhole:
    """Read the whole first frame as upright RGB, made smaller where a side exceeds `side` pixels.

    Raises
    ------
    DataError
        As `decode`.
    """
    name = called(file) if name is None else name
    with _opened(file, name) as image:
        own_size = image.size
        image.draft("RGB", (side, side))  # JPEG decodes to no less than that
        with _turn_of(image):
            upright = _rgb(_upright(image), name)
        turned = (upright.width < upright.height) != (own_size[0] < own_size[1])
        upright.thumbnail((side, side), Image.Resampling.BICUBIC)
        return DecodedWhole(
            pixels=np.asarray(upright), own_size=own_size[::-1] if turned else own_size
        )


def smaller_side(file: ImageFile) -> int | None:
    """Read the smaller side of an image, in pixels, without its pixels; None where it is none."""
    try:
        with _opened(file, "") as image:
            return min(image.size)
    except DataError:
        return None


def size_of(file: ImageFile) -> tuple[int, int] | None:
    """Read width and height of an image as it is seen, by its header alone; None without one."""
    try:
        if not _can_be_opened(file):
            return None
        with Image.open(_content(file), formats=FORMATS) as image:
            # That of PNG reads all pixels, to find what may stand behind them.
            lies = Image.Image.getexif(image).get(_ORIENTATION_TAG, 1) >= _FIRST_ON_ITS_SIDE
            return (image.height, image.width) if lies else (image.width, image.height)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning, *_UNREADABLE):
        return None
    except DataError:
        return None


def _turn_of(image: Image.Image) -> AbstractContextManager[object]:
    """Wait until no other large image is decoded, where this is one."""
    return _one_large if image.width * image.height > LARGE_PIXELS else nullcontext()


def _can_be_opened(file: ImageFile) -> bool:
    """Tell whether a path is a regular file, or none at all: a pipe would block for ever."""
    return not isinstance(file, str) or stat.S_ISREG(os.stat(file).st_mode)  # noqa: PTH116


def _content(file: ImageFile) -> str | io.BytesIO:
    """Return what Pillow opens."""
    return file if isinstance(file, str) else io.BytesIO(file.read())


def _check_scans(image: Image.Image, name: str) -> None:
    """Count the scans of a progressive JPEG, whose marker is nowhere but before each of them."""
    file = getattr(image, "fp", None)
    if file is None or "progressive" not in image.info:
        return
    place, n_scans, end = file.tell(), 0, b""
    file.seek(0)
    while piece := file.read(_AT_A_TIME):
        n_scans += (end + piece).count(_SCAN)
        end = piece[-1:]
    file.seek(place)
    if n_scans > MOST_SCANS:
        raise DataError(
            f"{name}: is a JPEG of {n_scans:,} scans, where ten are usual, so it was passed over. "
            "Save it again."
        )


def _draft(image: Image.Image, size: tuple[int, int] | None) -> Image.Image:
    """Let JPEG decode at a fraction of its size, no less than twice what is needed."""
    if size is not None:
        longest = 2 * max(size)
        image.draft("RGB", (longest, longest))
    return image


def _upright(image: Image.Image) -> Image.Image:
    """Turn the image as the camera was held."""
    ImageOps.exif_transpose(image, in_place=True)
    return image


def _rgb(image: Image.Image, name: str) -> Image.Image:
    if image.mode == "RGB" and "transparency" not in image.info:
        return image
    if image.mode.startswith(("I", "F")):
        return _from_wide_pixels(image, name).convert("RGB")
    if image.mode in {"LA", "La", "PA", "RGBA", "RGBa"} or "transparency" in image.info:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        return Image.alpha_composite(white, image).convert("RGB")
    return image.convert("RGB")


def _from_wide_pixels(image: Image.Image, name: str) -> Image.Image:
    """Scale 16 bits to 8; wider integers and fractions do not say which value is white."""
    values = np.asarray(image)
    if values.dtype.kind == "f" or values.min() < 0 or values.max() > 0xFFFF:
        raise DataError(
            f"{name}: has pixels of more than 16 bits, whose range is not known, "
            "so it was passed over. Save it with 8 or 16 bits."
        )
    return Image.fromarray((values >> 8).astype(np.uint8))


def fit(image: Image.Image, size: tuple[int, int] | None) -> Image.Image:
    """Resize an image to (height, width), unless it is of that size or None is asked."""
    if size is None or image.size == (size[1], size[0]):
        return image
    height, width = size
    scale = min(image.width / width, image.height / height)
    cut_width = min(width * scale, image.width)  # rounding may make it larger by a hair
    cut_height = min(height * scale, image.height)
    left, top = (image.width - cut_width) / 2, (image.height - cut_height) / 2
    box = (left, top, left + cut_width, top + cut_height)
    return image.resize((width, height), Image.Resampling.BICUBIC, box=box, reducing_gap=3.0)


def _reason(error: BaseException) -> str:
    if isinstance(error, UnidentifiedImageError | KeyError):
        return "no known format"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    return printable(str(error)) or type(error).__name__
