"""Planted labels in a loop of somebody's own.

Axes: A instances by index, N of a round by slot, E epochs.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import mild
from mild.core.dynamics import counts_to_cells, unpack_status
from mild.core.planted.planting import taken_for_given
from mild.core.selection import select_counts
from mild.errors import RecordingError
from mild.store.run import Run, all_runs
from mild.words import SAMPLE
from tests.docs.documents import examples
from tests.recorder.test_recorder import C, Loop, N

N_MEMORIZED = 40
"""Epochs in which the network of scikit-learn memorizes its wrong labels."""


@pytest.fixture
def loop() -> Loop:
    return Loop()


def _only_run() -> Run:
    (run,) = all_runs()
    return run


def _train(loop: Loop, into: mild.Recorder, labels_A: Any, n_epochs: int) -> None:
    """As `Loop.round`, towards these labels."""
    given_A, loop.given_A = loop.given_A, labels_A
    loop.round(into, n_epochs)
    loop.given_A = given_A


def test_what_is_planted_is_the_same_for_a_seed_and_leaves_the_given_labels_alone(
    loop: Loop,
) -> None:
    before = loop.given_A.copy()
    one, two, other = (mild.plant(loop.given_A, seed=seed) for seed in (0, 0, 1))
    np.testing.assert_array_equal(loop.given_A, before)
    np.testing.assert_array_equal(one.labels, two.labels)
    assert one.index.tolist() != other.index.tolist()
    assert np.flatnonzero(one.labels != one.given).tolist() == one.index.tolist()
    assert len(one) == N // 10
    assert one.reason.startswith("10.0 % of 200 images (20): a tenth is the most")


def test_the_next_draw_avoids_what_was_planted_before(loop: Loop) -> None:
    first = mild.plant(loop.given_A)
    second = mild.plant(loop.given_A, avoid=first)
    assert not set(first.index) & set(second.index)


def test_status_is_of_the_labels_trained_on(loop: Loop) -> None:
    planted = mild.plant(loop.given_A)
    with mild.Recorder(loop.given_A, epochs=3, planted=planted) as recorder:
        _train(loop, recorder, planted.labels, 3)
    run = _only_run()
    assert run.planted(0).slot_P.tolist() == planted.index.tolist()
    assert run.planted(0).label_P.tolist() == planted.labels[planted.index].tolist()
    status_EN = unpack_status(run.status(0), N)
    np.testing.assert_array_equal(status_EN, run.predictions(0) == planted.labels)
    own_N = planted.labels == planted.given
    shares = [item.memorized_share for item in run.epochs()]
    np.testing.assert_allclose(shares, status_EN[:, own_N].mean(axis=1))
    assert run.instances().given_N.tolist() == loop.given_A.tolist()
    assert run.facts()["planted_share"] == len(planted) / N
    assert run.facts()["planted_share_reason"] == SAMPLE.said(planted.reason)
    (record,) = run.rounds()
    assert (record.trained_on, record.planted) == (N, len(planted))


def test_a_round_hands_on_what_it_planted_and_the_next_one_judges_it(loop: Loop) -> None:
    one, two = mild.plant(loop.given_A), mild.plant(loop.given_A, seed=1)
    with mild.Recorder(loop.given_A, rounds=[6, 4], planted=[one, two]) as recorder:
        _train(loop, recorder, one.labels, 6)
        kept = recorder.end_round()
        assert set(one.index) <= set(kept)
        np.testing.assert_array_equal(recorder.index, kept)
        _train(loop, recorder, two.labels, 4)
        last = recorder.end_round()
    run = _only_run()
    selection = run.selection(0)
    np.testing.assert_array_equal(np.flatnonzero(selection["kept"] | selection["planted"]), kept)
    in_second = np.isin(two.index, kept)  # what is not in the round any more is left out
    np.testing.assert_array_equal(kept[run.planted(1).slot_P], two.index[in_second])
    judged_once = np.setdiff1d(two.index[in_second], one.index)
    assert set(judged_once) <= set(last)
    only_before = np.setdiff1d(one.index, two.index)
    judged = run.index(1)[run.selection(1)["kept"]]
    assert set(only_before) & set(last) == set(only_before) & set(judged)


def test_after_the_only_round_planted_images_stay_by_what_they_were_taken_for(loop: Loop) -> None:
    planted = mild.plant(loop.given_A)
    with mild.Recorder(loop.given_A, epochs=6, planted=planted) as recorder:
        _train(loop, recorder, planted.labels, 6)
        last = recorder.end_round()
    run, index = _only_run(), planted.index
    kept_P, _ = taken_for_given(
        np.array(run.predictions(0))[:, index], planted.labels[index], loop.given_A[index]
    )
    assert 0 < kept_P.sum() < len(index)
    assert set(index) & set(last) >= set(index[kept_P])
    n_others = len(loop.given_A) - len(index)
    dropped = n_others - run.selection(0)["kept"].sum()
    assert len(set(index) - set(last)) <= round(dropped / n_others * len(index))


def test_one_value_is_for_the_first_round(loop: Loop) -> None:
    planted = mild.plant(loop.given_A)
    with mild.Recorder(loop.given_A, rounds=[2, 2], planted=planted) as recorder:
        _train(loop, recorder, planted.labels, 2)
        recorder.end_round()
        loop.round(recorder, 2)
    run = _only_run()
    assert [len(run.planted(number)) for number in range(2)] == [len(planted), 0]
    given_N = loop.given_A[run.index(1)]
    status_EN = unpack_status(run.status(1), len(given_N))
    np.testing.assert_array_equal(status_EN, run.predictions(1) == given_N)


def test_without_planting_a_recorded_run_plants_nothing_and_claims_nothing(loop: Loop) -> None:
    with mild.Recorder(loop.given_A, epochs=2) as recorder:
        loop.round(recorder, 2)
    run = _only_run()
    assert len(run.planted(0)) == 0
    assert not (run.folder.round(0) / "planted.npz").exists()
    assert "planted_share" not in run.facts()


def _untyped(value: Any) -> Any:
    """Return what a caller without a type checker may hand over."""
    return value


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda given: [mild.plant(given)], "planted has 1 entries, but 2 rounds are asked for"),
        (lambda given: mild.plant(given[:50]), "planted has 50 entries, but there are 200 given"),
        (
            lambda given: mild.plant((given + 1) % C),
            "planted was made for other labels: 200 differ from given. Call mild.plant(given)",
        ),
        (lambda given: [given, None], "planted holds ndarray; hand over what mild.plant"),
        (lambda given: mild.plant(given, n_classes=50), "planted holds the label "),
        (lambda given: mild.plant(given, 0.5), "the planted share is 0.5; it must be within 0 .."),
        (
            lambda given: mild.plant(given, _untyped("many")),
            "share is 'many'; it must be 'auto' or a number",
        ),
        (lambda given: mild.plant(given, n_classes=2), "given labels must be one whole number"),
        (lambda given: mild.plant([0.5, 1.0]), "given holds float64; it needs whole numbers"),
        (lambda given: mild.plant(0 * given), "there is only one class; a planted label needs"),
        (lambda given: mild.plant(given, seed=-1), "seed is -1; it is a whole number from 0."),
    ],
)
def test_planted_labels_that_do_not_fit_are_a_sentence_and_no_run(
    loop: Loop, make: Callable[..., Any], expected: str
) -> None:
    with pytest.raises(RecordingError) as error:
        mild.Recorder(loop.given_A, rounds=[2, 2], planted=make(loop.given_A))
    assert str(error.value).startswith(expected)
    assert all_runs() == []


def test_the_planted_loop_in_the_documentation_runs_as_it_stands(loop: Loop) -> None:
    labels, steps = Loop(n_classes=3).given_A, []

    def batches(index_N: Any) -> Any:
        for index_B in np.array_split(loop.rng.permutation(index_N), 5):
            yield index_B, np.eye(3)[labels[index_B]]

    world: dict[str, Any] = {
        "labels": labels,
        "batches": batches,
        "network": lambda images: images + loop.rng.normal(0, 0.7, images.shape),
        "step": lambda _, trained: steps.append(trained),
    }
    exec("import mild\n" + examples("recorder.md")[2], world)
    run = _only_run()
    assert len(run.planted(0)) == N // 10
    assert set(run.index(0)[run.selection(0)["kept"]]) <= set(world["kept"])
    assert len(steps) == 3 * 5


def test_a_recorded_network_that_memorizes_fast_has_its_wrong_labels_found() -> None:
    run, wrong_A = _memorized_digits()
    selection = run.selection(0)
    judged_N = ~selection["planted"]
    last_N = np.unpackbits(run.status(0)[-1], count=len(wrong_A)).astype(bool)
    assert last_N[wrong_A & judged_N].mean() > 0.9  # nearly every wrong label is memorized
    without = select_counts(counts_to_cells(selection["misclassified"][judged_N], N_MEMORIZED))
    assert _f1(selection["misclassified"] >= without.cut, wrong_A, judged_N) < 0.6
    assert _f1(~selection["kept"], wrong_A, judged_N) > 0.88
    assert run.rounds()[0].noise_rate_estimate == pytest.approx(wrong_A.mean(), abs=0.04)
    assert run.rounds()[0].can_tell


def _f1(flagged_N: Any, wrong_N: Any, judged_N: Any) -> float:
    flagged_N, wrong_N = flagged_N & judged_N, wrong_N & judged_N
    return float(2 * (flagged_N & wrong_N).sum() / (flagged_N.sum() + wrong_N.sum()))


def _memorized_digits() -> tuple[Run, Any]:
    from sklearn.datasets import load_digits
    from sklearn.neural_network import MLPClassifier

    rng = np.random.default_rng(0)
    images, clean_A = load_digits(return_X_y=True)
    images = (images - images.mean(axis=0)) / (images.std(axis=0) + 0.5)
    wrong_A = rng.random(len(clean_A)) < 0.2
    given_A = np.where(wrong_A, (clean_A + rng.integers(1, 10, len(clean_A))) % 10, clean_A)
    planted = mild.plant(given_A)
    network = MLPClassifier((256,), alpha=0, learning_rate_init=0.01, random_state=0)
    network.partial_fit(images[:10], given_A[:10], classes=np.arange(10))
    recorder = mild.Recorder(given_A, epochs=N_MEMORIZED, planted=planted)
    with warnings.catch_warnings(), recorder:
        warnings.simplefilter("ignore")
        for _ in range(N_MEMORIZED):
            for index_B in np.array_split(rng.permutation(recorder.index), 28):
                probability_BC = network.predict_proba(images[index_B])
                recorder.update(index_B, np.log(probability_BC + 1e-12))
                network.partial_fit(images[index_B], planted.labels[index_B])
            recorder.end_epoch()
    return _only_run(), wrong_A
