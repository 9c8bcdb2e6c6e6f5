"""Which labels a round changes on purpose, the same in every process and after every break."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import torch

from mild.config import SelectionConfig
from mild.core.planted.planting import Planted, automatic_share, plant
from mild.store.run import Run
from mild.training.runtime.context import TrainingContext
from mild.training.runtime.seeds import numpy_generator

IntArray = npt.NDArray[np.int64]


def planted_in(
    context: TrainingContext, run: Run, number: int, trained_N: IntArray, *, begun: bool
) -> Planted:
    """Plant labels among the instances that a round trains on.

    Where the round has `begun`, that is on disk, and may be nothing: an earlier version planted
    nothing, and a branch may ask for another share from the next round on. Of several processes
    the first draws, or reads, and tells the others.
    """
    found = Planted.none()
    if context.ranks.first:
        found = run.planted(number) if begun else _draw(context, run, number, trained_N)
    n = context.ranks.number(lambda: len(found))
    slot_P = context.ranks.broadcast(lambda: torch.from_numpy(found.slot_P), n)
    label_P = context.ranks.broadcast(lambda: torch.from_numpy(found.label_P), n)
    return Planted(slot_P=slot_P.numpy(), label_P=label_P.numpy())


def _draw(context: TrainingContext, run: Run, number: int, trained_N: IntArray) -> Planted:
    share, reason = _share(context.config.selection, len(trained_N))
    avoid_N = None
    if number > 0:
        before = run.index(number - 1)[run.planted(number - 1).slot_P]
        avoid_N = np.isin(trained_N, before)
    planted = plant(
        context.given_N.cpu().numpy()[trained_N],
        share,
        n_classes=context.n_classes,
        rng=numpy_generator(context.config.seed, f"planted in round {number}"),
        avoid_N=avoid_N,
    )
    if "planted_share" not in run.facts():
        used = len(planted) / len(trained_N)
        context.writer.facts(planted_share=used, planted_share_reason=reason)
    return planted


def _share(settings: SelectionConfig, n: int) -> tuple[float, str]:
    if settings.planted_share == "auto":
        return automatic_share(n)
    return settings.planted_share, "as asked"
