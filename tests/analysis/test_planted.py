"""Planted images in what people look at: a curve of their own, and in no other number."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mild.analysis.learning import memorized_by_group, round_curves, two_groups
from mild.analysis.rounds.side_by_side import view_rounds
from mild.store.run import Run
from tests.runs_for_tests import write_run


def _with_planted(run: Run, slots: np.ndarray) -> Run:
    """The same, as if these slots of its first round had been planted."""
    folder = run.folder.round(0)
    np.savez(folder / "planted.npz", slot=slots, label=np.zeros(len(slots), dtype=int))
    selection = run.selection(0)
    selection["planted"] = np.isin(np.arange(len(selection["kept"])), slots)
    selection["kept"] = selection["kept"] & ~selection["planted"]
    np.savez(folder / "selection.npz", **selection)  # type: ignore[arg-type]
    return run


@pytest.mark.parametrize("clean_known", [True, False])
def test_planted_images_have_a_curve_of_their_own_and_are_in_no_other(
    runs_root: Path, clean_known: bool
) -> None:
    run = write_run(runs_root, epochs=(6,), clean_known=clean_known)
    slots = np.arange(0, 40)
    before = memorized_by_group(run)
    assert "planted" not in before
    after = memorized_by_group(_with_planted(run, slots))
    status_EN = np.unpackbits(run.status(0), axis=1)[:, : len(run.index(0))]
    own_E = status_EN[:, slots].mean(axis=1)
    rest_E = np.delete(status_EN, slots, axis=1).mean(axis=1)
    assert after["planted"][:6] == pytest.approx(own_E.tolist())
    assert after["all"][:6] == pytest.approx(rest_E.tolist())
    names = ("clean", "mislabeled") if clean_known else ("kept", "flagged")
    assert list(after) == ["all", *names, "planted"]


def test_planted_images_have_their_curve_before_anything_is_kept() -> None:
    status_EK = np.packbits(np.tile([1, 0], (3, 12)), axis=1)
    planted_N = np.tile([True, False], 12)
    curves = round_curves(status_EK, 24, None, planted_N)
    assert curves == {"all": [0.0] * 3, "planted": [1.0] * 3}


def test_an_image_is_in_one_group_only() -> None:
    right_N, planted_N = np.array([True, False, True, False]), np.array([0, 0, 1, 1], dtype=bool)
    groups = two_groups(right_N, None, planted_N)
    assert groups is not None
    masks = groups.masks()
    assert list(masks) == ["clean", "mislabeled", "planted"]
    assert np.sum(list(masks.values()), axis=0).tolist() == [1, 1, 1, 1]


def test_a_round_counts_planted_images_neither_as_kept_nor_as_dropped(runs_root: Path) -> None:
    run = _with_planted(write_run(runs_root, epochs=(6, 4)), np.arange(0, 300, 15))
    view = view_rounds(run)
    assert view is not None
    first = view.outcomes[0]
    n_planted = 20
    n_flow = sum(flow.kept + flow.dropped for flow in first.flows.values())
    assert n_flow == len(run.index(0)) - n_planted
    assert first.dropped == n_flow - int(run.selection(0)["kept"].sum())
    assert view.outcomes[1].added == 0
