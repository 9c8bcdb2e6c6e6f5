"""Settle a run's number format: as its checkpoint has it, as asked, or as a trial tells."""

from __future__ import annotations

from dataclasses import replace

from torch import nn

from mild.training.runtime import precision
from mild.training.runtime.checkpoint import Checkpoint
from mild.training.runtime.context import TrainingContext
from mild.training.runtime.precision import FLOAT32, NAMES, Precision


def settle_precision(
    context: TrainingContext, network: nn.Module, checkpoint: Checkpoint | None
) -> TrainingContext:
    """Return the context with its number format, which becomes a fact, with the reason.

    A run that goes on stays with the format it began in, so that a break leaves no trace. Of
    several processes the first decides.
    """
    same_device = checkpoint is not None and checkpoint.device == context.device.type
    if checkpoint is not None and same_device:
        chosen = Precision(checkpoint.precision, "as it began")
    else:
        chosen = _chosen(context, network)
        context.writer.facts(precision=chosen.name, precision_reason=chosen.reason)
    return replace(context, precision=chosen)


def _chosen(context: TrainingContext, network: nn.Module) -> Precision:
    asked = context.config.precision
    if context.config.freeze and asked == "auto":
        return Precision(FLOAT32, "a head on features is too small to gain by less")
    reasons: list[Precision] = []

    def decide() -> int:
        reasons.append(
            precision.choose(
                asked,
                context.device,
                min(context.image_size),
                lambda: precision.gain_of_a_step(
                    network, context.image_size, context.config.optimizer.batch_size
                ),
            )
        )
        return NAMES.index(reasons[0].name)

    name = NAMES[context.ranks.number(decide)]
    return reasons[0] if reasons else Precision(name, "as process 0 says")
