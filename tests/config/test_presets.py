"""Presets ask for what they say."""

from __future__ import annotations

import pytest

from mild.config import presets


@pytest.mark.parametrize(
    ("name", "rate", "first", "others", "decay"),
    [
        ("paper-cifar10", 0.2, 70, 20, 5e-3),
        ("paper-cifar10-sym50", 0.5, 10, 20, 5e-3),
        ("paper-cifar10-sym80", 0.8, 70, 20, 2.5e-3),
        ("paper-cifar100", 0.2, 70, 50, 5e-3),
    ],
)
def test_the_settings_of_the_papers_authors_are_theirs(
    name: str, rate: float, first: int, others: int, decay: float
) -> None:
    """METHOD, section 4."""
    config = presets.preset(name)
    assert [item.epochs for item in config.rounds] == [first] + [others] * 26
    assert config.data.source == name.split("-")[1]
    assert config.data.validation_fraction == 0.1
    assert (config.noise.model, config.noise.rate) == ("symmetric", rate)
    assert config.model == "resnet34"
    optimizer = config.optimizer
    assert (optimizer.learning_rate, optimizer.momentum, optimizer.nesterov) == (0.01, 0.9, False)
    assert (optimizer.weight_decay, optimizer.batch_size) == (5e-3, 128)
    assert (config.rounds[0].weight_decay or optimizer.weight_decay) == decay
    assert all(item.weight_decay is None for item in config.rounds[1:])
    assert (config.augmentation.crop_padding, config.augmentation.flip) == (4, True)
    assert config.selection.rule == "noisy-scale"
    assert config.selection.nested
    assert config.selection.planted_share == 0
    assert not config.reinitialise


def test_fast_cifar10_takes_a_tenth_of_the_papers_epochs_on_the_same_data() -> None:
    config, paper = presets.preset("fast-cifar10"), presets.preset("paper-cifar10")
    assert config.total_epochs == 59
    assert 10 * config.total_epochs == sum(item.epochs for item in paper.rounds)
    assert (config.data, config.noise) == (paper.data, paper.noise)
    assert config.augmentation == paper.augmentation
    assert config.optimizer.learning_rate > paper.optimizer.learning_rate
    assert config.selection.rule == "expected-error"
    assert [item.epochs for item in config.rounds] == [30]
    assert (config.model, config.final.kind) == ("preact-resnet18", "supervised")
    assert config.final.from_scratch
    assert "not trained at full size" in presets.describe("fast-cifar10")
