"""From what is known of a selection to how far it can be trusted, why, and what would help."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from mild.analysis.checks.spot_checks import contradicts
from mild.analysis.checks.words import disagreement, headline
from mild.analysis.trust.imitation import beyond_imitation
from mild.core.selection.trust import MIN_PLANTED, MIN_SEPARATION
from mild.core.spot_check import SpotCheck
from mild.words import count, percent, score

Weight = Literal["cannot tell", "doubtful", "fine"]
Interval = tuple[float, float]

WIDE_RATE, WIDE_F1 = 0.1, 0.3
"""Widths of intervals of the noise rate and of F1 beyond which one figure would say too much."""
SURE_SEPARATION = 0.85
"""AUROC of planted labels below which a good part of the wrong labels is missed."""
LITTLE = 0.25
"""Of the way from guessing to perfect: a network below this has learned little."""
EARLY_SHARE = 0.75
"""Planted labels that were told best before this share of the epochs are being memorized."""
MORE_WHERE_ALIKE = "where people took one class for another that looks like it, it may be more"
"""What an interval from planted labels leaves out: they are wrong at random. On 2,000 photographs
with 12.2 % wrong as a weak network would have them, it ended at 10.1 %."""
STEP, LEAST = 5, 20
"""More epochs are proposed in multiples of the first, and no fewer than the second."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Unbelieved:
    """A later round whose own fit would flag more than round 1 leaves room for."""

    number: int
    """Counted from 0."""
    would_flag: int
    at_most: int
    """By the upper end of round 1's interval."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LaterRounds:
    """What is known of the rounds after the first, where it is about a whole run."""

    flagged_share: float | None = None
    """Of all images, by all rounds so far; None of a single round."""
    unbelieved: Unbelieved | None = None
    n_unbounded: int = 0
    """Flagged by rounds after the first that nothing bounded."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """What is known of a selection that says how far to trust it."""

    can_tell: bool
    reason: str
    """Why it can tell or cannot, as `mild.core.selection.trust` has it."""
    vouched: bool = True
    """Of a later round: whether round 1 could tell."""
    number: int = 0
    """The round, counted from 0."""
    n_epochs: int
    n_planted: int = 0
    planted_auroc: float | None = None
    """None where planted labels calibrate nothing."""
    noise_rate: float | None = None
    noise_rate_interval: Interval | None = None
    f1_interval: Interval | None = None
    separated_best: int | None = None
    """After how many epochs planted labels were told best."""
    later: LaterRounds | None = None
    """None where it is about one round alone."""
    truth_known: bool = False
    check: SpotCheck | None = None
    accuracy: float | None = None
    """Held-out accuracy, 0 to 1."""
    n_classes: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class TrustNote:
    """How far to trust a selection."""

    weight: Weight
    told: str
    """One sentence: what the selection can tell."""
    why: str = ""
    """Why, and what would help."""
    check_helps: bool = False
    """Whether checking images by eye would settle it."""
    epochs: int | None = None
    """For how many epochs to train round 1 instead, where that would help."""
    ranges: bool = False
    """Whether estimates are to be read as ranges, not as single figures."""
    estimates: bool = True
    """Whether estimates mean anything; not where planted labels cannot imitate the mistakes."""

    @property
    def words(self) -> str:
        """Everything it says."""
        return f"{self.told} {self.why}".strip()


def weigh(evidence: Evidence) -> TrustNote:
    """Weigh what people measured first, then what planted labels and intervals say."""
    if evidence.check is not None:
        return _checked(evidence, evidence.check)
    if not evidence.can_tell and (evidence.number == 0 or not evidence.vouched):
        return _cannot_tell(evidence)
    if doubts := _doubts(evidence):
        return TrustNote(
            weight="doubtful",
            told="Take these figures as rough ones.",
            why=" ".join(doubts),
            check_helps=True,
            epochs=_better_epochs(evidence),
            ranges=not evidence.truth_known,
        )
    return TrustNote(weight="fine", told=_fine(evidence))


def _checked(evidence: Evidence, check: SpotCheck) -> TrustNote:
    rate, told = evidence.noise_rate, headline(check)
    if rate is not None and contradicts(check, rate):
        why = disagreement(check, rate)
    elif _width((check.f1_flagged.low, check.f1_flagged.high)) > WIDE_F1:
        why = "These intervals are wide: check more images to narrow them."
    else:
        return TrustNote(weight="fine", told=told)
    return TrustNote(weight="doubtful", told=told, why=why, check_helps=True)


def _cannot_tell(evidence: Evidence) -> TrustNote:
    why = evidence.reason + _unbounded(evidence)
    if evidence.truth_known:
        why += " Clean labels are known here, so the figures are true all the same."
    return TrustNote(
        weight="cannot tell",
        told="This selection cannot tell wrong labels from right ones.",
        why=why,
        check_helps=True,
        epochs=_better_epochs(evidence),
        ranges=not evidence.truth_known,
        estimates=evidence.truth_known
        or not beyond_imitation(
            evidence.can_tell, n_planted=evidence.n_planted, planted_auroc=evidence.planted_auroc
        ),
    )


def _doubts(evidence: Evidence) -> list[str]:
    """List every reason to read figures as rough ones."""
    found = [_little_learned(evidence)]
    if not evidence.truth_known:
        found += [_hardly_calibrated(evidence), _flags_more(evidence) or _wide(evidence)]
        found.append(_held_back(evidence))
    return [words for words in found if words]


def _little_learned(evidence: Evidence) -> str:
    accuracy, n_classes = evidence.accuracy, evidence.n_classes
    if accuracy is None or n_classes < 2:
        return ""
    guessed = 1 / n_classes
    if accuracy >= guessed + LITTLE * (1 - guessed):
        return ""
    return (
        f"The network has learned little: its held-out accuracy is {score(accuracy, 2)}, and "
        f"guessing among {n_classes} classes reaches {score(guessed, 2)}."
    )


def _hardly_calibrated(evidence: Evidence) -> str:
    auroc = evidence.planted_auroc
    if evidence.number > 0 or not evidence.n_planted:
        return evidence.reason + _unbounded(evidence)
    if auroc is None or auroc >= SURE_SEPARATION:
        return ""
    return (
        f"Planted labels are told from the others with an AUROC of only {score(auroc, 2)}, so a "
        "good part of the wrong labels is missed."
    )


def _flags_more(evidence: Evidence) -> str:
    """Say so where rounds that nothing calibrates flagged more than can be wrong."""
    share = None if evidence.later is None else evidence.later.flagged_share
    rate = evidence.noise_rate_interval
    if share is None or rate is None or share <= rate[1]:
        return ""
    return (
        f"{percent(share, 1)} are flagged, but by planted labels at most {percent(rate[1], 1)} are "
        "wrong. Begin with those that round 1 flagged: they come first."
    )


def _unbounded(evidence: Evidence) -> str:
    """Say so where later rounds flagged what nothing vouches for."""
    n = 0 if evidence.later is None else evidence.later.n_unbounded
    if not n:
        return ""
    return (
        f" Later rounds flagged {count(n)} more, and nothing tells how many of these are right: "
        "begin with those of round 1."
    )


def _held_back(evidence: Evidence) -> str:
    """Say so where a later round was held back, and its fit goes beyond what can be wrong."""
    found = None if evidence.later is None else evidence.later.unbelieved
    if found is None:
        return ""
    return (
        f"The fit to round {found.number + 1} alone would flag {count(found.would_flag)}, more "
        f"than the {count(found.at_most)} that can be wrong by round 1, so it was held back. "
        "Where whole classes may be mixed up, which planted labels cannot imitate, look at the "
        "images next to its cut."
    )


def _wide(evidence: Evidence) -> str:
    rate, f1 = evidence.noise_rate_interval, evidence.f1_interval
    if rate is not None and _width(rate) > WIDE_RATE:
        return (
            f"By planted labels between {percent(rate[0], 0)} and {percent(rate[1], 0)} are wrong; "
            f"{MORE_WHERE_ALIKE}."
        )
    if f1 is not None and _width(f1) > WIDE_F1:
        return f"F1 of the flagged images lies between {score(f1[0], 2)} and {score(f1[1], 2)}."
    return ""


def _fine(evidence: Evidence) -> str:
    if evidence.planted_auroc is not None and evidence.n_planted:
        return (
            f"{count(evidence.n_planted)} planted labels, known to be wrong, are told from the "
            f"others with an AUROC of {score(evidence.planted_auroc, 2)}: they calibrate this "
            "selection."
        )
    known = "Clean labels are known here, so the figures are true."
    return known if evidence.truth_known else evidence.reason


def _better_epochs(evidence: Evidence) -> int | None:
    """Suggest fewer epochs where planted labels are being memorized, else more, or None."""
    n_epochs, best, auroc = evidence.n_epochs, evidence.separated_best, evidence.planted_auroc
    if evidence.number > 0 or evidence.n_planted < MIN_PLANTED:
        return None
    more = max(LEAST, STEP * math.ceil(2 * n_epochs / STEP))
    if auroc is None:  # nothing is fitted to a few epochs
        return more if n_epochs < LEAST else None
    if auroc >= SURE_SEPARATION:
        return None
    if best is not None and best < EARLY_SHARE * n_epochs and auroc >= MIN_SEPARATION:
        return best
    return more


def _width(low_high: Interval) -> float:
    """Return the width of an interval; 0 where an end is unknown."""
    width = low_high[1] - low_high[0]
    return 0.0 if math.isnan(width) else width
