"""The streaming pipeline: images decoded from their files each time they are needed.

Other processes decode and augment them, the device normalises them. What augments them is drawn
here, from the same generator and in the same order as in the resident pipeline, so that neither
the number of processes nor the pipeline changes what comes out.

Axes: B batch, C channels, H height, W width.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence

import torch

from mild.config import AugmentationConfig
from mild.data.dataset import Images
from mild.training.pipeline.decoding import Readers, Wanted
from mild.training.pipeline.interface import WHOLE, Share
from mild.training.pipeline.resident import Draws, draw, normalisation


class StreamedImages:
    """One part of a data set, the training or the held-out one, read through `Readers`."""

    def __init__(
        self,
        readers: Readers,
        part: int,
        device: torch.device,
        mean_C: Sequence[float],
        std_C: Sequence[float],
    ) -> None:
        self._readers, self._part, self._device = readers, part, device
        self.mean_C, self.std_C = normalisation(mean_C, std_C, device)

    @property
    def _images(self) -> Images:
        return self._readers.parts[self._part]

    def __len__(self) -> int:
        return self._images.shape[0]

    @property
    def image_size(self) -> tuple[int, int]:
        """Height and width in pixels."""
        _, height, width = self._images.shape
        return height, width

    def batches(
        self,
        index_batches: Sequence[torch.Tensor],
        augmentation: AugmentationConfig | None = None,
        generator: torch.Generator | None = None,
        share: Share = WHOLE,
    ) -> Iterator[torch.Tensor]:
        """See `Pipeline.batches`. All draws are made before the first batch.

        Raises
        ------
        DataError
            If a file can no longer be read.
        TrainingError
            If a process that decodes was ended from outside.
        """
        draws: list[Draws] | None = None
        if augmentation is not None and generator is not None:
            draws = [draw(len(each), augmentation, generator, share) for each in index_batches]
        wanted = _wanted([share.of(each) for each in index_batches], draws, self._part)
        with contextlib.closing(self._readers.read(wanted)) as decoded:
            for ask, pixels_BHWC in zip(wanted, decoded, strict=True):
                yield self._ready(ask, pixels_BHWC)

    def _ready(self, wanted: Wanted, pixels_BHWC: torch.Tensor) -> torch.Tensor:
        pixels = pixels_BHWC.to(self._device, non_blocking=True).permute(0, 3, 1, 2)
        images = pixels.float().div_(255).sub_(self.mean_C).div_(self.std_C)
        if wanted.top_left_2B is None:
            return images
        # Padding is zero after normalisation, which no whole number of 0 to 255 is before it.
        top_left_2B = torch.from_numpy(wanted.top_left_2B).to(self._device, non_blocking=True)
        rows_BH = _inside(top_left_2B[0], wanted.padding, images.shape[2])
        columns_BW = _inside(top_left_2B[1], wanted.padding, images.shape[3])
        inside = rows_BH[:, None, :, None] & columns_BW[:, None, None, :]
        return torch.where(inside, images, torch.zeros((), device=self._device))


def _inside(first_B: torch.Tensor, padding: int, side: int) -> torch.Tensor:
    """Tell which rows, or columns, of each crop are of the image, not of its padding; (B, side)."""
    place_BS = first_B.unsqueeze(1) - padding + torch.arange(side, device=first_B.device)
    return (place_BS >= 0) & (place_BS < side)


def _wanted(
    index_batches: list[torch.Tensor], draws: list[Draws] | None, part: int
) -> list[Wanted]:
    """Return what to ask the processes for; all that lies on the device is fetched at once."""
    lengths = [len(index_B) for index_B in index_batches]
    if not lengths:
        return []

    def fetched(tensors: list[torch.Tensor]) -> list[torch.Tensor]:
        return list(torch.split(torch.cat(tensors, dim=-1).cpu(), lengths, dim=-1))

    index = fetched(index_batches)
    flips = [item.flipped_B for item in draws or [] if item.flipped_B is not None]
    crops = [item.top_left_2B for item in draws or [] if item.top_left_2B is not None]
    flipped, top_left = fetched(flips) if flips else None, fetched(crops) if crops else None
    return [
        Wanted(
            part=part,
            index_B=index[batch].tolist(),
            flipped_B=flipped[batch].tolist() if flipped else None,
            top_left_2B=top_left[batch].numpy() if top_left else None,
            padding=draws[batch].padding if draws else 0,
        )
        for batch in range(len(lengths))
    ]
