"""From a run that asks to freeze its network to what feeds its head."""

from __future__ import annotations

import time
from collections.abc import Callable

import torch
from torch import nn

from mild.config import RunConfig
from mild.config.folders import cache_root
from mild.data.dataset import Images
from mild.store.writer import RunWriter
from mild.training.features.cache import FeatureCache
from mild.training.features.compute import Reading
from mild.training.features.extractor import Extractor, extractor
from mild.training.features.pipeline import FeatureBatches
from mild.training.models.by_name import build_network
from mild.training.models.expected import expected
from mild.training.pipeline.channels import channel_counts, mean_and_std
from mild.training.runtime import precision

TRIAL_IMAGES = 8
LOOKED_AT = 1_000
"""Images by which a network is normalised that says nothing of it itself."""


def frozen_network(
    config: RunConfig,
    image_size: tuple[int, int],
    device: torch.device,
    *,
    channels: Callable[[], tuple[tuple[float, ...], tuple[float, ...]]],
    say: Callable[[str], None],
    check: Callable[[], None],
) -> tuple[Extractor, str]:
    """Build the network without its last layer, and say where its weights are from.

    `channels` tells mean and standard deviation where no published weights say what they expect.

    Raises
    ------
    ModelError
        If the network or its weights cannot be had, or give no features.
    """
    network, weights = build_network(config, 2, image_size, config.seed, say=say, check=check)
    mean_C, std_C = normalised_by(config) or channels()
    found = extractor(
        network, image_size, mean_C=mean_C, std_C=std_C, model=config.model, device=device
    )
    return found, weights


def normalised_by(config: RunConfig) -> tuple[tuple[float, ...], tuple[float, ...]] | None:
    """Return mean and standard deviation per channel that published weights expect, if used."""
    there = expected(config)
    return None if there is None else (there.mean_C, there.std_C)


def feature_batches(
    config: RunConfig,
    parts: tuple[Images, Images],
    device: torch.device,
    writer: RunWriter,
    check: Callable[[], None],
) -> tuple[FeatureBatches, FeatureBatches]:
    """Compute, where unknown, the features of the training part and of the held-out part.

    Raises
    ------
    Stopped
        After a request to stop; what was computed by then is kept.
    """
    began = time.monotonic()
    _, height, width = parts[0].shape
    size = (height, width)

    def say(sentence: str) -> None:
        writer.set_state("preparing", sentence)

    found, weights = frozen_network(
        config, size, device, channels=lambda: _channels(parts[0]), say=say, check=check
    )
    cache = _cache_of(config, found, writer)
    chosen = precision.choose(
        config.precision, device, min(size), lambda: _gain_of_bfloat16(found, size)
    )
    reading = Reading(
        extractor=found, cache=cache, device=device, precision=chosen,
        check=check, say=say, note=writer.note,
    )  # fmt: skip
    shared = {"image_size": size, "mean_C": found.mean_C, "std_C": found.std_C}
    images, held_out = (
        FeatureBatches(reading.features(part, what), device, **shared)  # type: ignore[arg-type]
        for part, what in zip(parts, ("images", "held-out images"), strict=True)
    )
    writer.facts(
        features=found.n_features,
        features_computed=reading.n_computed,
        features_precision=f"{chosen.name}: {chosen.reason}",
        features_seconds=time.monotonic() - began,
        frozen_weights=weights,
    )
    return images, held_out


def _cache_of(config: RunConfig, found: Extractor, writer: RunWriter) -> FeatureCache:
    """Open what is known of this network's features; damaged files go, and the run says so."""
    folder = cache_root() / "features" / f"{_as_name(config.model)}-{found.identity}"
    cache = FeatureCache(folder, found.n_features)
    if cache.n_damaged:
        writer.note(f"{cache.n_damaged} damaged files of features were deleted, to be made anew.")
    return cache


def _gain_of_bfloat16(found: Extractor, image_size: tuple[int, int]) -> float:
    pixels = torch.zeros((TRIAL_IMAGES, *image_size, 3), dtype=torch.uint8)
    return precision.gain(lambda tried: found.features(pixels, tried))


class WithFeatures(nn.Module):
    """A head behind the frozen network that it was trained with: normalised images to logits."""

    def __init__(self, found: Extractor, head: nn.Module) -> None:
        super().__init__()
        self.frozen, self.head = found.network, head

    def forward(self, images_BCHW: torch.Tensor) -> torch.Tensor:
        """Compute logits (B, n_classes)."""
        logits: torch.Tensor = self.head(self.frozen(images_BCHW).flatten(1))
        return logits


def _channels(images: Images) -> tuple[tuple[float, ...], tuple[float, ...]]:
    n = images.shape[0]
    step = max(1, n // LOOKED_AT)
    some = images.take(torch.arange(0, n, step).numpy()).read_all()
    mean_C, std_C = mean_and_std(channel_counts(some))
    return tuple(map(float, mean_C)), tuple(map(float, std_C))


def _as_name(model: str) -> str:
    return "".join(letter if letter.isalnum() else "-" for letter in model)[:60]
