"""Statements about flagged labels to agree or disagree with, each with its reason."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from mild.ui.learn.questions import reasons


@dataclass(frozen=True, kw_only=True, slots=True)
class Belief:
    """A statement to agree or disagree with."""

    statement: str
    true: bool
    reason: Callable[[], str]


BELIEFS = (
    Belief(
        statement="A flagged image has a wrong label.",
        true=False, reason=reasons.flagged_is_not_wrong,
    ),
    Belief(
        statement="An image that stays misclassified for most of the epochs must be mislabeled.",
        true=False, reason=reasons.hard_clean_images,
    ),
    Belief(
        statement="The F1 of a selection can be computed for any data set.",
        true=False, reason=reasons.f1_needs_clean_labels,
    ),
    Belief(
        statement="The network must be good before it can tell wrong labels from right ones.",
        true=False, reason=reasons.network_need_not_be_good,
    ),
    Belief(
        statement="Where the network is very sure of the given label, the label is right.",
        true=False, reason=reasons.confidence_is_not_correctness,
    ),
    Belief(
        statement="Even when every wrong label has been memorized, the metric still puts nearly "
        "all of them behind the clean ones.",
        true=True, reason=reasons.ranking_survives,
    ),
    Belief(
        statement="Forgetting events and forgetting difficulty measure the same thing.",
        true=False, reason=reasons.events_are_not_difficulty,
    ),
    Belief(
        statement="The 95 % interval of an estimate tells you that the model is right.",
        true=False, reason=reasons.intervals,
    ),
    Belief(
        statement="If the precision of the kept images is high, every class is well represented "
        "among them.",
        true=False, reason=reasons.classes,
    ),
    Belief(
        statement="The more epochs, the better the cut.", true=False, reason=reasons.more_epochs
    ),
    Belief(
        statement="Two images with the same metric can have different histories.",
        true=True, reason=reasons.same_metric,
    ),
    Belief(
        statement="Where nothing is flagged, the labels are right.",
        true=False, reason=reasons.nothing_flagged,
    ),
    Belief(
        statement="Planted labels behave just like any wrong labels.",
        true=False, reason=reasons.planted_are_like_others,
    ),
)  # fmt: skip
