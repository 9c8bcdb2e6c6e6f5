"""How long a run will train, by how long finished runs took here. Nothing is ever guessed."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median

from mild.config import DataConfig, RunConfig
from mild.errors import RunError
from mild.store.review.about import about
from mild.store.run import Run
from mild.store.schema import EpochRecord

MIN_EPOCHS = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class Pace:
    """How fast a finished run trained."""

    run: str
    """What people call the run."""
    machine: str
    """The name of the machine, as its worker wrote it down."""
    model: str
    device: str
    """As asked for: auto, cpu, ..."""
    batch_size: int
    data: DataConfig
    image_size: tuple[int, int]
    """Height and width in pixels."""
    n: int
    """Images that the first round trained on."""
    seconds_per_image: float
    """For one image in one epoch of a round, recording and the held-out part included: median."""


def pace_of(run: Run) -> Pace | None:
    """Return the pace of a run; None where it is not done, is a recording, or does not tell."""
    try:
        config, facts = run.config(), run.facts()
        if config.recorded or run.recorded_state().state != "done" or "machine" not in facts:
            return None
        trained_on = {record.round: record.trained_on for record in run.rounds()}
        each = _seconds_per_image(run.epochs(), trained_on)
    except RunError:
        return None
    if each is None:
        return None
    return Pace(
        run=about(run.folder).name or config.name,
        machine=str(facts["machine"]),
        model=_what_trains(config),
        device=config.device,
        batch_size=config.optimizer.batch_size,
        data=config.data,
        image_size=(int(facts.get("image_height", 0)), int(facts.get("image_width", 0))),
        n=trained_on[0],
        seconds_per_image=each,
    )


def like(
    paces: Iterable[Pace],
    config: RunConfig,
    *,
    machine: str,
    image_size: tuple[int, int] | None,
    n: int,
) -> Pace | None:
    """Find the pace to go by: same network, device, machine and image size; None without one.

    Parameters
    ----------
    paces
        In the order of preference between equals.
    image_size
        Height and width of the images to come; None where it is not known before they are read:
        a run on the same data tells it then.
    n
        Images to train on. Of several runs, the one with the same batch size and the nearest
        number of images is taken.
    """

    def fits(pace: Pace) -> bool:
        same_data = (pace.data.source, pace.data.path, pace.data.image_size) == (
            config.data.source, config.data.path, config.data.image_size,
        )  # fmt: skip
        same_size = same_data if image_size is None else pace.image_size == image_size
        return same_size and (pace.machine, pace.model, pace.device) == (
            machine, _what_trains(config), config.device,
        )  # fmt: skip

    def distance(pace: Pace) -> tuple[bool, float]:
        return (
            pace.batch_size != config.optimizer.batch_size,
            abs(math.log(max(1, pace.n) / max(1, n))),
        )

    return min(filter(fits, paces), key=distance, default=None)


def _what_trains(config: RunConfig) -> str:
    """Name the network, or the head on one that is frozen, which is another pace altogether."""
    return f"{config.model}, frozen" if config.freeze else config.model


def longest_seconds(config: RunConfig, n: int, pace: Pace) -> float:
    """Estimate seconds of training if no round drops any of `n` images, final model included."""
    return _epochs(config) * n * pace.seconds_per_image


def seconds_again(run: Run, config: RunConfig) -> float | None:
    """Estimate at most so many seconds for a run like this with other epochs, by its own pace.

    None where it has trained too little to tell.
    """
    trained_on = _trained_on(run)
    each = _seconds_per_image(run.epochs(), trained_on)
    return None if each is None else _epochs(config) * trained_on[0] * each


def seconds_of_branch(run: Run, number: int, n_kept: int) -> float | None:
    """Return at most so many seconds for what follows a round, on what it keeps; None as above.

    None as well where a final model by MixMatch follows: its epochs take longer than a round's.
    """
    if run.config().final.kind == "mixmatch":
        return None
    each = _seconds_per_image(run.epochs(), _trained_on(run))
    return None if each is None else _epochs(run.config(), number + 1) * n_kept * each


def _epochs(config: RunConfig, first_round: int = 0) -> int:
    """Count epochs from a round on, counted from 0; with a supervised final model."""
    final = config.final.epochs if config.final.kind == "supervised" else 0
    return sum(item.epochs for item in config.rounds[first_round:]) + final


def _trained_on(run: Run) -> dict[int, int]:
    """Return the images of every round begun, planted ones included."""
    return {number: len(run.index(number)) for number in range(run.rounds_begun())}


def _seconds_per_image(epochs: list[EpochRecord], trained_on: dict[int, int]) -> float | None:
    """Measure seconds per image and epoch: the median over the epochs of the rounds."""
    each = [item.seconds / trained_on[item.stage] for item in epochs if trained_on.get(item.stage)]
    return median(each) if len(each) >= MIN_EPOCHS else None


def seconds_left(epochs: list[EpochRecord], epochs_left: int | None) -> float | None:
    """Estimate the seconds left by the pace of the last ten epochs; None before the first."""
    if not epochs or epochs_left is None:
        return None
    recent = sorted(item.seconds for item in epochs[-10:])
    return recent[len(recent) // 2] * epochs_left
