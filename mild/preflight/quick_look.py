"""The quick look: a head on the features of a network that learned from a million photographs."""

from __future__ import annotations

from pathlib import Path

from mild.config import DataConfig, RunConfig, parse
from mild.config.at_hand import GOOD_FOR_A_LOOK, quick_model
from mild.data.sources import SOURCES

FEW_IMAGES = 20_000
"""Up to so many, a network that starts from random weights learns less than a head on features."""
LONGEST_NAME = 80


def quick_look(data: DataConfig) -> RunConfig:
    """Make the run behind "Quick look at my images": minutes for a few thousand photographs.

    Whether there are images is checked as for every run.
    """
    path = data.path or ""
    settings = {
        "name": f"quick look at {Path(path).name or path}"[:LONGEST_NAME],
        "data": data.model_dump(exclude_unset=True),
        "model": quick_model() or GOOD_FOR_A_LOOK[0],
        "pretrained": True,
        "freeze": True,
        "final": {"kind": "none"},
    }
    return parse(settings)


def recommended(config: RunConfig, n_images: int) -> str | None:
    """Say why a quick look would serve better than what is asked for; None where it would not."""
    known = SOURCES.get(config.data.source)
    characters = known is not None and known.characters
    asked_otherwise = config.freeze or config.pretrained or config.weights or ":" in config.model
    model = quick_model()
    if model is None or asked_otherwise or characters or n_images > FEW_IMAGES:
        return None
    return (
        f"With {n_images:,} images a network that starts from nothing learns little. A quick look "
        "takes minutes and finds more: its features were learned from a million photographs, and "
        "their weights are on this machine."
    )


def options_of_quick_look() -> str:
    """How a quick look is asked for on the command line."""
    return f"--model {quick_model()} --pretrained --freeze"
