"""The kinds of runs that are tortured: small, but each with another part of a run's life in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from mild.config import RunConfig, parse

N, N_CLASSES, SIDE = 1000, 4, 10
NOISE = {"model": "symmetric", "rate": 0.3}
NO_FINAL = {"kind": "none", "epochs": 1}


@dataclass(frozen=True, kw_only=True, slots=True)
class Kind:
    """What is asked of a run."""

    name: str
    settings: dict[str, Any]
    cuts: dict[int, float] = field(default_factory=dict)
    """Round -> the cut that a person gives it while the run waits."""

    def config(self, data: Path) -> RunConfig:
        """The request, on the images that `write_images` made."""
        source = {"source": "arrays", "path": str(data), "test_fraction": 0.1}
        return parse({"name": self.name, "data": source, "noise": NOISE, **self.settings})

    def reference(self, data: Path) -> RunConfig:
        """A request that must come to the same without anybody waiting or giving anything."""
        settings = self.config(data).model_dump(mode="json")
        settings["selection"] |= {"wait": False, "cuts": self.cuts or None}
        return parse(settings)


KINDS = {
    kind.name: kind
    for kind in (
        Kind(
            name="one round",
            settings={"rounds": [5], "final": NO_FINAL},
        ),
        Kind(
            name="several rounds",
            settings={
                "rounds": [3, 2, 2],
                "final": {"kind": "supervised", "epochs": 2},
                "selection": {"min_removed_share": 0.0},
            },
        ),
        Kind(
            name="back and mixmatch",
            settings={
                "rounds": [3, 3],
                "final": {"kind": "mixmatch", "epochs": 1},
                "selection": {"min_removed_share": 0.0, "nested": False},
            },
        ),
        Kind(
            name="waits",
            settings={
                "rounds": [3, 2],
                "final": NO_FINAL,
                "selection": {"min_removed_share": 0.0, "wait": True},
            },
            cuts={0: 2.5, 1: 1.5},
        ),
    )
}


def write_images(path: Path) -> Path:
    """Blurred pictures of a few classes, as one file of arrays."""
    rng = np.random.default_rng(0)
    labels_N = rng.integers(0, N_CLASSES, N)
    pattern_C = rng.integers(0, 255, (N_CLASSES, SIDE, SIDE, 3))
    noise_N = rng.normal(64, 60, (N, SIDE, SIDE, 3))
    images_N = np.clip(0.5 * pattern_C[labels_N] + noise_N, 0, 255).astype(np.uint8)
    np.savez(path, images=images_N, labels=labels_N)
    return path
