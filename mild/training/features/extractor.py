"""A network without its last layer: from images to what that layer would have read.

Axes: B batch, C channels, H height, W width, D features.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import torch
from torch import nn

from mild.errors import ModelError
from mild.training.models.last_layer import last_linear, replaced
from mild.training.runtime.precision import Precision


@dataclass(frozen=True, kw_only=True, slots=True)
class Extractor:
    """A network that stays as it is, and what its images must look like."""

    network: nn.Module
    """In evaluation mode, its last layer taken away."""
    n_features: int
    mean_C: tuple[float, ...]
    std_C: tuple[float, ...]
    identity: str
    """The same for the same weights fed with images of the same size and normalisation."""

    @torch.inference_mode()
    def features(self, pixels_BHWC: torch.Tensor, precision: Precision) -> torch.Tensor:
        """Compute features of uint8 images on the network's device, float32 (B, D)."""
        device = pixels_BHWC.device
        mean, std = (torch.tensor(each, device=device) for each in (self.mean_C, self.std_C))
        images = ((pixels_BHWC.float() / 255 - mean) / std).permute(0, 3, 1, 2)
        images = images.contiguous(memory_format=torch.channels_last)
        with precision.autocast(device.type):
            features: torch.Tensor = self.network(images)
        return features.float().flatten(1)


def extractor(
    network: nn.Module,
    image_size: tuple[int, int],
    *,
    mean_C: tuple[float, ...],
    std_C: tuple[float, ...],
    model: str,
    device: torch.device,
) -> Extractor:
    """Take the last layer off `network`, in place, and try it on a blank image.

    Raises
    ------
    ModelError
        If it has no last linear layer, or cannot take images of this size.
    """
    network, name, n_features = without_head(network, model)
    network = network.eval().requires_grad_(False).to(device)
    network = network.to(memory_format=torch.channels_last)
    found = Extractor(
        network=network,
        n_features=n_features,
        mean_C=mean_C,
        std_C=std_C,
        identity=_identity(network, (model, name, image_size, mean_C, std_C)),
    )
    _try_out(found, image_size, model, device)
    return found


def without_head(network: nn.Module, model: str) -> tuple[nn.Module, str, int]:
    """Put nothing in the place of the last linear layer; its name, and the features it read."""
    if (found := last_linear(network)) is None:
        raise ModelError(
            f"model {model!r}: it has no linear layer at its end, so it gives no features; "
            "train it whole, without --freeze, or choose another network."
        )
    name, last = found
    return replaced(network, name, nn.Identity()), name, last.in_features


def _identity(network: nn.Module, facts: tuple[object, ...]) -> str:
    digest = hashlib.blake2b(repr(facts).encode(), digest_size=12)
    for name, item in network.state_dict().items():
        digest.update(name.encode())
        digest.update(item.detach().cpu().contiguous().reshape(-1).view(torch.uint8).numpy().data)
    return digest.hexdigest()


def _try_out(
    found: Extractor, image_size: tuple[int, int], model: str, device: torch.device
) -> None:
    height, width = image_size
    blank = torch.zeros((1, height, width, 3), dtype=torch.uint8, device=device)
    try:
        features = found.features(blank, Precision())
    except Exception as error:  # somebody else's network may raise anything
        text = " ".join(str(error).split())[:200]
        raise ModelError(
            f"model {model!r}: it cannot take images of {height} x {width} pixels ({text}); ask "
            "for the size that it was trained on, or leave --image-size out."
        ) from error
    if features.shape != (1, found.n_features):
        raise ModelError(
            f"model {model!r}: its last linear layer is not its end, so it gives no features "
            f"(shape {tuple(features.shape)}); train it whole, without --freeze."
        )
