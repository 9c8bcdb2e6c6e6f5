"""A checkpoint with one bit changed is told, or loads as it was written; it never trains on."""

from __future__ import annotations

import random
from pathlib import Path

import torch

from mild.errors import RunError
from mild.training.runtime.checkpoint import VERSION, read


def test_a_flipped_bit_is_told_or_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "state.pt"
    weights = torch.arange(500.0)
    torch.save({"version": VERSION, "network": {"weights": weights}}, path)
    whole, told = path.read_bytes(), 0
    drawn = random.Random(0)
    for _ in range(100):
        damaged = bytearray(whole)
        damaged[drawn.randrange(len(whole))] ^= 1 << drawn.randrange(8)
        path.write_bytes(damaged)
        try:
            found = read(path)["network"]["weights"]
        except RunError:
            told += 1
        else:
            assert torch.equal(found, weights)
    assert told > 50
