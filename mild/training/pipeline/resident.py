"""The resident pipeline: the whole data set on the device once, batches cut and augmented there.

No worker processes and no transfer in the loop; crop and flip are tensor operations on a batch.
Axes: N instances, B batch, C channels, H height, W width.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch.nn import functional

from mild.config import AugmentationConfig
from mild.training.pipeline.channels import N_VALUES, channel_counts, mean_and_std
from mild.training.pipeline.interface import WHOLE, Share

MOVED = 1024
"""Images that are brought to the device at a time."""


class ResidentImages:
    """uint8 images on the device, normalised by mean and standard deviation per channel."""

    def __init__(
        self,
        images_NHWC: npt.NDArray[np.uint8],
        device: torch.device,
        like: ResidentImages | None,
        channels: tuple[Sequence[float], Sequence[float]] | None = None,
    ) -> None:
        """Move images to the device; `like` lends its normalisation to a held-out part.

        `channels`: mean and standard deviation of each, where published weights expect some.
        """
        n, height, width, n_channels = images_NHWC.shape
        shape = (n, n_channels, height, width)
        self.pixels_NCHW = torch.empty(shape, dtype=torch.uint8, device=device)
        counts_CV = np.zeros((n_channels, N_VALUES), dtype=np.int64)
        for start in range(0, n, MOVED):  # so that there is no third copy of them meanwhile
            some = torch.from_numpy(np.array(images_NHWC[start : start + MOVED]))
            self.pixels_NCHW[start : start + MOVED] = some.permute(0, 3, 1, 2).to(device)
            if like is None:  # counting takes many times the memory of what is counted
                counts_CV += channel_counts(some.numpy())
        if channels is not None:
            self.mean_C, self.std_C = normalisation(*channels, device)
        elif like is None:
            mean_C, std_C = mean_and_std(counts_CV)
            self.mean_C, self.std_C = normalisation(mean_C.tolist(), std_C.tolist(), device)
        else:
            self.mean_C, self.std_C = like.mean_C, like.std_C

    def __len__(self) -> int:
        return len(self.pixels_NCHW)

    @property
    def image_size(self) -> tuple[int, int]:
        """Height and width in pixels."""
        height, width = self.pixels_NCHW.shape[2:]
        return int(height), int(width)

    def batches(
        self,
        index_batches: Sequence[torch.Tensor],
        augmentation: AugmentationConfig | None = None,
        generator: torch.Generator | None = None,
        share: Share = WHOLE,
    ) -> Iterator[torch.Tensor]:
        """See `Pipeline.batches`."""
        for index_B in index_batches:
            images = self.batch(share.of(index_B))
            if augmentation is not None and generator is not None:
                images = augmented(images, draw(len(index_B), augmentation, generator, share))
            yield images.contiguous(memory_format=torch.channels_last)

    def batch(self, index_B: torch.Tensor) -> torch.Tensor:
        """Return normalised images (B, C, H, W), float32."""
        pixels = self.pixels_NCHW[index_B].float().div_(255)
        return pixels.sub_(self.mean_C).div_(self.std_C)


def normalisation(
    mean_C: Sequence[float], std_C: Sequence[float], device: torch.device
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return mean and standard deviation per channel as batches need them, each (1, C, 1, 1)."""
    mean, std = (
        torch.tensor(item, dtype=torch.float32, device=device).view(1, 3, 1, 1)
        for item in (mean_C, std_C)
    )
    return mean, std


def shuffled(
    n: int, batch_size: int, generator: torch.Generator, n_ranks: int = 1
) -> list[torch.Tensor]:
    """Slots 0 .. n - 1 in random order, in batches. A last batch of one joins the one before it,
    because batch normalisation cannot do with a single instance; so does one of fewer instances
    than there are processes to share it."""
    order_N = torch.randperm(n, generator=generator, device=generator.device)
    batches = list(torch.split(order_N, batch_size))
    if len(batches) > 1 and len(batches[-1]) < max(2, n_ranks):
        batches[-2:] = [torch.cat(batches[-2:])]
    return batches


@dataclass(frozen=True, kw_only=True, slots=True)
class Draws:
    """How each image of a batch is augmented; None where none is."""

    flipped_B: torch.Tensor | None
    """Whether it is mirrored, left to right."""
    top_left_2B: torch.Tensor | None
    """Where the crop begins in the padded image: row, column."""
    padding: int
    """Pixels of zeros on each side."""


def draw(
    n: int,
    settings: AugmentationConfig,
    generator: torch.Generator,
    share: Share = WHOLE,
) -> Draws:
    """Draw for a batch of `n` images, and hand out a share of the draws."""
    flipped_B, top_left_2B, device = None, None, generator.device
    if settings.flip:
        flipped_B = share.of(torch.rand(n, generator=generator, device=device) < 0.5)
    if settings.crop_padding:
        places = 2 * settings.crop_padding + 1
        top_left_2B = torch.randint(0, places, (2, n), generator=generator, device=device)
        top_left_2B = share.of(top_left_2B, dim=1)
    return Draws(flipped_B=flipped_B, top_left_2B=top_left_2B, padding=settings.crop_padding or 0)


def augmented(images_BCHW: torch.Tensor, draws: Draws) -> torch.Tensor:
    """Flip the images, and then crop them, as drawn."""
    if draws.flipped_B is not None:
        flipped_B = draws.flipped_B.view(-1, 1, 1, 1)
        images_BCHW = torch.where(flipped_B, images_BCHW.flip(3), images_BCHW)
    if draws.top_left_2B is not None:
        images_BCHW = _cropped(images_BCHW, draws.padding, draws.top_left_2B)
    return images_BCHW


def _cropped(images_BCHW: torch.Tensor, padding: int, top_left_2B: torch.Tensor) -> torch.Tensor:
    n, n_channels, height, width = images_BCHW.shape
    padded = functional.pad(images_BCHW, (padding,) * 4)
    device = top_left_2B.device
    rows_BH = top_left_2B[0].unsqueeze(1) + torch.arange(height, device=device)
    columns_BW = top_left_2B[1].unsqueeze(1) + torch.arange(width, device=device)
    rows = rows_BH.view(n, 1, height, 1).expand(n, n_channels, height, padded.shape[3])
    columns = columns_BW.view(n, 1, 1, width).expand(n, n_channels, height, width)
    return padded.gather(2, rows).gather(3, columns)
