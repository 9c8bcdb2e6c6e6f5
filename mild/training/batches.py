"""The resident pipeline: the whole data set on the device once, batches cut and varied there.

No worker processes and no transfer in the loop; crop and flip are tensor operations on a batch.
Axes: N instances, B batch, C channels, H height, W width.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
import torch
from torch.nn import functional

from mild.config import AugmentationConfig


class ResidentImages:
    """uint8 images on the device, normalised by their own mean and deviation per channel."""

    def __init__(
        self, images_NHWC: npt.NDArray[np.uint8], device: torch.device, like: ResidentImages | None
    ) -> None:
        """Move images to the device; `like` lends its normalisation to a held-out part."""
        pixels = torch.from_numpy(np.array(images_NHWC)).to(device)
        self.pixels_NCHW = pixels.permute(0, 3, 1, 2).contiguous()
        if like is None:
            self.mean_C, self.deviation_C = _mean_and_deviation(images_NHWC, device)
        else:
            self.mean_C, self.deviation_C = like.mean_C, like.deviation_C

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
    ) -> Iterator[torch.Tensor]:
        """See `Pipeline.batches`."""
        for index_B in index_batches:
            images = self.batch(index_B)
            if augmentation is not None and generator is not None:
                images = augment(images, augmentation, generator)
            yield images.contiguous(memory_format=torch.channels_last)

    def batch(self, index_B: torch.Tensor) -> torch.Tensor:
        """Normalised images (B, C, H, W), float32."""
        pixels = self.pixels_NCHW[index_B].float().div_(255)
        return pixels.sub_(self.mean_C).div_(self.deviation_C)


def _mean_and_deviation(
    images_NHWC: npt.NDArray[np.uint8], device: torch.device
) -> tuple[torch.Tensor, torch.Tensor]:
    values = np.arange(256) / 255
    share_CV = np.stack(
        [np.bincount(images_NHWC[..., c].ravel(), minlength=256) for c in range(3)]
    ) / max(1, images_NHWC[..., 0].size)
    mean_C = share_CV @ values
    deviation_C = np.sqrt(np.maximum(share_CV @ values**2 - mean_C**2, 1e-6))
    as_tensor = [
        torch.tensor(item, dtype=torch.float32, device=device).view(1, 3, 1, 1)
        for item in (mean_C, deviation_C)
    ]
    return as_tensor[0], as_tensor[1]


def shuffled(n: int, batch_size: int, generator: torch.Generator) -> list[torch.Tensor]:
    """Slots 0 .. n - 1 in random order, in batches. A last batch of one joins the one before it,
    because batch normalisation cannot do with a single instance."""
    order_N = torch.randperm(n, generator=generator, device=generator.device)
    batches = list(torch.split(order_N, batch_size))
    if len(batches) > 1 and len(batches[-1]) == 1:
        batches[-2:] = [torch.cat(batches[-2:])]
    return batches


def augment(
    images_BCHW: torch.Tensor, settings: AugmentationConfig, generator: torch.Generator
) -> torch.Tensor:
    """Random crop after zero padding, and random horizontal flip, each image with its own draw."""
    if settings.flip:
        flipped_B = torch.rand(len(images_BCHW), generator=generator, device=generator.device) < 0.5
        images_BCHW = torch.where(flipped_B.view(-1, 1, 1, 1), images_BCHW.flip(3), images_BCHW)
    if settings.crop_padding:
        images_BCHW = _random_crop(images_BCHW, settings.crop_padding, generator)
    return images_BCHW


def _random_crop(
    images_BCHW: torch.Tensor, padding: int, generator: torch.Generator
) -> torch.Tensor:
    n, n_channels, height, width = images_BCHW.shape
    padded = functional.pad(images_BCHW, (padding,) * 4)
    device = generator.device
    top_left = torch.randint(0, 2 * padding + 1, (2, n), generator=generator, device=device)
    rows_BH = top_left[0].unsqueeze(1) + torch.arange(height, device=device)
    columns_BW = top_left[1].unsqueeze(1) + torch.arange(width, device=device)
    rows = rows_BH.view(n, 1, height, 1).expand(n, n_channels, height, padded.shape[3])
    columns = columns_BW.view(n, 1, 1, width).expand(n, n_channels, height, width)
    return padded.gather(2, rows).gather(3, columns)
