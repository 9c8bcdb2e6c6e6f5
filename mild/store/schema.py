"""What run.db says, as values: epochs, rounds, events; and the states of a run."""

from __future__ import annotations

from dataclasses import dataclass

FINAL_STATES = ("done", "stopped", "failed")
RESUMABLE_STATES = ("stopped", "failed", "interrupted")
STATES = ("queued", "preparing", "training", "selecting", "waiting", "finishing", *FINAL_STATES)


@dataclass(frozen=True, kw_only=True, slots=True)
class EpochRecord:
    """What one epoch came to."""

    stage: int
    """The round, counted from 0; the final stage follows the last round."""
    epoch: int
    """Within the stage, counted from 1."""
    seconds: float
    learning_rate: float | None
    """At the start of the epoch; None where a recorded loop did not tell."""
    train_loss: float
    """Mean cross entropy against the given labels, in nats; planted instances left out."""
    memorized_share: float
    """Share of the instances whose given label was predicted, 0 to 1; planted ones left out."""
    test_accuracy: float | None
    """On the held-out part after the epoch, 0 to 1."""
    recorded: float
    """When, in seconds since 1970."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RoundRecord:
    """What one round kept of the instances it judged, which are all but the planted ones.

    `precision` to `best_f1_flagged` are None where clean labels are unknown; what follows `seconds`
    is None in runs from before planted labels, and where it cannot be told.
    """

    round: int
    epochs: int
    trained_on: int
    """Planted instances included."""
    kept: int
    cut: float
    """Kept where the score is lower."""
    rule: str
    noise_rate_estimate: float | None
    converged: bool
    note: str
    precision: float | None
    """Share of the kept instances whose given label is the clean one."""
    recall: float | None
    """Share of the instances with a clean given label that were kept."""
    f1_flagged: float | None
    """F1 of the flagged instances as "mislabeled"."""
    auroc: float | None
    best_f1_flagged: float | None
    """F1 of the best possible cut of this round."""
    seconds: float
    planted: int | None = None
    """Instances trained with a label that we changed; this round does not judge them."""
    planted_auroc: float | None = None
    """How well the score tells planted instances from clean ones: AUROC, corrected for the
    mislabeled ones among the others."""
    can_tell: bool | None = None
    """Whether this round can tell mislabeled instances from others."""
    can_tell_reason: str | None = None
    noise_rate_low: float | None = None
    noise_rate_high: float | None = None
    f1_estimate: float | None = None
    """Estimated F1 of the flagged instances, without the truth."""
    f1_low: float | None = None
    f1_high: float | None = None
    separated_best: int | None = None
    """After how many epochs planted instances were told best."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """One line of a run's history."""

    time: float
    kind: str
    sentence: str
