"""The number format is what the device is made for; the labels that are recorded do not suffer."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from mild.store.run import Run
from mild.store.writer import create_run
from mild.training.loop import mixmatch
from mild.training.models.architectures.small_cnn import small_cnn
from mild.training.models.last_layer import Float32Linear, with_float32_logits
from mild.training.runtime import precision, settle
from mild.training.runtime.precision import BFLOAT16, FLOAT16, FLOAT32, Precision, choose, of_card
from mild.training.runtime.stop import Stopped
from tests.training.resumable import StopAfter, config, train

CPU = torch.device("cpu")


@pytest.mark.parametrize(
    ("capability", "name"),
    [((6, 1), FLOAT32), ((7, 0), FLOAT16), ((7, 5), FLOAT16), ((8, 0), BFLOAT16)],
)
def test_a_card_computes_in_what_it_is_made_for(capability: tuple[int, int], name: str) -> None:
    chosen = of_card(capability)
    assert (chosen.name, chosen.scaled) == (name, name == FLOAT16)
    assert f"{capability[0]}.{capability[1]}" in chosen.reason


@pytest.mark.parametrize(("gain", "name"), [(1.4, BFLOAT16), (1.05, FLOAT32), (0.6, FLOAT32)])
def test_on_a_processor_a_trial_decides_and_its_figure_is_the_reason(
    gain: float, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(precision, "_processor_has_bfloat16", lambda: True)
    chosen = choose("auto", CPU, 32, lambda: gain)
    assert chosen == Precision(name, f"a trial took {gain:.2f} times as long in float32")


def test_no_trial_is_made_of_small_images_or_of_a_processor_without_bfloat16(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def trial() -> float:
        raise AssertionError

    assert choose("auto", CPU, 8, trial).name == FLOAT32
    monkeypatch.setattr(precision, "_processor_has_bfloat16", lambda: False)
    assert choose("auto", CPU, 64, trial).name == FLOAT32
    assert choose("bfloat16", CPU, 8, trial) == Precision(BFLOAT16, "as asked")


def test_the_trial_changes_neither_network_nor_generator() -> None:
    network = small_cnn(3, 24)
    before = {name: item.clone() for name, item in network.state_dict().items()}
    state = torch.get_rng_state()
    assert precision.gain_of_a_step(network, (24, 24), 4) > 0
    assert torch.equal(torch.get_rng_state(), state)
    assert all(torch.equal(item, before[name]) for name, item in network.state_dict().items())


def test_logits_are_float32_and_names_in_the_state_stay() -> None:
    plain = nn.Sequential(nn.Flatten(), nn.Linear(12, 8), nn.ReLU(), nn.Linear(8, 3))
    names = list(plain.state_dict())
    images = torch.randn(5, 3, 2, 2)
    expected = plain(images)
    network = with_float32_logits(plain, 3)
    assert torch.equal(network(images), expected)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert network(images).dtype == torch.float32
    assert list(network.state_dict()) == names


@pytest.mark.parametrize("network", [nn.Conv2d(3, 3, 1), nn.Linear(4, 7)])
def test_a_network_that_ends_otherwise_stays_as_it_is(network: nn.Module) -> None:
    assert with_float32_logits(network, 3) is network
    assert isinstance(with_float32_logits(nn.Linear(4, 3), 3), Float32Linear)


@pytest.mark.parametrize("asked", [BFLOAT16, FLOAT16])
def test_a_run_in_another_format_stopped_and_resumed_is_the_one_without_breaks(
    asked: str, runs_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = config(precision=asked)
    whole = train(create_run(settings, runs_root))
    assert whole.facts()["precision"] == asked
    again = Run(create_run(settings, runs_root))
    with pytest.raises(Stopped):
        train(again.folder, StopAfter(again.folder, 2))
    monkeypatch.setattr(settle, "_chosen", None)  # what it began in stands in its checkpoint
    train(again.folder)
    for number in (0, 1):
        assert (again.status(number) == whole.status(number)).all()
        np.testing.assert_array_equal(again.losses(number), whole.losses(number))


def test_guessing_labels_normalises_by_the_batch_and_moves_no_running_statistics() -> None:
    norm = nn.BatchNorm2d(2)
    images = torch.randn(8, 2, 3, 3) + 5
    before = norm.running_mean.clone()
    with mixmatch.running_statistics_kept(norm):
        found = norm(images).detach()
    assert torch.equal(norm.running_mean, before)  # type: ignore[arg-type]
    assert abs(float(found.mean())) < 1e-5
    norm(images)
    assert not torch.equal(norm.running_mean, before)  # type: ignore[arg-type]
