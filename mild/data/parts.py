"""What every source hands over before overlays and the held-out split are applied."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mild.data.dataset import UNKNOWN, Images, IntArray, UInt8Array


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """Images with labels: the training part, or the test part, of a source."""

    images: Images
    given_N: IntArray
    clean_N: IntArray | None
    """None where unknown; in a test part, UNKNOWN (-1) for single instances."""
    names: tuple[str, ...]
    position_N: IntArray
    """Row in the source's own list, before unreadable images were passed over."""
    pictures: Images | None = None
    """The same images, larger, for people to look at; None where `images` are as large as that."""

    def take(self, index_N: IntArray) -> Part:
        """Take the instances at these positions, in this order."""
        return Part(
            images=self.images.take(index_N),
            given_N=self.given_N[index_N],
            clean_N=None if self.clean_N is None else self.clean_N[index_N],
            names=tuple(self.names[i] for i in index_N),
            position_N=self.position_N[index_N],
            pictures=None if self.pictures is None else self.pictures.take(index_N),
        )

    @property
    def trusted_N(self) -> IntArray:
        """The clean label where there is one, else the given one."""
        if self.clean_N is None:
            return self.given_N
        return np.where(self.clean_N == UNKNOWN, self.given_N, self.clean_N)


@dataclass(frozen=True, kw_only=True, slots=True)
class Loaded:
    """A source as it is: all of its training part, and its test part if it has one."""

    train: Part
    test: Part | None
    class_names: tuple[str, ...]
    title: str
    """How the description begins."""
    n_listed: int
    """Training instances in the source's own list, the unreadable included."""
    n_set_aside: int = 0
    """Of these, training instances that validation takes, and nothing else uses."""
    size_reason: str = ""
    skipped: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def trusted_part(images: Images, labels_N: IntArray, prefix: str) -> Part:
    """Make a part whose labels are trusted, its instances called "prefix 0", "prefix 1", ..."""
    return Part(
        images=images,
        given_N=labels_N,
        clean_N=labels_N.copy(),
        names=tuple(f"{prefix} {i}" for i in range(len(labels_N))),
        position_N=np.arange(len(labels_N), dtype=np.int64),
    )


def as_rgb(images: UInt8Array) -> UInt8Array:
    """Turn (N, H, W) or (N, H, W, 1) grey into (N, H, W, 3), which stays as it is."""
    if images.ndim == 3:
        images = images[..., None]
    if images.shape[3] == 1:
        images = np.repeat(images, 3, axis=3)
    return np.ascontiguousarray(images)
