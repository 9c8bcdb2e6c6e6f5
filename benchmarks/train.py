"""How fast is training? An epoch of ours and one of a plain loop in turn, on the same images.

Also: what recording costs, and which share of what the device can multiply an epoch uses.

Axes: N instances, H height, W width, C channels, B batch.
"""

from __future__ import annotations

import statistics
import tempfile
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from benchmarks.training.device_speed import flops_per_image, peak_flops, seconds
from benchmarks.training.our_round import OurRound
from benchmarks.training.plain_loop import PlainLoop
from mild.config import RunConfig, parse
from mild.data import load as sources
from mild.data.dataset import ImageArray
from mild.errors import DataError
from mild.store.writer import RunWriter, create_run
from mild.training.models.initialise import new_network
from mild.training.pipeline.prepare import Prepared
from mild.training.runtime.compile import LONG_RUN_IMAGES, choose_compile, compile_in_place
from mild.training.runtime.context import TrainingContext, make_context
from mild.training.runtime.device import choose_device
from mild.training.runtime.settle import settle_precision
from mild.training.runtime.stop import Stop

CIFAR_SIDE, CIFAR_TRAIN = 32, 50_000
MADE_UP = "made-up"
"""Random pixels of the size of CIFAR-10: training takes no longer for them, or less."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Speed:
    """What was measured; times are medians over the epochs, ratios medians over their pairs."""

    device: str
    n: int
    batch_size: int
    n_epochs: int
    n_threads: int
    compiled: bool
    """Whether PyTorch compiled the network of ours, as in a long run."""
    precision: str
    """The number format of ours; the plain loop computes in float32."""
    precision_reason: str
    ours_seconds: float
    plain_seconds: float
    ratio: float
    """How many times faster ours is."""
    ours_images_per_second: float
    plain_images_per_second: float
    recording_share: float
    """Of an epoch of ours: what status, prediction, loss and margin take until they are on disk."""
    flops_per_image: float
    """Forward and backward."""
    peak_flops: float
    """Measured with a product of large matrices in the number format that training uses."""
    peak_share: float


def run(
    *,
    source: str = MADE_UP,
    path: str | None = None,
    data_root: str = "data",
    model: str = "small-cnn",
    device: str = "auto",
    n: int | None = None,
    batch_size: int = 128,
    n_epochs: int = 3,
    compiled: bool | None = None,
    precision: str = "auto",
) -> dict[str, Any]:
    """Train `n_epochs` epochs of each loop, in turn, after one of each that is not counted.

    `compiled`: whether PyTorch compiles the network of ours; by default as in a long run.

    Raises
    ------
    MildError
        If the data or the device are not there.
    """
    config = _config(source, path, data_root, model, device, batch_size, precision)
    prepared, description = _prepared(config, source, n)
    chosen, _ = choose_device(config.device)
    compiled, _ = choose_compile(compiled, chosen.type, LONG_RUN_IMAGES)
    speed = _measure(config, prepared, chosen, n_epochs, compiled=compiled)
    return {"data": description, "model": model, **asdict(speed)}


def _measure(
    config: RunConfig, prepared: Prepared, device: torch.device, n_epochs: int, *, compiled: bool
) -> Speed:
    """Train an epoch of each in turn, as one run on disk."""
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(RunWriter(create_run(config, Path(folder)))) as writer,
    ):
        context = make_context(config, prepared, device, writer, Stop())
        network, _ = new_network(context, "network")
        context = settle_precision(context, network, None)
        flops, peak = flops_per_image(context), peak_flops(device, context.precision.name)
        ours, plain = OurRound(context, n_epochs + 1), _plain(context, prepared)
        if compiled:
            compile_in_place(ours.network)
        pairs = [
            (seconds(ours.epoch, device), seconds(plain.epoch, device)) for _ in range(n_epochs + 1)
        ][1:]
    count = len(prepared.given_N)
    ours_seconds, plain_seconds = (statistics.median(each) for each in zip(*pairs, strict=True))
    return Speed(
        device=torch.cuda.get_device_name(device) if device.type == "cuda" else device.type,
        n=count,
        batch_size=config.optimizer.batch_size,
        n_epochs=n_epochs,
        n_threads=torch.get_num_threads(),
        compiled=compiled,
        precision=context.precision.name,
        precision_reason=context.precision.reason,
        ours_seconds=ours_seconds,
        plain_seconds=plain_seconds,
        ratio=statistics.median(theirs / mine for mine, theirs in pairs),
        ours_images_per_second=count / ours_seconds,
        plain_images_per_second=count / plain_seconds,
        recording_share=statistics.median(ours.recording_shares[1:]),
        flops_per_image=flops,
        peak_flops=peak,
        peak_share=flops * count / ours_seconds / peak,
    )


def _plain(context: TrainingContext, prepared: Prepared) -> PlainLoop:
    network, _ = new_network(context, "network")
    network = network.to(memory_format=torch.contiguous_format)
    return PlainLoop(
        context.config, network, prepared.images.read_all(), prepared.given_N, context.device
    )


def _config(
    source: str,
    path: str | None,
    data_root: str,
    model: str,
    device: str,
    batch_size: int,
    precision: str,
) -> RunConfig:
    made_up = source == MADE_UP
    return parse(
        {
            "name": "bench train",
            "data": {} if made_up else {"source": source, "path": path, "data_root": data_root},
            "model": model,
            "device": device,
            "precision": precision,
            "optimizer": {"batch_size": batch_size},
            "augmentation": {"crop_padding": 4, "flip": True},
        }
    )


def _prepared(config: RunConfig, source: str, n: int | None) -> tuple[Prepared, str]:
    rng = np.random.default_rng(0)
    if source == MADE_UP:
        shape = (n or CIFAR_TRAIN, CIFAR_SIDE, CIFAR_SIDE, 3)
        images_NHWC = rng.integers(0, 256, shape, dtype=np.uint8)
        given_N, n_classes = rng.integers(0, 10, len(images_NHWC)), 10
        description = f"{shape[0]:,} images of random pixels, {CIFAR_SIDE} x {CIFAR_SIDE}"
    else:
        data = sources.load(config.data, seed=config.seed)
        if n is not None and n > len(data.given_N):
            raise DataError(f"{data.description}: has fewer than {n:,} images; ask for fewer.")
        some = np.sort(rng.permutation(len(data.given_N))[:n])
        images_NHWC, given_N = data.images.take(some).read_all(), data.given_N[some]
        n_classes, description = len(data.class_names), data.description
    return Prepared(
        images=ImageArray(images_NHWC),
        given_N=given_N,
        clean_N=None,
        test_images=ImageArray(images_NHWC[:0]),
        test_labels_M=given_N[:0],
        n_classes=n_classes,
    ), description
