"""Whether a selection can tell, and the sentence a person reads."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from mild.core.mixture.weibull import fit_weibull_mixture
from mild.core.planted.anchored import AnchoredFit, fit_anchored
from mild.core.planted.flips import Flip, Swap
from mild.core.planted.pairs import MixedPairs
from mild.core.selection.trust import trust_anchored, trust_mixture
from mild.words import score
from tests.core.simulated import simulate

MEMORIZED = np.array([670, 663, 115, 28, 13, 6, 1, 2, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
NOISY = np.array([300, 180, 90, 40, 20, 10, 6, 4, 3, 3, 4, 6, 9, 14, 22, 35, 60, 90, 110, 90, 120])


def _fit(n_planted: int = 250) -> AnchoredFit:
    simulated = simulate(0.2, n_planted=n_planted)
    return fit_anchored(simulated.mean_loss_N, simulated.planted_N)


def test_planted_labels_that_are_told_well_can_be_trusted() -> None:
    fit = _fit()
    trust = trust_anchored(fit, (), ())
    assert trust.can_tell
    told = score(fit.separation, 2)
    assert trust.reason == f"Planted labels are told from the others with an AUROC of {told}."


def test_few_planted_labels_cannot() -> None:
    trust = trust_anchored(_fit(n_planted=12), (), ())
    assert not trust.can_tell
    assert trust.reason == (
        "Only 12 labels were planted; at least 20 are needed to tell how mislabeled images learn. "
        "Add images, or plant a larger share."
    )


def test_planted_labels_that_are_hardly_told_cannot() -> None:
    trust = trust_anchored(replace(_fit(), separation=0.63), (), ())
    assert not trust.can_tell
    assert trust.reason == (
        "The network hardly tells planted labels from the others (AUROC .63): train for more "
        "epochs, or with a pretrained network, before you believe a cut."
    )


def test_labels_of_which_most_look_wrong_are_said_to_be_that() -> None:
    fit = replace(_fit(), noise_rate_interval=(0.69, 1.0), separation=0.0)
    trust = trust_anchored(fit, (), ())
    assert not trust.can_tell
    assert trust.reason.startswith("At least 69 % of the labels look as wrong as the planted ones.")


def test_flipped_classes_are_named_and_the_rest_counted() -> None:
    flips = [Flip(given=given, taken_for=0, excess=0.3 - given / 100) for given in range(1, 6)]
    trust = trust_anchored(_fit(), flips, ("cat", "dog", "fox"))
    assert not trust.can_tell
    assert trust.reason == (
        "Whole classes look flipped: 29 % of “dog” is predicted as “cat”, 28 % of “fox” is "
        "predicted as “cat”, 27 % of “class 3” is predicted as “cat”, and 2 more pairs. Such "
        "mistakes are learned like a class of their own, and planted labels cannot imitate them: "
        "look at these classes."
    )


def test_two_classes_taken_for_each_other_more_than_labels_can_be_wrong_are_named() -> None:
    fit = replace(_fit(), noise_rate_interval=(0.0, 0.004))
    swap = Swap(given=0, taken_for=2, there=0.26, back=0.28, of_all=0.108)
    trust = trust_anchored(fit, [swap], ("plane", "car", "ship"))
    assert not trust.can_tell
    assert trust.reason == (
        "26 % of “plane” is predicted as “ship” and 28 % the other way round, while planted labels "
        "say that at most 0.4 % of all labels can be wrong. Such classes are mixed up, or too much "
        "alike for this network, and wrong labels between them are not found: look at them."
    )
    noisy = replace(fit, noise_rate_interval=(0.05, 0.2))
    assert trust_anchored(noisy, [swap], ()).can_tell


def test_pairs_that_hold_more_than_can_be_wrong_are_named_the_largest_three() -> None:
    fit = replace(_fit(), noise_rate_interval=(0.0, 0.032))
    mixed = MixedPairs(pairs=((2, 3), (0, 1), (1, 4), (1, 2)), of_all=0.178)
    trust = trust_anchored(fit, [mixed], ("plane", "car", "ship", "truck", "bus"))
    assert not trust.can_tell
    assert trust.reason == (
        "18 % of all images are predicted as another class, nearly always within the same few "
        "pairs (“ship” with “truck”, “plane” with “car”, “car” with “bus”), while planted labels "
        "say that at most 3.2 % of all labels can be wrong. Such classes are mixed up, or too much "
        "alike for this network, and wrong labels between them are not found: look at them."
    )
    noisy = replace(fit, noise_rate_interval=(0.05, 0.2))
    assert trust_anchored(noisy, [mixed], ()).can_tell


def test_without_planted_labels_a_network_that_memorized_everything_cannot_tell() -> None:
    trust = trust_mixture(fit_weibull_mixture(MEMORIZED), 0.0)
    assert not trust.can_tell
    assert trust.reason == (
        "The network memorized nearly every label. Either next to none is wrong, or it memorized "
        "the wrong ones as well: without planted labels nobody can tell. Plant labels, or train "
        "for fewer epochs."
    )


def test_without_planted_labels_a_clear_fit_is_unconfirmed() -> None:
    trust = trust_mixture(fit_weibull_mixture(NOISY), 0.5)
    assert trust.can_tell
    assert trust.reason == "Nothing was planted, so no known wrong label confirms this fit."
