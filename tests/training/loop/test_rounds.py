"""Round after round in this process: each trains on what was kept, the same for the same seed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from mild.config import parse
from mild.core.dynamics import summarize
from mild.errors import TrainingError
from mild.store.run import Run
from mild.store.writer import RunWriter, create_run
from mild.training.loop.final import train_final
from mild.training.loop.rounds import RoundsEnd, run_rounds
from mild.training.models.by_name import build_model
from mild.training.pipeline.prepare import Prepared
from mild.training.runtime.context import make_context
from mild.training.runtime.seeds import torch_seed
from mild.training.runtime.stop import Stop, Stopped
from tests.training import resumable

N, N_CLASSES = 120, 3
SETTINGS: dict[str, Any] = {
    "rounds": [5, 3],
    "optimizer": {"batch_size": 16},
    "augmentation": {"crop_padding": 1, "flip": False},
    "selection": {"min_removed_share": 0.0},
    "final": {"epochs": 1},
}


def _train(
    root: Path, stop: Stop | None = None, prepared: Prepared | None = None, **changes: Any
) -> tuple[Run, RoundsEnd, torch.nn.Module]:
    config = parse(SETTINGS | changes)
    prepared = prepared or resumable.prepared(N)
    run = Run(create_run(config, root))
    writer = RunWriter(run.folder)
    try:
        context = make_context(config, prepared, torch.device("cpu"), writer, stop or Stop())
        seed = torch_seed(config.seed, "network")
        network = build_model(config.model, N_CLASSES, min(context.image_size), seed)
        network = context.to_device(network)
        end = run_rounds(context, network, run, prepared)
        train_final(context, network, end)
    finally:
        writer.close()
    return run, end, network


def _recorded(run: Run) -> list[bytes]:
    reads = (run.index, run.status, run.predictions, run.losses, run.margins)
    return [read(number).tobytes() for number in range(2) for read in reads]


def _weights(network: torch.nn.Module) -> bytes:
    return b"".join(item.detach().numpy().tobytes() for item in network.state_dict().values())


def test_the_same_seed_gives_the_same_weights_and_status_and_another_seed_others(
    runs_root: Path,
) -> None:
    one, _, network_one = _train(runs_root)
    torch.manual_seed(99)
    np.random.seed(99)  # noqa: NPY002 - whoever uses the global generator must not matter
    two, _, network_two = _train(runs_root)
    other, _, network_other = _train(runs_root, seed=1)
    assert _recorded(one) == _recorded(two)
    assert _weights(network_one) == _weights(network_two)
    assert [item.train_loss for item in one.epochs()] == [item.train_loss for item in two.epochs()]
    assert _recorded(one) != _recorded(other)
    assert _weights(network_one) != _weights(network_other)


def test_the_next_round_trains_on_what_was_kept_and_on_what_was_planted(runs_root: Path) -> None:
    run, _, _ = _train(runs_root)
    np.testing.assert_array_equal(run.index(0), np.arange(N))
    for record in run.rounds():
        selection, index_N = run.selection(record.round), run.index(record.round)
        dynamics = summarize(run.status(record.round), len(index_N))
        np.testing.assert_array_equal(selection["misclassified"], dynamics.misclassified_N)
        np.testing.assert_array_equal(np.floor(selection["score"]), dynamics.misclassified_N)
        planted_N = run.planted(record.round).mask(len(index_N))
        np.testing.assert_array_equal(selection["planted"], planted_N)
        np.testing.assert_array_equal(
            selection["kept"], (selection["score"] < selection["cut"]) & ~planted_N
        )
        assert (record.kept, record.planted) == (selection["kept"].sum(), planted_N.sum())
    stays_N = run.selection(0)["kept"] | run.selection(0)["planted"]
    np.testing.assert_array_equal(run.index(0)[stays_N], run.index(1))


def test_without_planting_the_final_model_has_exactly_what_the_last_round_kept(
    runs_root: Path,
) -> None:
    run, end, _ = _train(runs_root, selection={"min_removed_share": 0.0, "planted_share": 0})
    assert not (run.folder.round(0) / "planted.npz").exists()
    assert [item.planted for item in run.rounds()] == [0, 0]
    np.testing.assert_array_equal(run.index(0)[run.selection(0)["kept"]], run.index(1))
    np.testing.assert_array_equal(run.index(1)[run.selection(1)["kept"]], end.kept_index_N)
    assert run.facts()["planted_share"] == 0
    assert run.facts()["planted_share_reason"] == "as asked"


def test_scores_are_those_of_the_recorded_epochs(runs_root: Path) -> None:
    run, _, _ = _train(runs_root)
    scores = run.scores(0)
    losses_EN, margins_EN = np.array(run.losses(0), np.float64), np.array(run.margins(0), float)
    np.testing.assert_allclose(scores["mean_loss"], losses_EN.mean(axis=0), rtol=1e-4)
    np.testing.assert_allclose(scores["aum"], margins_EN.mean(axis=0), rtol=1e-3, atol=1e-3)
    np.testing.assert_array_equal(scores["last_loss"], losses_EN[-1])
    misclassified_N = run.selection(0)["misclassified"]
    np.testing.assert_array_equal(scores["metric"], misclassified_N - (5 - misclassified_N))


def test_selection_is_the_same_whether_or_not_clean_labels_are_known(runs_root: Path) -> None:
    known, _, _ = _train(runs_root)
    unknown, _, _ = _train(runs_root, prepared=resumable.prepared(N, clean_known=False))
    assert _recorded(known) == _recorded(unknown)
    assert [item.kept for item in known.rounds()] == [item.kept for item in unknown.rounds()]
    assert known.rounds()[0].auroc is not None
    assert {(item.precision, item.auroc) for item in unknown.rounds()} == {(None, None)}


def test_no_round_follows_one_that_removes_next_to_nothing(runs_root: Path) -> None:
    run, end, _ = _train(runs_root, selection={"rule": "keep-fraction", "keep_fraction": 1.0})
    assert end.n_rounds == 1
    assert len(run.rounds()) == 1
    assert [item.sentence for item in run.events() if item.kind == "note"] == [
        "No round follows round 1: it removed 0.00 % of its images, less than 0.50 %."
    ]


def test_a_round_that_keeps_too_little_is_the_last(runs_root: Path) -> None:
    run, end, _ = _train(runs_root, selection={"rule": "manual", "cut": 0, "min_removed_share": 0})
    assert (end.n_rounds, len(end.kept_index_N)) == (1, N)
    assert run.rounds()[0].kept == 0
    assert "Round 1 kept too little to train on." in [item.sentence for item in run.events()]


def test_a_cut_beyond_the_epochs_of_a_round_keeps_everything(runs_root: Path) -> None:
    run, _, _ = _train(runs_root, selection={"rule": "manual", "cut": 99, "min_removed_share": 0})
    n_judged = N - N // 10
    assert [(item.kept, item.cut) for item in run.rounds()] == [(n_judged, 6), (n_judged, 4)]


@pytest.mark.parametrize(
    ("final", "n_epochs"),
    [({"kind": "none"}, 0), ({"epochs": 2}, 2), ({"epochs": 2, "from_scratch": False}, 2)],
)
def test_the_final_stage_follows_the_rounds(
    runs_root: Path, final: dict[str, Any], n_epochs: int
) -> None:
    run, _, _ = _train(runs_root, final=final, rounds=[3, 3])
    assert [item.epoch for item in run.epochs() if item.stage == 2] == list(range(1, n_epochs + 1))
    assert run.rounds_begun() == 2
    assert run.recorded_state().epochs_left == 0


def test_the_learning_rate_falls_along_a_cosine_in_each_round(runs_root: Path) -> None:
    run, _, _ = _train(runs_root, final={"kind": "none"})
    rates = np.array([item.learning_rate for item in run.epochs() if item.stage == 0], dtype=float)
    expected = 0.05 * (1 + np.cos(np.pi * np.arange(5) / 5)) / 2
    np.testing.assert_allclose(rates, expected)


def test_a_batch_larger_than_the_data_set_is_one_batch(runs_root: Path) -> None:
    run, _, _ = _train(runs_root, optimizer={"batch_size": 60_000}, rounds=[3])
    assert len(run.rounds()) == 1


def test_a_request_to_stop_is_heeded_at_the_next_batch(runs_root: Path) -> None:
    stop = Stop()
    stop.asked = True
    with pytest.raises(Stopped):
        _train(runs_root, stop)


def test_a_loss_that_is_no_number_ends_the_training_with_advice(runs_root: Path) -> None:
    with pytest.raises(TrainingError) as error:
        _train(runs_root, optimizer={"learning_rate": 100, "batch_size": 16, "weight_decay": 1})
    assert str(error.value).startswith("the loss is no longer a number in epoch ")
    assert str(error.value).endswith("; train again with a smaller learning rate.")
