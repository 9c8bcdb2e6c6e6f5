"""What feeds the network: one interface, whichever way the images come to the device.

Axes: B batch, C channels, H height, W width.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import torch

from mild.config import AugmentationConfig


@dataclass(frozen=True, kw_only=True, slots=True)
class Share:
    """Which part of every batch one of several processes works on."""

    rank: int
    """The process, counted from 0."""
    n_ranks: int

    def of(self, items_B: torch.Tensor, dim: int = 0) -> torch.Tensor:
        """Return this process's part along `dim`; the parts differ by at most one in length."""
        return torch.tensor_split(items_B, self.n_ranks, dim=dim)[self.rank]


WHOLE = Share(rank=0, n_ranks=1)


class Pipeline(Protocol):
    """The images of a data set, handed out in batches that are ready for the network."""

    @property
    def mean_C(self) -> torch.Tensor:
        """Subtracted from every image, after division by 255; (1, C, 1, 1)."""
        ...

    @property
    def std_C(self) -> torch.Tensor:
        """By which every image is then divided; (1, C, 1, 1)."""
        ...

    @property
    def image_size(self) -> tuple[int, int]:
        """Height and width in pixels."""
        ...

    def __len__(self) -> int: ...

    def batches(
        self,
        index_batches: Sequence[torch.Tensor],
        augmentation: AugmentationConfig | None = None,
        generator: torch.Generator | None = None,
        share: Share = WHOLE,
    ) -> Iterator[torch.Tensor]:
        """Yield the images at each of these groups of indices, in this order.

        Normalised, float32 (B, C, H, W) in channels-last memory order, on the device. Varied with
        draws that derive from `generator` where `augmentation` is given, else as they are. Draws
        are made for whole batches, whatever the share of them that is handed out, so that they are
        the same in every process.
        """
        ...
