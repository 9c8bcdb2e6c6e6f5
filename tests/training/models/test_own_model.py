"""A worker trains a network of somebody's own, from weights of somebody's own."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from mild import jobs
from mild.config import parse
from tests.training.test_worker import wait_for_end

NET = """
from torch import nn

def build(n_classes):
    return nn.Sequential(nn.Flatten(), nn.Linear(192, 16), nn.ReLU(), nn.Linear(16, n_classes))
"""


def test_a_network_of_ones_own_trains_from_where_the_asker_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "my_nets.py").write_text(NET)
    weights = {
        "1.weight": torch.randn(16, 192), "1.bias": torch.zeros(16),
        "3.weight": torch.zeros(2, 16), "3.bias": torch.zeros(2),
    }  # fmt: skip
    torch.save(weights, tmp_path / "mine.pt")
    monkeypatch.chdir(tmp_path)
    asked = {
        "model": "my_nets:build", "weights": "mine.pt", "device": "cpu", "rounds": [2],
        "final": {"epochs": 1}, "augmentation": {"crop_padding": 0, "flip": False},
    }  # fmt: skip
    run = jobs.start(parse(asked))
    assert wait_for_end(run) == "done", run.log_tail()
    facts = run.facts()
    assert facts["n_parameters"] == 192 * 16 + 16 + 16 * 10 + 10
    assert facts["weights"] == (
        f"Weights of all but the last layer (which starts from scratch) are from "
        f"{tmp_path / 'mine.pt'}."
    )
