"""What feeds the network: one interface, whichever way the images come to the device.

Axes: B batch, C channels, H height, W width.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

import torch

from mild.config import AugmentationConfig


class Pipeline(Protocol):
    """The images of a data set, handed out in batches that are ready for the network."""

    @property
    def mean_C(self) -> torch.Tensor:
        """Subtracted from every image, after division by 255; (1, C, 1, 1)."""
        ...

    @property
    def deviation_C(self) -> torch.Tensor:
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
    ) -> Iterator[torch.Tensor]:
        """The images at each of these groups of indices, in this order.

        Normalised, float32 (B, C, H, W) in channels-last memory order, on the device. Varied with
        draws that derive from `generator` where `augmentation` is given, else as they are.
        """
        ...
