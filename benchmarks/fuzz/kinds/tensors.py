"""tensors: .pt files of labels, of weights, and of a checkpoint."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from benchmarks.fuzz.damage import acting_pickle, damaged, never_run
from benchmarks.fuzz.kind import Case, Kind
from benchmarks.fuzz.values import Random, changed


def _prepare(folder: Path) -> Case:
    import torch
    from torch import nn

    from mild.data.labels.overlay_file import read_columns
    from mild.training.models.weights import load_weights
    from mild.training.runtime import checkpoint

    network = nn.Sequential(nn.Conv2d(3, 4, 3), nn.Flatten(), nn.Linear(4 * 16, 3))
    proof = folder / "proof"
    pickled = acting_pickle(proof)
    path = folder / "some.pt"
    contents = {"labels": _labels(torch), "weights": network.state_dict()}
    contents["checkpoint"] = _checkpoint(network)
    readers = {
        "labels": read_columns,
        "weights": lambda place: load_weights(network, place),
        "checkpoint": checkpoint.load,
    }
    names = list(readers)

    def case(rng: Random) -> None:
        name = names[rng.integers(3)]
        content = dict(contents[name])
        if rng.random() < 0.4:
            content = changed(content, rng, int(rng.integers(1, 3)))
        buffer = io.BytesIO()
        torch.save(content, buffer, _use_new_zipfile_serialization=rng.random() < 0.8)
        saved = buffer.getvalue()
        path.write_bytes(damaged(saved, rng, pickled) if rng.random() < 0.5 else saved)
        with never_run(proof):
            readers[name if rng.random() < 0.8 else names[rng.integers(3)]](path)

    return case


def _labels(torch: Any) -> dict[str, Any]:
    return {"clean": torch.arange(6) % 3, "noisy": torch.tensor([0, 1, 2, 2, 1, 0])}


def _checkpoint(network: Any) -> dict[str, Any]:
    record = {
        "stage": 0, "epoch": 1, "seconds": 0.1, "learning_rate": 0.1, "train_loss": 1.0,
        "memorized_share": 0.5, "test_accuracy": None, "recorded": 0.0,
    }  # fmt: skip
    return {
        "version": 1, "record": record, "is_round": True, "network": network.state_dict(),
        "learning": None, "device": "cpu", "n_threads": 1, "precision": "float32",
        "model": "small-cnn", "n_classes": 3, "image_size": (6, 6), "mean": [0.5] * 3,
        "deviation": [0.2] * 3,
    }  # fmt: skip


TENSORS = Kind(
    name="tensors", about=".pt files of labels, of weights, and of a checkpoint", prepare=_prepare
)
