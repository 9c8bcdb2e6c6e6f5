"""Whether PyTorch compiles the network: where it pays, or as asked."""

from __future__ import annotations

import torch
from torch import nn

from mild.training.runtime.context import TrainingContext

LONG_RUN_IMAGES = 1_000_000
"""Compiling takes a minute or so, again for each new size of batch: shorter runs lose by it."""


def compile_where_it_pays(context: TrainingContext, network: nn.Module) -> None:
    """Compile the network in place, if it is to be, and tell why or why not among the facts.

    What the compiler cannot do runs as it would without it. Names in the network's state stay.
    """
    n_images = len(context.images) * context.config.total_epochs
    compiled, reason = choose_compile(context.config.compile, context.device.type, n_images)
    if context.config.freeze:
        compiled, reason = False, "not compiled: a head is too small to gain by it"
    context.writer.facts(compiled=compiled, compiled_reason=reason)
    if compiled:
        compile_in_place(network)


def compile_in_place(network: nn.Module) -> None:
    """Have PyTorch compile a network when it is first called, as far as it can."""
    torch._dynamo.config.suppress_errors = True
    network.compile()


def choose_compile(asked: bool | None, device_type: str, n_images: int) -> tuple[bool, str]:
    """Decide whether to compile, and say why.

    `n_images` counts every pass of every image in the run.

    On two processor cores it was measured not to pay: a step of the small network took 1.1 times
    as long compiled, one of ResNet-18 .94 times, after half a minute of compiling.
    """
    if asked is not None:
        return asked, "as asked"
    if device_type != "cuda":
        return False, "not compiled: on a processor it gains next to nothing"
    if n_images < LONG_RUN_IMAGES:
        return False, f"not compiled: {n_images:,} images in all are too few to make up for it"
    return True, "compiled: a long run on a GPU"
