"""What a resume needs: made after every epoch, replaced whole, read without unpickling code.

A checkpoint at the end of a stage holds the network alone, because the next stage starts with a
new optimizer; such a one is also the network of its round, from which another run can branch.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO

import torch
from torch import nn
from torch.optim.swa_utils import AveragedModel

from mild.array_files import check_stored, check_whole
from mild.errors import RunError, first_line
from mild.store.files import plain
from mild.store.schema import EpochRecord
from mild.training.runtime.context import TrainingContext

VERSION = 1
_BEFORE = {"cpu": "float32", "cuda": "bfloat16", "mps": "float32"}
"""The number format of checkpoints that do not tell theirs."""

State = dict[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Learner:
    """What changes while a stage trains."""

    network: nn.Module
    optimizer: torch.optim.Optimizer
    schedule: torch.optim.lr_scheduler.LRScheduler
    generator: torch.Generator
    scaler: torch.amp.GradScaler
    """Scales the loss where the number format needs it, and does nothing elsewhere."""
    data_parallel: nn.Module | None = None
    """The network as one of several processes trains its share with."""
    average: AveragedModel | None = None
    """The moving average of the network's weights, where that is what predicts."""

    @property
    def predicting(self) -> nn.Module:
        """The network that people use: the average, if there is one."""
        return self.network if self.average is None else self.average.module


@dataclass(frozen=True, kw_only=True, slots=True)
class Checkpoint:
    """Where training stood after an epoch, on the CPU."""

    record: EpochRecord
    """The epoch it was made after."""
    is_round: bool
    """Else it is of the final stage."""
    network: State
    """The one that predicts."""
    learning: State | None
    """Optimizer, schedule, generators, and the network that learns where that is another; None
    after the last epoch of a stage."""
    device: str
    """Kind of device it was trained on."""
    n_threads: int
    """Sums of other parts, in another order, would differ in their last bits."""
    precision: str
    """The number format it was trained in."""

    @property
    def ends_stage(self) -> bool:
        """Whether the stage is over, so that no optimizer is needed."""
        return self.learning is None


def writer_of(
    context: TrainingContext,
    learner: Learner,
    record: EpochRecord,
    *,
    is_round: bool,
    ends_stage: bool,
) -> Callable[[BinaryIO], None]:
    """Return what writes the checkpoint after the epoch of `record` into an open file."""
    content = {
        "version": VERSION,
        "record": asdict(record),
        "is_round": is_round,
        "network": learner.predicting.state_dict(),
        "learning": None if ends_stage else _learning(learner, context.device),
        "device": context.device.type,
        "n_threads": torch.get_num_threads(),
        "precision": context.precision.name,
        "model": context.config.model,
        "n_classes": context.n_classes,
        "image_size": context.image_size,
        "mean": context.images.mean_C.flatten().tolist(),
        "deviation": context.images.std_C.flatten().tolist(),
    }
    return lambda file: torch.save(content, file)


def load(path: Path) -> Checkpoint:
    """Read a checkpoint.

    Raises
    ------
    RunError
        If it is damaged.
    """
    content = read(path)
    try:
        return Checkpoint(
            record=EpochRecord(**content["record"]),
            **{name: content[name] for name in ("is_round", "network", "learning")},
            **{name: content[name] for name in ("device", "n_threads")},
            precision=content.get("precision", _BEFORE[content["device"]]),
        )
    except (KeyError, TypeError) as error:
        raise RunError(_damaged(path, error)) from error


def read(path: Path) -> State:
    """Load a checkpoint as it is on disk, on the CPU.

    Raises
    ------
    RunError
        If it is damaged.
    """
    try:
        plain.check(path)
        check_stored(path)
        check_whole(path)  # else one bit would change a weight, and all that follows
        content = torch.load(path, map_location="cpu", weights_only=True)
        if content["version"] != VERSION:
            raise ValueError(f"its version is {content['version']}, not {VERSION}")
    except Exception as error:  # torch, zipfile and the reader of pickles each have their own
        raise RunError(_damaged(path, error)) from error
    return dict(content)


def restore(checkpoint: Checkpoint, learner: Learner, device: torch.device) -> None:
    """Put optimizer, schedule and generators where they were; the network is the caller's.

    It is the one that predicts; where another one learns, that is put into the learner here.
    """
    if checkpoint.learning is None:
        return
    if learner.average is not None:
        learner.average.module.load_state_dict(checkpoint.network)
        learner.average.n_averaged.fill_(checkpoint.learning["n_averaged"])
        learner.network.load_state_dict(checkpoint.learning["learning_network"])
    learner.optimizer.load_state_dict(checkpoint.learning["optimizer"])
    learner.schedule.load_state_dict(checkpoint.learning["schedule"])
    if scale := checkpoint.learning.get("scaler"):
        learner.scaler.load_state_dict(scale)
    if checkpoint.device != device.type:  # a generator's state means nothing to another device
        learner.generator.manual_seed(learner.generator.initial_seed() + checkpoint.record.epoch)
        return
    learner.generator.set_state(checkpoint.learning["generator"])
    torch.set_rng_state(checkpoint.learning["global_generator"])
    if device.type == "cuda":
        torch.cuda.set_rng_state(checkpoint.learning["device_generator"], device)


def _learning(learner: Learner, device: torch.device) -> State:
    state = {
        "optimizer": learner.optimizer.state_dict(),
        "schedule": learner.schedule.state_dict(),
        "scaler": learner.scaler.state_dict(),
        "generator": learner.generator.get_state(),
        "global_generator": torch.get_rng_state(),  # layers such as dropout know no other
    }
    if learner.average is not None:
        state["learning_network"] = learner.network.state_dict()
        state["n_averaged"] = int(learner.average.n_averaged)
    if device.type == "cuda":
        state["device_generator"] = torch.cuda.get_rng_state(device)
    return state


def _damaged(path: Path, error: Exception) -> str:
    return (
        f"{path} cannot be read ({first_line(error)}); "
        "copy it back from a copy of the run, or start a new run."
    )
