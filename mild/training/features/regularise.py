"""How strongly a head is held back: chosen by how well planted labels are told, without truth.

A head that memorizes everything at once tells nothing, and neither does one that learns nothing.
Axes: N instances of the first round by slot, E epochs.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import torch

from mild.core.arrays import FloatArray
from mild.core.planted.planting import Planted
from mild.store.run import Run
from mild.training.loop.epoch import train_epoch
from mild.training.loop.epoch_recording import EpochRecording
from mild.training.loop.planted import planted_in
from mild.training.loop.stage import Stage, new_learner, with_planted_labels
from mild.training.models.initialise import new_network
from mild.training.runtime.context import TrainingContext
from mild.words import score

TRIED = (0.005, 0.015, 0.05, 0.15, 0.5)
"""Weight decays, from a head that memorizes to one that hardly learns."""
USUAL = 0.05
"""Where nothing is planted; next to the best on photographs."""
TRIAL_STEPS = 600
"""Of a head with each weight decay, in whole epochs."""
FEWEST_EPOCHS, MOST_EPOCHS = 4, 10
STEPS_PER_EPOCH = 30
"""At least so many, where that leaves SMALLEST_BATCH images to each."""
SMALLEST_BATCH = 4


def regularised(context: TrainingContext, run: Run) -> TrainingContext:
    """Choose the weight decay; a run that goes on keeps what it chose.

    Batches are small enough for a head to learn something in an epoch of few images.
    """
    small = max(SMALLEST_BATCH, len(context.given_N) // STEPS_PER_EPOCH)
    size = min(context.config.optimizer.batch_size, small)
    context = _with(context, batch_size=size)
    decay, reason = _known(context, run) or _choose(context, run)
    context.writer.facts(batch_size=size, head_weight_decay=decay, head_weight_decay_reason=reason)
    return _with(context, weight_decay=decay)


def _with(context: TrainingContext, **settings: float) -> TrainingContext:
    optimizer = context.config.optimizer.model_copy(update=settings)
    return replace(context, config=context.config.model_copy(update={"optimizer": optimizer}))


def _known(context: TrainingContext, run: Run) -> tuple[float, str] | None:
    if context.config.head.weight_decay is not None:
        return context.config.head.weight_decay, "as asked"
    facts = run.facts()
    if "head_weight_decay" in facts:
        return float(facts["head_weight_decay"]), str(facts["head_weight_decay_reason"])
    return None


def _choose(context: TrainingContext, run: Run) -> tuple[float, str]:
    everyone_N = np.arange(len(context.given_N), dtype=np.int64)
    planted = planted_in(context, run, 0, everyone_N, begun=False)
    if not planted:
        return USUAL, "the usual one: no label is planted that could show a better one"
    places = {}
    for decay in TRIED:
        context.writer.set_state("preparing", f"Trying a head with weight decay {decay:g}.")
        places[decay] = planted_ranks(context, planted, decay)
    auroc = {decay: float(place_P.mean()) for decay, place_P in places.items()}
    context.writer.facts(head_trials=[[decay, value] for decay, value in auroc.items()])
    chosen = nearest_of_the_best(places)
    worst = score(min(auroc.values()))
    return chosen, (
        f"of {len(TRIED)} tried, next to the usual one among those by which planted labels are "
        f"told as well as can be: AUROC {score(auroc[chosen])}, against {worst} at worst"
    )


def nearest_of_the_best(places: Mapping[float, FloatArray]) -> float:
    """Return, of the weight decays that chance may have put behind the best, the one next to USUAL.

    Parameters
    ----------
    places
        By weight decay, shape (P,): for each planted label, the share of the others below it.

    Examples
    --------
    >>> even, better = np.array([0.7, 0.9]), np.array([0.9, 0.9])
    >>> nearest_of_the_best({0.005: even, 0.05: even, 0.5: better})
    0.05
    """
    best = max(places, key=lambda decay: places[decay].mean())

    def behind(decay: float) -> bool:
        less_P = places[best] - places[decay]
        return bool(less_P.mean() > less_P.std(ddof=1) / math.sqrt(len(less_P)))

    alike = [decay for decay in places if len(places[best]) < 2 or not behind(decay)]
    return min(alike, key=lambda decay: abs(math.log(decay / USUAL)))


def planted_ranks(context: TrainingContext, planted: Planted, decay: float) -> FloatArray:
    """Return, for each planted label, the share of the others whose mean loss is lower, shape (P,).

    After a short training with this weight decay; their mean is the AUROC.
    """
    n = len(context.given_N)
    n_steps = max(1, n // context.config.optimizer.batch_size)
    n_epochs = min(MOST_EPOCHS, max(FEWEST_EPOCHS, TRIAL_STEPS // n_steps))
    stage = Stage(
        number=0, index_N=np.arange(n, dtype=np.int64), n_trained=n, n_epochs=n_epochs,
        epochs_after=0, is_round=True, weight_decay=decay, planted=planted,
    )  # fmt: skip
    network, _ = new_network(context, "network")
    learner = new_learner(context, network, stage)
    labelled, index_N = with_planted_labels(context, stage), torch.arange(n, device=context.device)
    loss_N = np.zeros(n)
    for _ in range(n_epochs):
        recording = EpochRecording(n, context.device)
        what = (learner.network, learner.optimizer, learner.scaler, index_N, learner.generator)
        train_epoch(labelled, *what, recording, lambda _: context.stop.check())
        learner.schedule.step()
        loss_N += recording.finish().losses_N
    planted_N = planted.mask(n)
    others_M = np.sort(loss_N[~planted_N])
    places_P = np.searchsorted(others_M, loss_N[planted_N]) / len(others_M)
    return np.asarray(places_P, dtype=np.float64)
