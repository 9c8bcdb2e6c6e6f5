"""Runs worth starting from, by name."""

from __future__ import annotations

from typing import Any

from mild.config import RunConfig, parse

_PAPER: dict[str, Any] = {
    "data": {"validation_fraction": 0.1},
    "model": "resnet34",
    "optimizer": {
        "learning_rate": 0.01,
        "momentum": 0.9,
        "nesterov": False,
        "weight_decay": 5e-3,
        "batch_size": 128,
    },
    "augmentation": {"crop_padding": 4, "flip": True},
    "selection": {"rule": "noisy-scale", "min_removed_share": 0.0, "planted_share": 0.0},
    "final": {"kind": "supervised", "epochs": 70},
}
"""Settings of the paper's authors that all of their experiments share; the final stage is ours."""


def _paper(source: str, rate: float, rounds: list[Any]) -> dict[str, Any]:
    return _PAPER | {
        "name": f"paper {source} sym{round(100 * rate)}",
        "data": _PAPER["data"] | {"source": source},
        "noise": {"model": "symmetric", "rate": rate},
        "rounds": rounds,
    }


def _paper_presets() -> dict[str, tuple[str, dict[str, Any]]]:
    short, long = [20] * 26, [50] * 26
    weak = {"epochs": 70, "weight_decay": 2.5e-3}
    settings = "ResNet-34 with the settings and rounds of the paper's authors"
    return {
        "paper-cifar10": (
            f"CIFAR-10, symmetric noise 20 %: {settings} (27 rounds, 590 epochs): needs a GPU.",
            _paper("cifar10", 0.2, [70, *short]),
        ),
        "paper-cifar10-sym50": (
            f"CIFAR-10, symmetric noise 50 %: {settings}, the first round 10 epochs: needs a GPU.",
            _paper("cifar10", 0.5, [10, *short]),
        ),
        "paper-cifar10-sym80": (
            f"CIFAR-10, symmetric noise 80 %: {settings}, weight decay halved in the first: "
            "needs a GPU.",
            _paper("cifar10", 0.8, [weak, *short]),
        ),
        "paper-cifar100": (
            f"CIFAR-100, symmetric noise 20 %: {settings} (27 rounds, 1,370 epochs): needs a GPU.",
            _paper("cifar100", 0.2, [70, *long]),
        ),
    }


_PRESETS: dict[str, tuple[str, dict[str, Any]]] = {
    "demo": (
        "Handwritten digits, 40 % of the labels drawn anew: trains in seconds on any machine.",
        {
            "name": "demo digits sym40",
            "noise": {"model": "symmetric", "rate": 0.4},
            "rounds": [20, 8, 8],
            "selection": {"min_removed_share": 0.0},
            "final": {"epochs": 12},
        },
    ),
}

_PRESETS |= _paper_presets() | {
    "fast-cifar10": (
        "CIFAR-10, symmetric noise 20 %: PreAct-ResNet-18, one round of 30 epochs and 29 on what "
        "it keeps, a tenth of the paper's: needs a GPU; tuned on a quarter-wide network and 3,000 "
        "images, not trained at full size.",
        {
            "name": "fast cifar10 sym20",
            "data": {"source": "cifar10", "validation_fraction": 0.1},
            "noise": {"model": "symmetric", "rate": 0.2},
            "rounds": [30],
            "model": "preact-resnet18",
            "optimizer": {"learning_rate": 0.1, "batch_size": 128},
            "augmentation": {"crop_padding": 4, "flip": True},
            "final": {"kind": "supervised", "epochs": 29},
        },
    ),
}

NAMES = tuple(_PRESETS)


def preset(name: str) -> RunConfig:
    """Return the config of a preset; KeyError where there is none."""
    return parse(_PRESETS[name][1])


def describe(name: str) -> str:
    """Describe a preset in one line for people."""
    return _PRESETS[name][0]
