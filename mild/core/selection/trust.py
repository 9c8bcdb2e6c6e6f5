"""Can this selection tell clean from mislabeled at all? A sentence for people, either way."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from mild.core.mixture.value import WeibullMixture
from mild.core.planted.anchored import AnchoredFit
from mild.core.planted.flips import Flip, MixedUp, Swap
from mild.core.planted.pairs import MixedPairs
from mild.core.selection.left import Before, Left
from mild.words import count, percent, score

MIN_PLANTED = 20
MIN_SEPARATION = 0.7
"""AUROC of planted against clean instances below which a cut is little better than a guess."""
MOST = 0.5
"""Share of labels that look wrong beyond which, where planted ones are hardly told from them, that
is the first thing to know: in 1,200 photographs with labels at random, 81 % of them wrong, at least
69 % looked wrong, and the corrected AUROC of .00 said nothing."""
LOOKS_CLEAN = 0.005
"""Estimated noise rate below which a fit without planted labels cannot tell."""
NAMED_FLIPS = 3
ROUND_1_COULD_NOT = (
    "Round 1 could not tell wrong labels from right ones, so nothing vouches for what a later "
    "round flags: its cut is by the fit alone."
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Trust:
    """What a selection can tell."""

    can_tell: bool
    reason: str
    """One or two sentences: why, and what would help."""


def trust_anchored(fit: AnchoredFit, flips: Sequence[MixedUp], class_names: Sequence[str]) -> Trust:
    """Judge the trust in a cut that planted labels calibrate."""
    if fit.n_planted < MIN_PLANTED:
        return Trust(
            can_tell=False,
            reason=f"{_were(fit.n_planted)} planted; at least {MIN_PLANTED} are needed "
            "to tell how mislabeled images learn. Add images, or plant a larger share.",
        )
    if fit.separation < MIN_SEPARATION:
        return Trust(can_tell=False, reason=_little_learned(fit))
    if reason := _mixed_up(flips, fit.noise_rate_interval[1], class_names):
        return Trust(can_tell=False, reason=reason)
    return Trust(
        can_tell=True,
        reason=f"Planted labels are told from the others with an AUROC of "
        f"{score(fit.separation, 2)}.",
    )


def trust_mixture(mixture: WeibullMixture, flagged_share: float) -> Trust:
    """Judge the trust in a cut by a mixture alone, where nothing was planted."""
    if mixture.weight[1] < LOOKS_CLEAN or flagged_share < LOOKS_CLEAN:
        return Trust(
            can_tell=False,
            reason="The network memorized nearly every label. Either next to none is wrong, or it "
            "memorized the wrong ones as well: without planted labels nobody can tell. "
            "Plant labels, or train for fewer epochs.",
        )
    return Trust(
        can_tell=True,
        reason="Nothing was planted, so no known wrong label confirms this fit.",
    )


def trust_later(
    by_fit: Trust, before: Before, *, planted: bool, n_flagged: int, would_flag: int | None
) -> Trust:
    """Judge a later round, whose planted labels are no sample of the mistakes that are left.

    Earlier rounds took out the mistakes that stand out, and the network has memorized the rest,
    while the planted labels replace ones that it knows. Measured in ten later rounds of the demo:
    an anchored noise rate was too low, and its interval missed the truth, in all of them; a new
    network in each round did not cure it. So round 1 speaks for it, or nothing does.

    Parameters
    ----------
    by_fit
        What the round's own fit says of itself.
    n_flagged, would_flag
        What the round flags, and what its fit would flag where that is more and was held back.
    """
    if not before.can_tell and before.left is None:
        return Trust(can_tell=False, reason=ROUND_1_COULD_NOT)
    if before.left is not None:
        return Trust(can_tell=before.can_tell, reason=_left(before.left, n_flagged, would_flag))
    if not planted:
        return by_fit
    return Trust(
        can_tell=by_fit.can_tell,
        reason="Earlier rounds took out the mistakes that stand out, so labels planted now are not "
        "like those that are left: this cut is by the fit alone.",
    )


def _left(left: Left, n_flagged: int, would_flag: int | None) -> str:
    """Say how many wrong labels are left by round 1, and what came of it."""
    expected, high = round(left.expected), math.ceil(left.high)
    found = "hardly one" if expected < 1 else f"about {count(expected)}"
    is_left = "is" if expected <= 1 else "are"
    words = (
        f"By the labels planted in round 1, {found} of the labels that are left {is_left} wrong, "
        f"and at most {count(max(1, high))}"
    )
    if would_flag is None:
        beyond = n_flagged > max(1, high)
        more = f" This round flags {count(n_flagged)}, more than can be wrong." if beyond else ""
        return f"{words}.{more}"
    flagged = f"{count(n_flagged)} are" if n_flagged != 1 else "1 is"
    held = f"{flagged if n_flagged else 'none is'} flagged here"
    words += f": {held}, where the fit to this round alone would flag {count(would_flag)}."
    if would_flag <= high:
        return words
    return (
        f"{words} Where whole classes are mixed up, which planted labels cannot imitate, more may "
        "be wrong: look at the images next to the cut."
    )


def _were(n: int) -> str:
    return "Only 1 label was" if n == 1 else f"Only {n} labels were"


def _little_learned(fit: AnchoredFit) -> str:
    if (least := fit.noise_rate_interval[0]) > MOST:
        return (
            f"At least {percent(least, 0)} of the labels look as wrong as the planted "
            "ones. Either they are, as where a list of labels has slipped by a row, or the "
            "network learned too little: look at some images before you believe a cut."
        )
    return (
        "The network hardly tells planted labels from the others "
        f"(AUROC {score(fit.separation, 2)}): train for more epochs, or with a pretrained "
        "network, before you believe a cut."
    )


def _mixed_up(flips: Sequence[MixedUp], most: float, class_names: Sequence[str]) -> str:
    """Say which classes are mixed up, in more images than `most` of all; empty where none are."""
    one_way = [item for item in flips if isinstance(item, Flip)]
    if one_way:
        return (
            f"Whole classes look flipped: {_named(one_way, class_names)}. Such mistakes are "
            f"learned like a class of their own, and planted labels cannot imitate them: "
            f"look at these classes."
        )
    both = [item for item in flips if isinstance(item, Swap) and item.of_all > most]
    if both:
        return f"{_taken_for_each_other(both, class_names)}, {_than_can_be(most)}"
    pairs = [item for item in flips if isinstance(item, MixedPairs) and item.of_all > most]
    return f"{_in_pairs(pairs[0], class_names)}, {_than_can_be(most)}" if pairs else ""


def _taken_for_each_other(swaps: Sequence[Swap], class_names: Sequence[str]) -> str:
    return _first(
        [
            f"{percent(swap.there, 0)} of {_name(swap.given, class_names)} is predicted as "
            f"{_name(swap.taken_for, class_names)} and {percent(swap.back, 0)} the other way round"
            for swap in swaps
        ]
    )


def _named(flips: Sequence[Flip], class_names: Sequence[str]) -> str:
    return _first(
        [
            f"{percent(flip.excess, 0)} of {_name(flip.given, class_names)} is predicted as "
            f"{_name(flip.taken_for, class_names)}"
            for flip in flips
        ]
    )


def _in_pairs(mixed: MixedPairs, class_names: Sequence[str]) -> str:
    named = ", ".join(
        f"{_name(a, class_names)} with {_name(b, class_names)}"
        for a, b in mixed.pairs[:NAMED_FLIPS]
    )
    return (
        f"{percent(mixed.of_all, 0)} of all images are predicted as another class, nearly always "
        f"within the same few pairs ({named})"
    )


def _than_can_be(most: float) -> str:
    """Hold what was seen against what planted labels leave, and say what follows."""
    return (
        f"while planted labels say that at most {percent(most, 1)} of all labels can be wrong. "
        "Such classes are mixed up, or too much alike for this network, and wrong labels between "
        "them are not found: look at them."
    )


def _name(label: int, class_names: Sequence[str]) -> str:
    return f"“{class_names[label] if label < len(class_names) else f'class {label}'}”"


def _first(pairs: Sequence[str]) -> str:
    """List the first pairs of classes, and count the others."""
    n_more = len(pairs) - NAMED_FLIPS
    more = f", and {n_more} more pairs" if n_more > 0 else ""
    return ", ".join(pairs[:NAMED_FLIPS]) + more
