"""Held-out and planted instances in what is measured, reviewed and exported."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mild.analysis.instances.filters import Filters, matching, verdict_codes
from mild.analysis.instances.measured import NEVER, measure
from mild.analysis.instances.timelines import timelines
from mild.core.planted.never_shown import judge_held_out, judge_planted, no_more_than_others
from mild.export.formats import FILES
from mild.export.table import label_to_train_on, reviewed, table
from mild.store.review.decision import Decision, Window
from mild.store.review.decisions import decide
from mild.store.run import Run
from tests.runs_for_tests import write_run

WINDOW = Window("test", 0)
N, M = 300, 45


@pytest.fixture
def run(runs_root: Path) -> Run:
    return write_run(runs_root, n=N, n_held_out=M)


def test_held_out_instances_come_after_the_training_set_with_a_verdict_of_their_own(
    run: Run,
) -> None:
    measured, held_out = measure(run), run.held_out()
    assert held_out is not None
    assert measured.n == N + M
    assert measured.held_out_A.tolist() == [False] * N + [True] * M
    assert (measured.names_A[N:] == held_out.names).all()
    assert (measured.given_A[N:] == held_out.given_N).all()
    opinion = judge_held_out(run.held_out_predictions(1), held_out.given_N)  # type: ignore[arg-type]
    assert (measured.flagged_A[N:] == opinion.flagged_N).all()
    assert (measured.suggested_A[N:] == opinion.suggested_N).all()
    wrong = held_out.given_N != held_out.clean_N
    assert (measured.flagged_A[N:] == wrong).mean() > 0.9
    right_EM = np.asarray(run.held_out_predictions(1)) == held_out.given_N
    assert (measured.misclassified_A[N:] == (~right_EM).sum(axis=0)).all()
    assert np.isnan(measured.mean_loss_A[N:]).all()
    assert np.isnan(measured.aum_A[N:]).all()


def test_the_training_set_is_measured_as_without_them(run: Run, tmp_path: Path) -> None:
    with_them, alone = measure(run), measure(write_run(tmp_path, n=N))
    for name in ("score_A", "dropped_A", "suggested_A", "misclassified_A", "mean_loss_A"):
        assert (getattr(with_them, name)[:N] == getattr(alone, name)).all()
    assert not alone.held_out_A.any()


def test_an_order_by_label_score_is_that_of_the_review_page(run: Run) -> None:
    measured, frame = measure(run), table(reviewed(run))
    order = matching(measured, Filters(flagged=False), verdict_codes(measured.n, {}))
    assert sorted(order) == list(range(N + M))
    assert frame["label_score"][order].is_monotonic_increasing
    assert frame["label_score"].between(0, 1).all()
    flagged = frame["is_label_issue"]
    assert frame["label_score"][flagged].max() < frame["label_score"][~flagged].min()


def test_of_equal_counts_the_larger_refined_score_is_more_suspicious(run: Run) -> None:
    rng = np.random.default_rng(0)
    for number in (0, 1):
        path = run.folder.round(number) / "selection.npz"
        found = dict(np.load(path))
        count_N = found["misclassified"]
        found["score"] = count_N + rng.permutation(len(count_N)) / len(count_N)
        np.savez(path, **found)
    measured, frame = measure(run), table(reviewed(run))
    index_N, score_N = run.index(1), run.selection(1)["score"]
    kept_N = run.selection(1)["kept"]
    for part in (index_N[kept_N], index_N[~kept_N]):
        by_export = part[np.argsort(frame["label_score"][part])]
        slot_A = measured.slot_RA[1]
        assert (np.diff(score_N[slot_A[by_export]]) <= 0).all()
    order = matching(measured, Filters(flagged=False), verdict_codes(measured.n, {}))
    assert frame["label_score"][order].is_monotonic_increasing
    exported = pd.read_csv(io.BytesIO(FILES["csv"].write(reviewed(run))))
    assert exported["label_score"][order].is_monotonic_increasing
    assert measure(run, cut=2.5).flagged_A[index_N[score_N >= 2.5]].all()
    assert not measure(run, cut=2.5).flagged_A[index_N[score_N < 2.5]].any()


def plant(run: Run, number: int, slots: list[int]) -> tuple[np.ndarray, np.ndarray]:
    """As a worker does; returns the slots and the labels trained on."""
    folder, n_classes = run.folder.round(number), 4
    slot_P = np.array(slots)
    given_P = run.instances().given_N[run.index(number)[slot_P]]
    label_P = (given_P + 1) % n_classes
    np.savez(folder / "planted.npz", slot=slot_P, label=label_P)
    found = dict(np.load(folder / "selection.npz"))
    found["planted"] = np.isin(np.arange(len(found["kept"])), slot_P)
    found["kept"] &= ~found["planted"]
    np.savez(folder / "selection.npz", **found)
    return slot_P, label_P


def test_an_instance_planted_in_the_last_round_is_measured_by_the_one_before(run: Run) -> None:
    before = measure(run, n_rounds=1)
    slot_P, _ = plant(run, 1, [0, 5, 9])
    index_P = run.index(1)[slot_P]
    measured = measure(run)
    assert (measured.round_A[index_P] == 0).all()
    assert (measured.misclassified_A[index_P] == before.misclassified_A[index_P]).all()
    assert (measured.dropped_A[index_P] == NEVER).all()


def test_an_instance_that_every_round_planted_is_judged_by_what_it_was_taken_for(
    runs_root: Path,
) -> None:
    run = write_run(runs_root, n=N, epochs=(8,))
    slot_P, label_P = plant(run, 0, list(range(0, 60, 2)))
    measured, given_A = measure(run), run.instances().given_N
    predictions_EP = np.asarray(run.predictions(0))[:, slot_P]
    opinion = judge_planted(predictions_EP, given_A[slot_P], label_P)
    others = np.setdiff1d(np.arange(N), slot_P)
    share = measured.flagged_A[others].mean()
    flagged_P = no_more_than_others(opinion.flagged_N, opinion.score_N, share)
    assert (measured.flagged_A[slot_P] == flagged_P).all()
    assert measured.flagged_A[slot_P].mean() <= share + 0.5 / len(slot_P)
    assert 0 < flagged_P.sum() < len(slot_P)
    assert (measured.suggested_A[slot_P] == opinion.suggested_N).all()
    disagreed_P = (predictions_EP != given_A[slot_P]).sum(axis=0)
    assert (measured.misclassified_A[slot_P] == disagreed_P).all()
    assert np.isnan(measured.mean_loss_A[slot_P]).all()
    score = measured.score_A
    assert score[measured.flagged_A].max() < score[~measured.flagged_A].min()


def test_the_part_is_the_last_column_of_every_table(run: Run) -> None:
    frame = table(reviewed(run))
    assert list(frame.columns)[-1] == "part"
    assert frame["part"].tolist() == ["train"] * N + ["held out"] * M
    assert frame["mean_loss"][N:].isna().all()
    assert frame["aum"][:N].notna().all()
    told = json.loads(FILES["json"].write(reviewed(run)))
    assert (told["n"], told["n_held_out"]) == (N + M, M)
    assert told["instances"][-1]["part"] == "held out"
    assert told["instances"][-1]["aum"] is None
    tasks = json.loads(FILES["label-studio"].write(reviewed(run)))
    assert len(tasks) == N + M
    assert tasks[-1]["data"]["image"].startswith("data:image/png;base64,")


def test_an_unknown_clean_label_of_a_held_out_instance_is_left_empty(run: Run) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    cells = pq.read_table(run.folder.held_out).to_pydict()
    cells["clean"][3] = None
    pq.write_table(pa.table(cells), run.folder.held_out)
    clean = table(reviewed(run))["clean_label"]
    assert clean.isna().sum() == 1
    assert pd.isna(clean[N + 3])


def test_people_decide_about_held_out_instances_as_about_others(run: Run) -> None:
    flagged = N + np.flatnonzero(measure(run).flagged_A[N:])
    decide(run.folder, {int(flagged[0]): Decision("relabel", 2)}, WINDOW)
    label_A = label_to_train_on(reviewed(run), keep_undecided=False)
    assert label_A[flagged[0]] == 2
    assert (label_A[flagged[1:]] == -1).all()


@pytest.mark.parametrize(("part", "expected"), [("", N + M), ("held out", M), ("train", N)])
def test_the_review_shows_one_part_or_both(run: Run, part: str, expected: int) -> None:
    measured = measure(run)
    found = matching(measured, Filters(flagged=False, part=part), verdict_codes(measured.n, {}))
    assert len(found) == expected


def test_a_timeline_of_a_held_out_instance_shows_when_it_was_predicted_as_given(run: Run) -> None:
    measured = measure(run)
    found = timelines(run, measured, np.array([0, N + 4]))
    given = measured.given_A[N + 4]
    assert (found[1, :8] == (run.held_out_predictions(0)[:, 4] == given)).all()
    assert (found[1, 9:] == (run.held_out_predictions(1)[:, 4] == given)).all()


def test_pictures_of_both_parts_are_found_by_index(run: Run) -> None:
    thumbnails = run.thumbnails()
    assert thumbnails is not None
    more = np.load(run.folder.held_out_thumbnails)
    found = run.thumbnails_of(np.array([N + 2, 7, N]))
    assert found is not None
    assert (found == np.stack([more[2], thumbnails[7], more[0]])).all()
