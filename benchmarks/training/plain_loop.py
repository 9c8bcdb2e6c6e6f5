"""The loop that most people would write, to be measured against.

A DataLoader with six workers, crop and flip by PIL, float32, status kept per instance in lists.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import torch
from PIL import Image
from torch import nn
from torch.nn import functional
from torch.utils.data import DataLoader, Dataset

from mild.config import RunConfig

N_WORKERS = 6


class PlainLoop:
    """One network, its optimizer, and an epoch at a time."""

    def __init__(
        self,
        config: RunConfig,
        network: nn.Module,
        images_NHWC: npt.NDArray[np.uint8],
        given_N: npt.NDArray[np.int64],
        device: torch.device,
    ) -> None:
        settings = config.optimizer
        self._network = network.to(device)
        self._device = device
        self._optimizer = torch.optim.SGD(
            network.parameters(),
            lr=settings.learning_rate,
            momentum=settings.momentum,
            weight_decay=settings.weight_decay,
            nesterov=settings.nesterov and settings.momentum > 0,
        )
        self._loader = DataLoader(
            _PlainImages(images_NHWC, given_N, config.augmentation.crop_padding or 0),
            batch_size=settings.batch_size,
            shuffle=True,
            num_workers=N_WORKERS,
            pin_memory=device.type == "cuda",
        )
        self.status: list[list[int]] = [[] for _ in given_N]
        """Per instance and epoch: 1 memorized, 0 misclassified."""

    def epoch(self) -> None:
        """Train on every instance once, keeping the status of each."""
        self._network.train()
        for images, given_B, index_B in self._loader:
            images = images.to(self._device, non_blocking=True)
            given_B = given_B.to(self._device, non_blocking=True)
            logits_BC = self._network(images)
            loss = functional.cross_entropy(logits_BC, given_B)
            hits = (logits_BC.argmax(dim=1) == given_B).int().tolist()
            for index, hit in zip(index_B.tolist(), hits, strict=True):
                self.status[index].append(hit)
            self._optimizer.zero_grad()
            torch.autograd.backward(loss)
            self._optimizer.step()


class _PlainImages(Dataset[tuple[torch.Tensor, int, int]]):
    def __init__(
        self,
        images_NHWC: npt.NDArray[np.uint8],
        given_N: npt.NDArray[np.int64],
        padding: int,
    ) -> None:
        from torchvision import transforms  # takes two seconds, and who reads all commands waits

        self._images_NHWC, self._given_N = images_NHWC, given_N
        mean_C = (images_NHWC.mean((0, 1, 2)) / 255).tolist()
        deviation_C = (images_NHWC.std((0, 1, 2)) / 255).tolist()
        self._vary = transforms.Compose(
            [
                transforms.RandomCrop(images_NHWC.shape[1:3], padding=padding),
                transforms.RandomHorizontalFlip(),
                transforms.ToTensor(),
                transforms.Normalize(mean_C, deviation_C),
            ]
        )

    def __len__(self) -> int:
        return len(self._given_N)

    def __getitem__(self, index: int) -> tuple[torch.Tensor, int, int]:
        image = Image.fromarray(self._images_NHWC[index])
        return self._vary(image), int(self._given_N[index]), index
