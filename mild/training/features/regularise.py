"""How strongly a head is held back: chosen by how well planted labels are told, without truth.

A head that memorizes everything at once tells nothing, and one that learns nothing neither.
Axes: N instances of the first round by slot, E epochs.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch

from mild.core.planted.anchored import auroc_of_planted
from mild.core.planted.planting import Planted
from mild.store.run import Run
from mild.training.loop.epoch import train_epoch
from mild.training.loop.epoch_recording import EpochRecording
from mild.training.loop.planted import planted_in
from mild.training.loop.stage import Stage, new_learner, with_planted_labels
from mild.training.models.initialise import new_network
from mild.training.runtime.context import TrainingContext

TRIED = (0.005, 0.015, 0.05, 0.15, 0.5)
"""Weight decays, from a head that memorizes to one that hardly learns."""
USUAL = 0.05
"""Where nothing is planted; next to the best on photographs."""
TRIAL_EPOCHS = 10


def regularised(context: TrainingContext, run: Run) -> TrainingContext:
    """The same context, its weight decay chosen; a run that goes on keeps what it chose."""
    decay, reason = _known(context, run) or _choose(context, run)
    context.writer.facts(head_weight_decay=decay, head_weight_decay_reason=reason)
    optimizer = context.config.optimizer.model_copy(update={"weight_decay": decay})
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
        return USUAL, "the usual one, for no label is planted that could tell a better one"
    found = {}
    for decay in TRIED:
        context.writer.set_state("preparing", f"Trying a head with weight decay {decay:g}.")
        found[decay] = told(context, planted, decay)
    context.writer.facts(head_trials=[[decay, auroc] for decay, auroc in found.items()])
    best = max(found, key=lambda decay: found[decay])
    return best, (
        f"of {len(TRIED)} tried, the one by which planted labels are told best: AUROC "
        f"{found[best]:.3f}, against {min(found.values()):.3f} at worst"
    )


def told(context: TrainingContext, planted: Planted, decay: float) -> float:
    """AUROC of planted labels against the others after a short training with this weight decay."""
    n = len(context.given_N)
    stage = Stage(
        number=0, index_N=np.arange(n, dtype=np.int64), n_trained=n, n_epochs=TRIAL_EPOCHS,
        epochs_after=0, is_round=True, weight_decay=decay, planted=planted,
    )  # fmt: skip
    network, _ = new_network(context, "network")
    learner = new_learner(context, network, stage)
    labelled, index_N = with_planted_labels(context, stage), torch.arange(n, device=context.device)
    loss_N = np.zeros(n)
    for _ in range(TRIAL_EPOCHS):
        recording = EpochRecording(n, context.device)
        what = (learner.network, learner.optimizer, index_N, learner.generator)
        train_epoch(labelled, *what, recording, lambda _: context.stop.check())
        learner.schedule.step()
        loss_N += recording.finish().losses_N
    return auroc_of_planted(loss_N, planted.mask(n))
