"""Choose the number format that a network computes in: as asked, by the card, or by a trial."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional

FLOAT32, BFLOAT16, FLOAT16 = "float32", "bfloat16", "float16"
NAMES = (FLOAT32, BFLOAT16, FLOAT16)
_DTYPES = {BFLOAT16: torch.bfloat16, FLOAT16: torch.float16}

AMPERE, VOLTA = 8, 7
"""Major compute capability from which a card multiplies bfloat16, or float16, in its tensor cores
(NVIDIA, CUDA C++ Programming Guide, table of compute capabilities)."""
TRIAL_SECONDS = 0.5
TRIAL_PIXELS = 128 * 32 * 32
"""In a batch of the trial, at most: larger images come in smaller batches."""
TOO_SMALL_SIDE = 24
"""Below this side, in pixels, converting numbers costs a processor more than it gains."""
WORTH = 1.15
"""So many times faster a step must be: less is lost in the noise of a busy machine."""


@dataclass(frozen=True, slots=True)
class Precision:
    """A number format, and why it was chosen."""

    name: str = FLOAT32
    reason: str = "as asked"

    @property
    def scaled(self) -> bool:
        """Whether the loss must be scaled: float16 has too few exponents for small gradients."""
        return self.name == FLOAT16

    def autocast(self, device_type: str) -> AbstractContextManager[object]:
        """Compute in this format what does not need more, weights staying in float32."""
        if self.name == FLOAT32:
            return nullcontext()
        return torch.autocast(device_type, dtype=_DTYPES[self.name])


def choose(
    asked: str, device: torch.device, image_side: int, gain: Callable[[], float]
) -> Precision:
    """Choose the format.

    Parameters
    ----------
    asked
        `auto`, or the name of a format.
    image_side
        Smaller side of an image in pixels.
    gain
        Measures how many times faster a step in bfloat16 is; only called on a processor.
    """
    if asked != "auto":
        return Precision(asked)
    if device.type == "cuda":
        return of_card(torch.cuda.get_device_capability(device))
    if device.type != "cpu":
        return Precision(FLOAT32, f"not measured on {device.type}, so the safe one")
    if image_side < TOO_SMALL_SIDE:
        return Precision(FLOAT32, f"images of {image_side} pixels a side gain nothing by less")
    if not _processor_has_bfloat16():
        return Precision(FLOAT32, "this processor has no instructions for bfloat16")
    measured = gain()
    told = f"a trial took {measured:.2f} times as long in float32"
    return Precision(BFLOAT16 if measured >= WORTH else FLOAT32, told)


def of_card(capability: tuple[int, int]) -> Precision:
    """Choose what an NVIDIA card of this compute capability is made for."""
    version = ".".join(map(str, capability))
    if capability[0] >= AMPERE:
        return Precision(BFLOAT16, f"the card (compute capability {version}) is made for it")
    if capability[0] == VOLTA:
        why = f"the card (compute capability {version}) is made for it; bfloat16 needs 8.0"
        return Precision(FLOAT16, why)
    return Precision(FLOAT32, f"a card of compute capability {version} gains nothing by less")


def gain(compute: Callable[[Precision], object]) -> float:
    """Measure for half a second how many times faster `compute` is in bfloat16 than in float32.

    Both formats take turns, and the fastest time of each counts.
    """
    formats = Precision(FLOAT32), Precision(BFLOAT16)
    for precision in formats:  # the first time of each prepares kernels
        compute(precision)
    fastest = [float("inf")] * len(formats)
    ends = time.perf_counter() + TRIAL_SECONDS
    while time.perf_counter() < ends:
        for i, precision in enumerate(formats):
            began = time.perf_counter()
            compute(precision)
            fastest[i] = min(fastest[i], time.perf_counter() - began)
    return fastest[0] / fastest[1]


def gain_of_a_step(network: nn.Module, image_size: tuple[int, int], batch_size: int) -> float:
    """Measure how many times faster a training step on the processor is in bfloat16.

    `network` stays as it is, and so does the global generator.
    """
    n = max(2, min(batch_size, TRIAL_PIXELS // (image_size[0] * image_size[1])))
    with torch.random.fork_rng(devices=[]):
        trial = copy.deepcopy(network).train()
        images = torch.randn(n, 3, *image_size).to(memory_format=torch.channels_last)
        return gain(lambda precision: _step(trial, images, precision))


def _step(network: nn.Module, images: torch.Tensor, precision: Precision) -> None:
    with precision.autocast("cpu"):
        logits = network(images)
    torch.autograd.backward(functional.cross_entropy(logits.float(), logits.argmax(dim=1)))
    network.zero_grad(set_to_none=True)


def _processor_has_bfloat16() -> bool:
    return bool(
        torch.backends.mkldnn.is_available()  # type: ignore[no-untyped-call]
        and torch.ops.mkldnn._is_mkldnn_bf16_supported()
    )
