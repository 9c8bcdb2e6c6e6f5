"""The whole course of a run on its device: from its beginning, or from its checkpoint on."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

import torch
from torch import nn

from mild.store.run import Run
from mild.training.features.regularise import regularised
from mild.training.loop.final import train_final
from mild.training.loop.rounds import RoundsEnd, run_rounds
from mild.training.models.initialise import new_network
from mild.training.pipeline.prepare import Prepared
from mild.training.runtime import checkpoint as checkpoints
from mild.training.runtime.checkpoint import Checkpoint
from mild.training.runtime.compile import compile_where_it_pays
from mild.training.runtime.context import TrainingContext
from mild.training.runtime.settle import settle_precision


def train_run(
    context: TrainingContext,
    run: Run,
    prepared: Prepared,
    away: Callable[[], AbstractContextManager[None]] = nullcontext,
) -> RoundsEnd:
    """Train every round and the final stage, as if there had been no break.

    `away` is entered while the run waits for a person and does not need its device.
    """
    if context.config.freeze:
        context = regularised(context, run)
    network, weights = new_network(context, "network")
    n_parameters = sum(item.numel() for item in network.parameters())
    context.writer.facts(weights=weights, n_parameters=n_parameters)
    goes_on = bool(context.ranks.number(run.has_checkpoint))
    checkpoint = _go_on(context, run, network) if goes_on else None
    context = settle_precision(context, network, checkpoint)
    compile_where_it_pays(context, network)
    end = run_rounds(context, network, run, prepared, checkpoint, away)
    train_final(context, network, end, checkpoint)
    return end


def _go_on(context: TrainingContext, run: Run, network: nn.Module) -> Checkpoint:
    checkpoint = checkpoints.load(run.folder.checkpoint)
    context.writer.recover(checkpoint.record, ends_stage=checkpoint.ends_stage)
    if checkpoint.ends_stage and checkpoint.is_round and context.config.keep_round_networks:
        context.writer.keep_network(checkpoint.record.stage)
    network.load_state_dict(checkpoint.network)
    if checkpoint.device != context.device.type:
        context.writer.note(
            f"Goes on with {context.device.type} after {checkpoint.device}: what follows is as "
            f"good, but not identical to the last bit."
        )
    elif context.device.type == "cpu":
        torch.set_num_threads(checkpoint.n_threads)
    return checkpoint
