"""What run.db says, as values: epochs, rounds, events; and the states of a run."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

FINAL_STATES = ("done", "stopped", "failed")
N_HELD_OUT = "n_held_out"
"""The fact that tells how many are held out: without it, no file of them says nothing is."""
RESUMABLE_STATES = ("stopped", "failed", "interrupted")
STATES = ("queued", "preparing", "training", "selecting", "waiting", "finishing", *FINAL_STATES)


MOST_STAGES, MOST_EPOCHS, MOST_INSTANCES = 1_000, 1_000_000, 2**40
"""No run has more: what a damaged file says beyond is not reckoned with."""
MOST_CLASSES = 65_536
"""What predictions on disk can tell apart."""
LATEST = 9e9
"""Seconds since 1970, in the year 2255."""


def _unknown(value: Any) -> Any:
    """What SQLite keeps of a number that is none."""
    return math.nan if value is None else value


Stage = Annotated[int, Field(ge=0, lt=MOST_STAGES)]
Epoch = Annotated[int, Field(ge=0, le=MOST_EPOCHS)]
Number = Annotated[int, Field(ge=0, le=MOST_INSTANCES)]
Finite = Annotated[float, Field(allow_inf_nan=False)]
Known = Annotated[float, BeforeValidator(_unknown)]
Time = Annotated[float, Field(ge=0, le=LATEST)]
Said = Annotated[str, BeforeValidator(lambda value: "" if value is None else value)]


@dataclass(frozen=True, kw_only=True, slots=True)
class EpochRecord:
    """What one epoch came to."""

    stage: Stage
    """The round, counted from 0; the final stage follows the last round."""
    epoch: Epoch
    """Within the stage, counted from 1."""
    seconds: Finite
    learning_rate: Finite | None
    """At the start of the epoch; None where a recorded loop did not tell."""
    train_loss: Known
    """Mean cross entropy against the given labels, in nats; planted instances left out."""
    memorized_share: Known
    """Share of the instances whose given label was predicted, 0 to 1; planted ones left out."""
    test_accuracy: Finite | None
    """On the held-out part after the epoch, 0 to 1."""
    recorded: Time
    """When, in seconds since 1970."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RoundRecord:
    """What one round kept of the instances it judged, which are all but the planted ones.

    `precision` to `best_f1_flagged` are None where clean labels are unknown; what follows `seconds`
    is None in runs from before planted labels, and where it cannot be told.
    """

    round: Stage
    epochs: Epoch
    trained_on: Number
    """Planted instances included."""
    kept: Number
    cut: Finite
    """Kept where the score is lower."""
    rule: str
    noise_rate_estimate: Finite | None
    converged: bool
    note: Said
    precision: Finite | None
    """Share of the kept instances whose given label is the clean one."""
    recall: Finite | None
    """Share of the instances with a clean given label that were kept."""
    f1_flagged: Finite | None
    """F1 of the flagged instances as "mislabeled"."""
    auroc: Finite | None
    best_f1_flagged: Finite | None
    """F1 of the best possible cut of this round."""
    seconds: Finite
    planted: Number | None = None
    """Instances trained with a label that we changed; this round does not judge them."""
    planted_auroc: Finite | None = None
    """How well the score tells planted instances from clean ones: AUROC, corrected for the
    mislabeled ones among the others."""
    can_tell: bool | None = None
    """Whether this round can tell mislabeled instances from others."""
    can_tell_reason: str | None = None
    noise_rate_low: Finite | None = None
    noise_rate_high: Finite | None = None
    f1_estimate: Finite | None = None
    """Estimated F1 of the flagged instances, without the truth."""
    f1_low: Finite | None = None
    f1_high: Finite | None = None
    separated_best: Epoch | None = None
    """After how many epochs planted instances were told best."""
    would_flag: Number | None = None
    """Of a later round: what its own fit would flag, where that is more than round 1 leaves."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """One line of a run's history."""

    time: Time
    kind: str
    sentence: Said


def n_planted_fact(number: int) -> str:
    """Name the fact that tells how many slots of a round are planted; absent where none are."""
    return f"n_planted_{number}"
