"""How far a selection is trusted: by what people measured, by planted labels, by intervals."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mild.analysis.trust.gather import trust_in_record, trust_in_run
from mild.analysis.trust.weigh import Evidence, LaterRounds, Unbelieved, weigh
from mild.core.spot_check import Measured, SpotCheck
from tests.runs_for_tests import write_run


def _evidence(**known: Any) -> Evidence:
    usual: dict[str, Any] = {
        "can_tell": True,
        "reason": "Planted labels are told from the others with an AUROC of .95.",
        "n_epochs": 20,
        "n_planted": 60,
        "planted_auroc": 0.95,
        "noise_rate": 0.2,
        "noise_rate_interval": (0.17, 0.23),
        "f1_interval": (0.8, 0.95),
        "separated_best": 18,
    }
    return Evidence(**usual | known)


def _check(rate: tuple[float, float], f1: tuple[float, float]) -> SpotCheck:
    def between(low: float, high: float) -> Measured:
        return Measured((low + high) / 2, low, high)

    return SpotCheck(
        n_checked=50, n_wrong=20, n_unknown=0, n_kept=100, n_flagged=50,
        noise_rate=between(*rate), precision=between(0.9, 1.0), recall=between(0.9, 1.0),
        f1_flagged=between(*f1),
    )  # fmt: skip


def test_planted_labels_told_apart_and_narrow_intervals_are_fine() -> None:
    note = weigh(_evidence())
    assert note.weight == "fine"
    assert (
        "60 planted labels, known to be wrong, are told from the others with an AUROC of .95"
        in (note.told)
    )
    assert not note.ranges


def test_more_flagged_than_can_be_wrong_is_said() -> None:
    note = weigh(_evidence(noise_rate_interval=(0.0, 0.04), later=LaterRounds(flagged_share=0.053)))
    assert note.weight == "doubtful"
    assert note.why.startswith("5.3 % are flagged, but by planted labels at most 4.0 % are wrong.")
    assert weigh(_evidence(later=LaterRounds(flagged_share=0.2))).weight == "fine"


def test_a_later_round_that_was_held_back_beyond_what_can_be_wrong_is_said() -> None:
    held_back = Unbelieved(number=1, would_flag=177, at_most=46)
    note = weigh(_evidence(later=LaterRounds(unbelieved=held_back)))
    assert (note.weight, note.check_helps) == ("doubtful", True)
    assert "The fit to round 2 alone would flag 177, more than the 46 that can be wrong" in note.why
    assert (
        weigh(_evidence(later=LaterRounds(unbelieved=held_back), truth_known=True)).weight == "fine"
    )


def test_what_later_rounds_flagged_without_a_bound_is_said() -> None:
    reason = "Nothing was planted, so no known wrong label confirms this fit."
    note = weigh(
        _evidence(n_planted=0, planted_auroc=None, reason=reason, later=LaterRounds(n_unbounded=27))
    )
    assert note.why.startswith(f"{reason} Later rounds flagged 27 more, and nothing")


def test_classes_that_are_mixed_up_leave_no_estimate() -> None:
    mixed_up = {"can_tell": False, "reason": "Whole classes look flipped."}
    assert not weigh(_evidence(**mixed_up)).estimates
    assert weigh(_evidence(**mixed_up, truth_known=True)).estimates
    assert weigh(_evidence(**mixed_up, n_planted=12)).estimates  # too few to tell: a wide range
    assert weigh(_evidence(**mixed_up, planted_auroc=0.6)).estimates


def test_what_cannot_tell_says_why_and_proposes_twice_the_epochs() -> None:
    reason = "The network hardly tells planted labels from the others (AUROC .55): train for more."
    note = weigh(_evidence(can_tell=False, reason=reason, planted_auroc=0.55))
    assert (note.weight, note.epochs, note.check_helps, note.ranges) == (
        "cannot tell", 40, True, True,
    )  # fmt: skip
    assert note.words == f"This selection cannot tell wrong labels from right ones. {reason}"


def test_too_few_epochs_propose_enough_of_them() -> None:
    reason = "2 epochs are too few to tell, at least 3 are needed."
    found = weigh(_evidence(can_tell=False, reason=reason, n_epochs=2, planted_auroc=None))
    assert found.epochs == 20


def test_planted_labels_that_are_being_memorized_propose_fewer_epochs() -> None:
    assert weigh(_evidence(planted_auroc=0.8, separated_best=9)).epochs == 9


def test_wide_intervals_are_doubtful_and_asked_to_be_read_as_ranges() -> None:
    note = weigh(_evidence(noise_rate_interval=(0.1, 0.4)))
    assert (note.weight, note.ranges, note.epochs) == ("doubtful", True, None)
    assert note.why == (
        "By planted labels between 10 % and 40 % are wrong; where people took one class for "
        "another that looks like it, it may be more."
    )
    assert "F1 of the flagged images lies between .40 and .90." in (
        weigh(_evidence(f1_interval=(0.4, 0.9))).why
    )


def test_where_the_truth_is_known_wide_intervals_raise_no_doubt() -> None:
    assert weigh(_evidence(noise_rate_interval=(0.1, 0.4), truth_known=True)).weight == "fine"


def test_a_network_hardly_better_than_guessing_is_doubtful() -> None:
    note = weigh(_evidence(accuracy=0.15, n_classes=10, truth_known=True))
    assert note.weight == "doubtful"
    assert "its held-out accuracy is .15, and guessing among 10 classes reaches .10" in note.why
    assert weigh(_evidence(accuracy=0.6, n_classes=10)).weight == "fine"


def test_without_planted_labels_nothing_confirms_a_fit() -> None:
    reason = "Nothing was planted, so no known wrong label confirms this fit."
    found = weigh(_evidence(n_planted=0, planted_auroc=None, reason=reason))
    assert (found.weight, found.why) == ("doubtful", reason)


def test_checked_images_outweigh_what_the_fit_says() -> None:
    check = _check((0.18, 0.26), (0.85, 0.95))
    note = weigh(_evidence(can_tell=False, check=check))
    assert (note.weight, note.ranges) == ("fine", False)
    assert note.told.startswith("Measured by 50 checked images")


def test_checked_images_that_contradict_the_fit_or_are_few_are_doubtful() -> None:
    against = weigh(_evidence(check=_check((0.4, 0.6), (0.85, 0.95))))
    assert against.weight == "doubtful"
    assert "Trust the checked images" in against.why
    assert "check more images" in weigh(_evidence(check=_check((0.1, 0.3), (0.4, 0.9)))).why


def test_a_later_round_is_rough_and_never_says_that_nothing_can_be_told() -> None:
    reason = "Earlier rounds took out the mistakes that stand out."
    note = weigh(_evidence(can_tell=False, number=2, planted_auroc=None, reason=reason))
    assert (note.weight, note.why, note.epochs) == ("doubtful", reason, None)


def test_a_run_is_trusted_by_its_first_round(runs_root: Path) -> None:
    run = write_run(runs_root, clean_known=False, n=2000)
    found = trust_in_run(run)
    assert found is not None
    first = trust_in_record(run, run.rounds()[0])
    assert first is not None
    assert first.why == "Nothing was planted, so no known wrong label confirms this fit."
    assert found.weight == first.weight
    assert found.why.startswith(f"{first.why} Later rounds flagged")
    assert trust_in_run(write_run(runs_root, until="begun", name="begun")) is None
