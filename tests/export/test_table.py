"""The table: which round measures an instance, and what each column says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mild.analysis.instances.measured import NEVER, measure
from mild.core.dynamics import summarize, unpack_status
from mild.errors import RunError
from mild.export.table import COLUMNS, label_to_train_on, reviewed, table
from mild.store.review.decision import Decision, Window
from mild.store.review.decisions import decide
from mild.store.run import Run
from tests.runs_for_tests import live, write_run

WINDOW = Window("test", 0)


def test_an_instance_is_measured_by_the_latest_finished_round_that_trained_on_it(
    run: Run,
) -> None:
    measured = measure(run)
    kept_first = run.selection(0)["kept"]
    index_second = run.index(1)
    kept_second = run.selection(1)["kept"]
    assert (measured.dropped_A == 0).sum() == (~kept_first).sum()
    assert set(np.flatnonzero(measured.dropped_A == 1)) == set(index_second[~kept_second])
    assert (measured.round_A == np.where(kept_first, 1, 0)).all()
    assert (measured.n_epochs_A == np.where(kept_first, 6, 8)).all()
    for number in (0, 1):
        index_N = run.index(number)
        dynamics = summarize(run.status(number), len(index_N))
        mine = measured.round_A[index_N] == number
        assert (measured.misclassified_A[index_N] == dynamics.misclassified_N)[mine].all()
        assert (measured.metric_A[index_N] == dynamics.metric_N)[mine].all()
        assert (measured.slot_RA[number][index_N] == np.arange(len(index_N))).all()


def test_the_suggestion_is_what_the_network_took_it_for_most_often(run: Run) -> None:
    measured = measure(run)
    status = [unpack_status(run.status(k), len(run.index(k))) for k in range(2)]
    predictions = [np.asarray(run.predictions(k)) for k in range(2)]
    for index in range(measured.n):
        number = int(measured.round_A[index])
        slot = int(measured.slot_RA[number][index])
        predicted_E = predictions[number][:, slot]
        other_E = predicted_E[predicted_E != measured.given_A[index]]
        status_E = status[number][:, slot]
        assert measured.misclassified_A[index] == (status_E == 0).sum() == len(other_E)
        expected = np.bincount(other_E).argmax() if len(other_E) else measured.given_A[index]
        assert measured.suggested_A[index] == expected


def test_the_score_falls_with_suspicion_round_first_then_metric(run: Run) -> None:
    measured = measure(run)
    band = np.where(measured.dropped_A == NEVER, measured.n_rounds, measured.dropped_A)
    order = np.argsort(measured.score_A, kind="stable")
    score = measured.score_A[order]
    assert (np.diff(band[order]) >= 0).all()
    for number in range(measured.n_rounds):  # counts of rounds of other lengths do not compare
        planted_A = np.isin(np.arange(measured.n), run.index(number)[run.planted(number).slot_P])
        same = (measured.round_A == number) & ~planted_A & ~measured.held_out_A
        for one in np.unique(band):
            counts = measured.misclassified_A[order][same[order] & (band[order] == one)]
            assert (np.diff(counts) <= 0).all()
    assert score.min() >= 0
    assert score.max() <= 1
    flagged = measured.flagged_A
    assert measured.score_A[flagged].max() < measured.score_A[~flagged].min()


def test_an_instance_that_a_later_round_takes_back_counts_as_kept(run: Run) -> None:
    before = measure(run)
    watched = np.flatnonzero(before.dropped_A == 0)
    n_trained, n_watched = len(run.index(1)), len(watched)
    folder = run.folder.round(1)
    rng = np.random.default_rng(0)
    status = rng.integers(2, size=(6, n_watched), dtype=np.uint8)
    status = np.hstack([unpack_status(run.status(1), n_trained), status])
    more = {"kept": np.arange(n_watched) < 5, "misclassified": np.full(n_watched, 6)}
    selection = {k: np.concatenate([v, more[k]]) for k, v in run.selection(1).items() if k in more}
    scores = {
        k: np.concatenate([v, np.zeros(n_watched, v.dtype)]) for k, v in run.scores(1).items()
    }
    predictions = np.hstack([run.predictions(1), np.zeros((6, n_watched), dtype=np.uint8)])
    np.save(folder / "index.npy", np.concatenate([run.index(1), watched]))
    np.save(folder / "status.npy", np.packbits(status, axis=1))
    np.save(folder / "predictions.npy", predictions)
    np.savez(folder / "selection.npz", **selection)  # type: ignore[arg-type]
    np.savez(folder / "scores.npz", **scores)  # type: ignore[arg-type]
    after = measure(run)
    assert (after.dropped_A[watched[:5]] == NEVER).all()
    assert (after.dropped_A[watched[5:]] == 0).all()
    assert (after.round_A == before.round_A).all()
    assert (after.misclassified_A == before.misclassified_A).all()
    assert (after.suggested_A == before.suggested_A).all()
    assert (after.slot_RA[1] >= 0).all()


def test_the_first_rounds_alone_measure_as_if_no_other_had_finished(run: Run) -> None:
    measured = measure(run, n_rounds=1)
    assert measured.n_rounds == 1
    assert (measured.misclassified_A == run.selection(0)["misclassified"]).all()
    assert (measured.flagged_A == ~run.selection(0)["kept"]).all()


def test_another_cut_of_the_last_round_changes_what_it_flags(run: Run) -> None:
    misclassified = run.selection(1)["misclassified"]
    for cut in (0, 2, 99):
        measured = measure(run, cut=cut)
        assert (measured.dropped_A == 1).sum() == (misclassified >= cut).sum()
        assert (measured.dropped_A == 0).sum() == (~run.selection(0)["kept"]).sum()


def test_a_run_without_a_finished_round_is_a_sentence(runs_root: Path) -> None:
    run = write_run(runs_root, epochs=(8,), until="training")
    with live(run), pytest.raises(RunError, match="no round has its selection yet"):
        measure(run)


def test_a_round_whose_files_do_not_fit_is_a_sentence(run: Run) -> None:
    index = run.folder.round(1) / "index.npy"
    np.save(index, np.arange(5))
    with pytest.raises(RunError, match=r"rounds/001/.* copy it back from a copy of the run"):
        measure(run)


@pytest.mark.parametrize("clean_known", [True, False])
def test_the_table_has_the_columns_of_the_contract(runs_root: Path, clean_known: bool) -> None:
    run = write_run(runs_root, clean_known=clean_known)
    decide(
        run.folder, {0: Decision("relabel", 2), 1: Decision("drop"), 2: Decision("keep")}, WINDOW
    )
    frame = table(reviewed(run))
    assert list(frame.columns) == list(COLUMNS) == [
        "index", "name", "given_label", "predicted_label", "is_label_issue", "label_score",
        "metric", "misclassified_epochs", "first_memorized_epoch", "forgetting_events",
        "mean_loss", "aum", "round_dropped", "clean_label", "decision", "new_label", "part",
    ]  # fmt: skip
    assert frame["index"].tolist() == list(range(300))
    assert frame["decision"].tolist()[:3] == ["relabel", "drop", "keep"]
    assert frame["decision"][3:].isna().all()
    assert frame["new_label"][0] == "class 2"
    assert frame["new_label"][1:].isna().all()
    assert frame["clean_label"].isna().all() == (not clean_known)
    dropped = frame["round_dropped"]
    assert (dropped.isna() == ~frame["is_label_issue"]).all()
    assert set(dropped.dropna()) == {1, 2}
    first = frame["first_memorized_epoch"]
    assert (first.isna() == (frame["metric"] == measure(run).n_epochs_A)).all()
    assert first.min() == 1


def test_what_is_trained_on_next_follows_people_first_and_the_run_second(run: Run) -> None:
    measured = measure(run)
    flagged = np.flatnonzero(measured.flagged_A)
    fine = np.flatnonzero(~measured.flagged_A)
    wanted = {
        int(flagged[0]): Decision("keep"),
        int(flagged[1]): Decision("relabel", 3),
        int(fine[0]): Decision("drop"),
    }
    decide(run.folder, wanted, WINDOW)
    label = label_to_train_on(reviewed(run), keep_undecided=False)
    assert label[flagged[0]] == measured.given_A[flagged[0]]
    assert label[flagged[1]] == 3
    assert label[fine[0]] == -1
    assert (label[flagged[2:]] == -1).all()
    assert (label[fine[1:]] == measured.given_A[fine[1:]]).all()
    everyone = label_to_train_on(reviewed(run), keep_undecided=True)
    assert (everyone[flagged[2:]] == measured.given_A[flagged[2:]]).all()
    assert everyone[fine[0]] == -1


@pytest.mark.parametrize("strange", [{300: Decision("keep")}, {0: Decision("relabel", 4)}])
def test_the_review_of_another_run_is_a_sentence(run: Run, strange: dict[int, Decision]) -> None:
    decide(run.folder, strange, WINDOW)
    with pytest.raises(RunError, match="of another run; put the run's own review"):
        reviewed(run)
