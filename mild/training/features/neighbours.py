"""The nearest instances of each by the network's features, at the end of the first round.

Axes: N instances by slot, B batch, D features, K neighbours.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from mild.training.features.pipeline import FeatureBatches
from mild.training.models.last_layer import last_linear
from mild.training.runtime.context import TrainingContext
from mild.training.runtime.memory import n_cores

N_NEIGHBOURS = 20
MOST = 20_000
"""Instances; every one is compared with every other."""
COMPARED = 1_000
"""At a time, with all."""
PIXELS = 2**21
"""Of the images that the network is shown at a time."""

WORTH_THREADS = 2_000
"""Instances from which sharing out the comparisons is worth waking threads for."""


def record_neighbours(
    context: TrainingContext, network: nn.Module, number: int, index_N: npt.NDArray[np.int64]
) -> None:
    """Write down who is near whom, where there are not too many to compare."""
    if not context.ranks.alone or not N_NEIGHBOURS < len(index_N) <= MOST:
        return
    features_ND = _features(context, network, torch.from_numpy(index_N).to(context.device))
    if features_ND is None:
        return
    n_threads = torch.get_num_threads()
    if len(index_N) >= WORTH_THREADS:  # a head is trained with one
        torch.set_num_threads(n_cores())
    try:
        neighbour_NK, similarity_NK = nearest(features_ND, N_NEIGHBOURS)
    finally:
        torch.set_num_threads(n_threads)
    context.writer.neighbours(
        number,
        neighbour_NK=neighbour_NK.cpu().numpy().astype(np.int32),
        similarity_NK=similarity_NK.cpu().numpy().astype(np.float16),
    )


def nearest(features_ND: torch.Tensor, k: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Find the `k` nearest others of each by cosine; they and their cosines, (N, K) each.

    Examples
    --------
    >>> places, _ = nearest(torch.tensor([[1.0, 0.0], [0.9, 0.1], [0.0, 1.0]]), 1)
    >>> places.flatten().tolist()
    [1, 0, 1]
    """
    unit_ND = nn.functional.normalize(features_ND.float(), dim=1)
    places, cosines = [], []
    for start in range(0, len(unit_ND), COMPARED):
        cosine_BN = unit_ND[start : start + COMPARED] @ unit_ND.T
        own_B = torch.arange(len(cosine_BN), device=cosine_BN.device)
        cosine_BN[own_B, start + own_B] = -torch.inf
        found = cosine_BN.topk(k, dim=1)
        places.append(found.indices)
        cosines.append(found.values)
    return torch.cat(places), torch.cat(cosines)


@torch.no_grad()
def _features(
    context: TrainingContext, network: nn.Module, index_N: torch.Tensor
) -> torch.Tensor | None:
    """Return what the last linear layer reads, less its mean; None without such a layer.

    Images are seen as they are, by the network in evaluation mode.
    """
    if (found := last_linear(network)) is None:
        return None
    read: list[torch.Tensor] = []
    hook = found[1].register_forward_pre_hook(
        lambda _, inputs: read.append(inputs[0].detach().float().flatten(1))
    )
    network.eval()
    try:
        for images in _as_they_are(context, index_N):
            context.stop.check()
            with context.autocast():
                network(images)
    finally:
        hook.remove()
    features_ND = torch.cat(read)
    if features_ND.shape[0] != len(index_N):  # the layer is called on parts of an image
        return None
    return features_ND - features_ND.mean(dim=0)


def _as_they_are(context: TrainingContext, index_N: torch.Tensor) -> Iterator[torch.Tensor]:
    height, width = context.image_size
    frozen = isinstance(context.images, FeatureBatches)
    at_a_time = COMPARED if frozen else max(1, min(COMPARED, PIXELS // (height * width)))
    return context.images.batches(list(torch.split(index_N, at_a_time)))
