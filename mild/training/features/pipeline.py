"""Features in the place of images: what feeds a head.

Axes: N instances, B batch, D features.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
import torch

from mild.config import AugmentationConfig
from mild.training.pipeline.interface import WHOLE, Share
from mild.training.pipeline.resident import normalisation


class FeatureBatches:
    """The features of one part of a data set, all on the device; the same in every epoch."""

    def __init__(
        self,
        features_ND: npt.NDArray[np.float16],
        device: torch.device,
        *,
        image_size: tuple[int, int],
        mean_C: Sequence[float],
        std_C: Sequence[float],
    ) -> None:
        self.features_ND = torch.from_numpy(features_ND).to(device)
        self.mean_C, self.std_C = normalisation(mean_C, std_C, device)
        self._image_size = image_size

    def __len__(self) -> int:
        return len(self.features_ND)

    @property
    def image_size(self) -> tuple[int, int]:
        """Height and width in pixels of the images that the features are of."""
        return self._image_size

    def batches(
        self,
        index_batches: Sequence[torch.Tensor],
        augmentation: AugmentationConfig | None = None,
        generator: torch.Generator | None = None,
        share: Share = WHOLE,
    ) -> Iterator[torch.Tensor]:
        """See `Pipeline.batches`, but for what is handed out: float32 (B, D), never augmented."""
        for index_B in index_batches:
            yield self.features_ND[share.of(index_B)].float()
