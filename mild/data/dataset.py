"""What a data set is once it is loaded: images of one size, labels, names.

Axes: N training instances, M held-out instances, H height, W width, last axis red, green, blue.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from mild.data.images.decode import decode
from mild.data.images.image_file import ImageFile, as_image_file

UInt8Array: TypeAlias = npt.NDArray[np.uint8]
IntArray: TypeAlias = npt.NDArray[np.int64]
Progress: TypeAlias = Callable[[int, int], None]
"""Called with (done, total)."""

FILES_PER_TASK = 64
UNKNOWN = -1
"""The clean label of a held-out instance that has none, where others have one."""


class Images(Protocol):
    """uint8 RGB images of one common size."""

    @property
    def shape(self) -> tuple[int, int, int]:
        """(N, H, W)."""
        ...

    def read(self, index: int) -> UInt8Array:
        """Read one image, (H, W, 3)."""
        ...

    def read_all(self, progress: Progress | None = None) -> UInt8Array:
        """Read all images, (N, H, W, 3)."""
        ...

    def take(self, index: npt.NDArray[np.integer]) -> Images:
        """Take the images at these positions, in this order."""
        ...


class ImageArray:
    """Images held in memory as one array (N, H, W, 3)."""

    def __init__(self, images: UInt8Array) -> None:
        if images.ndim != 4 or images.shape[3] != 3 or images.dtype != np.uint8:
            raise ValueError(f"images are uint8 (N, H, W, 3), not {images.dtype} {images.shape}")
        self._images = images

    @property
    def shape(self) -> tuple[int, int, int]:
        """Number, height and width of the images."""
        n, height, width, _ = self._images.shape
        return n, height, width

    def read(self, index: int) -> UInt8Array:
        """Read one image, (H, W, 3) uint8."""
        image: UInt8Array = self._images[index]
        return image

    def read_all(self, progress: Progress | None = None) -> UInt8Array:
        """Read all images, (N, H, W, 3) uint8."""
        if progress:
            progress(len(self._images), len(self._images))
        return self._images

    def take(self, index: npt.NDArray[np.integer]) -> ImageArray:
        """Take some of the images, by index."""
        return ImageArray(self._images[index])


class ImageFiles:
    """Images decoded from files when they are asked for, brought to one size.

    Safe to read from several threads or processes; holds no pixels.
    """

    def __init__(
        self, files: Iterable[ImageFile | os.PathLike[str]], size: tuple[int, int]
    ) -> None:
        self._files = tuple(as_image_file(file) for file in files)
        self._size = size

    @property
    def files(self) -> tuple[ImageFile, ...]:
        """Where each is read from, in order."""
        return self._files

    @property
    def shape(self) -> tuple[int, int, int]:
        """Number, height and width of the images."""
        return len(self._files), *self._size

    def read(self, index: int) -> UInt8Array:
        """Decode one file.

        Raises
        ------
        DataError
            If the file can no longer be read.
        """
        return decode(self._files[index], self._size)

    def read_all(self, progress: Progress | None = None) -> UInt8Array:
        """Read all images, (N, H, W, 3) uint8."""
        images = np.empty((*self.shape, 3), dtype=np.uint8)

        def fill(start: int) -> int:
            stop = min(start + FILES_PER_TASK, len(self._files))
            for index in range(start, stop):
                images[index] = self.read(index)
            return stop - start

        done = 0
        with ThreadPoolExecutor() as pool:
            for n in pool.map(fill, range(0, len(self._files), FILES_PER_TASK)):
                done += n
                if progress:
                    progress(done, len(self._files))
        return images

    def take(self, index: npt.NDArray[np.integer]) -> ImageFiles:
        """Take some of the images, by index."""
        return ImageFiles([self._files[i] for i in index], self._size)


@dataclass(frozen=True, kw_only=True, slots=True)
class LabelledImages:
    """A data set ready to train on, with its held-out part."""

    images: Images
    given_N: IntArray
    """Labels as the source gives them, positions in `class_names`."""
    clean_N: IntArray | None
    """Trusted labels; None where the source has none."""
    class_names: tuple[str, ...]
    names: tuple[str, ...]
    """Per instance: file path relative to the root with "/", or "train 123". Printable UTF-8."""
    test_images: Images
    test_labels_M: IntArray
    """Of the held-out part, never trained on; the source's most trusted labels."""
    test_given_M: IntArray
    """Labels of the held-out part as the source gives them: these are judged."""
    test_clean_M: IntArray | None
    """Trusted labels of the held-out part, UNKNOWN (-1) where there is none; None where the source
    has none at all."""
    test_names: tuple[str, ...]
    """Of the held-out part, as `names`."""
    pictures: Images | None = None
    """The training images, larger, for people to look at; None where `images` are large enough."""
    test_pictures: Images | None = None
    """Of the held-out part, as `pictures`; of the same size."""
    own_test_part: bool = False
    """Whether the source itself says what is held out."""
    n_set_aside: int = 0
    """Images of the training part that are not used, by `validation_fraction`."""
    skipped: tuple[str, ...]
    """One sentence per image passed over."""
    notes: tuple[str, ...] = ()
    """Sentences about the set as a whole: a class left out, a link not followed."""
    description: str
    """One line for people."""
