"""The nearest kept images of a class, by what the run has on record of all of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from mild.analysis.instances.alike import (
    BY_FEATURES,
    BY_PREDICTIONS,
    BY_PROBABILITIES,
    Nearest,
    nearest_kept,
)
from mild.analysis.instances.learned import learned
from mild.analysis.instances.measured import measure
from tests.runs_for_tests import write_run


def test_they_are_kept_of_that_class_and_predicted_most_alike(runs_root: Path) -> None:
    run = write_run(runs_root, epochs=(8,))
    measured = measure(run)
    index = int(np.flatnonzero(measured.flagged_A)[0])
    given, suggested = int(measured.given_A[index]), int(measured.suggested_A[index])
    found = nearest_kept(run, measured, index, (given, suggested))
    assert {item.by for item in found.values()} == {BY_PREDICTIONS.format(1)}
    predictions_EN = np.asarray(run.predictions(0))
    for label in (given, suggested):
        mine = np.flatnonzero((measured.given_A == label) & ~measured.flagged_A)
        apart = (predictions_EN[:, mine] != predictions_EN[:, [index]]).mean(axis=0)
        nearest = list(found[label].indices)
        assert set(nearest) <= set(mine)
        assert sorted(apart)[:3] == sorted(apart[np.isin(mine, nearest)])


def test_probabilities_come_before_predictions_where_they_are_on_record(runs_root: Path) -> None:
    run = write_run(runs_root, epochs=(8,))
    measured = measure(run)
    index = int(np.flatnonzero(measured.flagged_A)[0])
    label = int(measured.given_A[index])
    mine = np.flatnonzero((measured.given_A == label) & ~measured.flagged_A)
    probabilities_NC = np.zeros((300, 4), dtype=np.float16)
    probabilities_NC[index] = (0.5, 0.5, 0, 0)
    probabilities_NC[mine, 3] = 1
    like = mine[[5, 2, 9]]
    probabilities_NC[like] = [(0.5, 0.5, 0, 0), (0.5, 0.4, 0.1, 0), (0.5, 0.3, 0.2, 0)]
    np.save(run.folder.round(0) / "probabilities.npy", probabilities_NC)
    found = nearest_kept(run, measured, index, (label,))
    assert found[label].by == BY_PROBABILITIES.format(1)
    assert found[label].indices == tuple(like.tolist())


def test_features_come_first_where_they_name_enough_of_a_class(runs_root: Path) -> None:
    run = write_run(runs_root, epochs=(8,))
    measured = measure(run)
    index, flagged = np.flatnonzero(measured.flagged_A)[:2].tolist()
    label = int(measured.given_A[index])
    mine = np.flatnonzero((measured.given_A == label) & ~measured.flagged_A).tolist()
    near = [flagged, *(mine[place] for place in (7, 3, 5, 1))]
    neighbour_NK = np.zeros((300, len(near)), dtype=np.int32)
    neighbour_NK[index] = near
    path = run.folder.round(0) / "neighbours.npz"

    def on_record(n_near: int) -> Nearest:
        similarity_NK = np.ones((300, n_near), dtype=np.float16)
        some_NK = neighbour_NK[:, :n_near]
        np.savez(path, neighbour_NK=some_NK, similarity_NK=similarity_NK)
        return nearest_kept(run, measured, index, (label,))[label]

    found = on_record(5)
    assert (found.by, found.indices) == (BY_FEATURES.format(1), (mine[7], mine[3], mine[5]))
    assert on_record(3).by == BY_PREDICTIONS.format(1)  # two of the class are too few


def test_held_out_images_have_neighbours_and_what_they_were_predicted_as(runs_root: Path) -> None:
    run = write_run(runs_root, n_held_out=45)
    measured = measure(run)
    index = 310
    label = int(measured.given_A[index])
    found = nearest_kept(run, measured, index, (label,))
    assert len(found[label].indices) == 3
    assert not measured.held_out_A[list(found[label].indices)].any()
    rounds = learned(run, measured, index)
    assert [item.number for item in rounds] == [0, 1]
    predictions_EM = run.held_out_predictions(1)
    assert predictions_EM is not None
    assert rounds[1].predicted_E == tuple(predictions_EM[:, 10])


def test_a_planted_image_is_told_by_its_planted_label(runs_root: Path) -> None:
    run = write_run(runs_root, epochs=(6,))
    label = (int(run.instances().given_N[7]) + 1) % 4
    path = run.folder.round(0) / "planted.npz"
    np.savez(path, slot=np.array([7]), label=np.array([label]))
    (item,) = learned(run, measure(run), 7)
    assert (item.planted, item.label) == (True, label)
    assert sum(n for _, n in item.epochs_by_label) == 6
