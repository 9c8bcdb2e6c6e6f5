"""How the preset `fast-cifar10` was tuned, on CIFAR-10 as files, at a size that a processor can do.

    python -m benchmarks.tune_fast --data DIR --part rounds --seed 100

DIR holds train/<class>/ and test/<class>/. The preset is for a GPU; what stands in for it is the
same network a quarter as wide, on some images of each class, made smaller. Parts: `rounds` (what is
kept, no final stage), `final` (final stages from the same kept sets), `check` (the preset as it
was, as it is, and plain training on everything). One line on standard error for each candidate as
it is done, all of them as JSON on standard output.

Axes: A instances of the training set, N instances of a round.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from torch import nn

from benchmarks.training.cifar_trials import (
    IntArray,
    circumstances,
    load,
    subset,
    train_last,
    train_rounds,
)
from mild.config import RunConfig, parse
from mild.core.evaluation import evaluate
from mild.core.selection import make_rule, select
from mild.data.dataset import LabelledImages
from mild.store.run import Run
from mild.training.models.architectures.preact import preact_resnet18
from mild.training.pipeline.prepare import Prepared

N_TRAIN, N_TEST = 3_000, 2_000
IMAGE_SIZE = 16
"""Pixels a side: a quarter of the work of 32."""
WIDTH = 16
RATE = 0.2
"""Requested share of symmetric noise, as the preset has it."""
EPOCHS = 59
"""Of every candidate, final stage included."""
OTHER_RULE = "posterior"
"""Applied to the same counts as the run's own, at no cost."""


def narrow(n_classes: int) -> nn.Module:
    """Build the network that stands in for the preset's, as `module:function` of a run."""
    return preact_resnet18(n_classes, small_images=True, width=WIDTH)


LEARNING_RATE, BATCH_SIZE = 0.025, 32
"""The preset's 0.1 for 128 images, scaled with the batch."""
BASE: dict[str, Any] = {
    "model": "benchmarks.tune_fast:narrow",
    "optimizer": {"learning_rate": LEARNING_RATE, "batch_size": BATCH_SIZE},
    "augmentation": {"crop_padding": 2, "flip": True},
    "final": {"kind": "none"},
}
Candidates = dict[str, dict[str, Any]]


def _at(factor: float, rounds: list[int]) -> dict[str, Any]:
    rate = factor * LEARNING_RATE
    return {
        "rounds": rounds,
        "optimizer": {"learning_rate": rate, "batch_size": BATCH_SIZE},
    }


def _ended(rounds: list[int], **final: Any) -> dict[str, Any]:
    return {"rounds": rounds, "final": {"epochs": EPOCHS - sum(rounds)} | final}


NOISY_MODE = {"selection": {"rule": "noisy-mode"}}
ROUNDS: Candidates = {
    "16, 8": {"rounds": [16, 8]},
    "24, 8": {"rounds": [24, 8]},
    "12, 12": {"rounds": [12, 12]},
    "30": {"rounds": [30]},
    "16, 8, half the learning rate": _at(0.5, [16, 8]),
    "16, 8, twice the learning rate": _at(2, [16, 8]),
}
"""What is kept. A candidate's first round is that of a run with this round alone."""
FINALS: Candidates = {
    "16, 8, supervised": _ended([16, 8]),
    "16, 8, supervised, moving average": _ended([16, 8], ema_decay=0.99),
    "16, 8, MixMatch": _ended([16, 8], kind="mixmatch"),
    "16, supervised": _ended([16]),
    "16, MixMatch": _ended([16], kind="mixmatch"),
    "16, MixMatch, lambda_u 75": _ended([16], kind="mixmatch", lambda_u=75),
    "16, MixMatch, lambda_u 0": _ended([16], kind="mixmatch", lambda_u=0),
    "16, supervised, going on": _ended([16], from_scratch=False),
    "24, supervised": _ended([24]),
    "16, noisy-mode, supervised": _ended([16]) | NOISY_MODE,
    "16, noisy-mode, supervised, going on": _ended([16], from_scratch=False) | NOISY_MODE,
    "16, noisy-mode, MixMatch": _ended([16], kind="mixmatch") | NOISY_MODE,
}
"""Final stages, each from the kept set of its rounds, for the epochs that are left."""
CHECK: Candidates = {
    "16, 8, MixMatch (the preset as it was)": _ended([16, 8], kind="mixmatch"),
    "16, supervised": _ended([16]),
    "30, supervised": _ended([30]),
    "everything": {"rounds": [EPOCHS]},
}
"""What is left to choose from, on other seeds than the trials."""
PARTS = {"rounds": ROUNDS, "final": FINALS, "check": CHECK}


def run(
    data: LabelledImages,
    seeds: list[int],
    candidates: Candidates,
    base: dict[str, Any] = BASE,
    n_train: int = N_TRAIN,
    n_test: int = N_TEST,
) -> dict[str, Any]:
    """Measure every candidate for every seed; candidates that share their rounds train these once.

    Raises
    ------
    DataError
        If a class has too few images.
    """
    results = []
    for seed in seeds:
        prepared = subset(data, seed, n_train, n_test, RATE)
        with tempfile.TemporaryDirectory() as folder:
            bench = _Bench(prepared, Path(folder))
            for name, settings in candidates.items():
                result = {"seed": seed, "candidate": name}
                result |= bench.measure(parse(base | settings | {"seed": seed}))
                print(json.dumps(result), file=sys.stderr, flush=True)
                results.append(result)
    return circumstances(n_train, n_test) | {"results": results}


class _Bench:
    """One training set; remembers what rounds with the same settings have kept."""

    def __init__(self, prepared: Prepared, root: Path) -> None:
        self._prepared = prepared
        self._root = root
        self._known: dict[str, tuple[Run, IntArray]] = {}

    def measure(self, config: RunConfig) -> dict[str, Any]:
        """Return what the rounds kept, and held-out accuracy at the end of all."""
        began = time.process_time()
        trained, kept_index_N = self._rounds(config)
        last = trained
        if config.final.kind != "none":
            final = config.final.model_dump(mode="json")
            last = train_last(config, self._prepared, kept_index_N, final, self._root)
        accuracies = [item.test_accuracy or 0.0 for item in last.epochs()]
        return {
            "epochs": config.total_epochs,
            "rounds": [self._round(trained, item.round) for item in trained.rounds()],
            "memorized": self._memorized(trained),
            "last": accuracies[-1],
            "best": max(accuracies),
            "train_loss": last.epochs()[-1].train_loss,
            "cpu_seconds": time.process_time() - began,
        }

    def _rounds(self, config: RunConfig) -> tuple[Run, IntArray]:
        asked = config.model_copy(update={"final": parse({"final": {"kind": "none"}}).final})
        key = asked.model_dump_json()
        if key not in self._known:
            self._known[key] = train_rounds(asked, self._prepared, self._root)
        return self._known[key]

    def _round(self, trained: Run, number: int) -> dict[str, Any]:
        record = trained.rounds()[number]
        names = ("epochs", "trained_on", "kept", "cut", "precision", "recall", "f1_flagged",
                 "best_f1_flagged", "auroc", "noise_rate_estimate")  # fmt: skip
        told: dict[str, Any] = {name: getattr(record, name) for name in names}
        return told | {OTHER_RULE: self._by_other_rule(trained, number)}

    def _by_other_rule(self, trained: Run, number: int) -> dict[str, Any]:
        """Apply another rule to the same round, over the whole training set."""
        index_N = trained.index(number)
        misclassified_N = trained.selection(number)["misclassified"]
        n_epochs = trained.n_epochs(number)
        chosen = select(misclassified_N, n_epochs, rule=make_rule(OTHER_RULE))
        kept_A = np.zeros(len(self._prepared.given_N), dtype=bool)
        kept_A[index_N] = chosen.kept_N
        misclassified_A = np.full(len(kept_A), n_epochs + 1)
        misclassified_A[index_N] = misclassified_N
        truth = evaluate(misclassified_A, kept_A, self._prepared.given_N, self._clean_A)
        return {
            "kept": truth.n_kept,
            "precision": truth.precision,
            "recall": truth.recall,
            "f1_flagged": truth.f1_flagged,
        }

    def _memorized(self, trained: Run) -> dict[str, float]:
        """Return the share memorized in the first round's last epoch, of right and wrong labels."""
        n = len(self._prepared.given_N)
        status_A = np.unpackbits(trained.status(0)[-1])[:n].astype(bool)
        wrong_A = self._prepared.given_N != self._clean_A
        return {
            "right": float(status_A[~wrong_A].mean()),
            "wrong": float(status_A[wrong_A].mean()) if wrong_A.any() else 0.0,
        }

    @property
    def _clean_A(self) -> IntArray:
        clean_A = self._prepared.clean_N
        assert clean_A is not None  # `subset` knows them
        return clean_A


def main() -> None:
    """Measure one part, and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", required=True, type=Path, help="Folder with train/ and test/.")
    parser.add_argument("--part", choices=PARTS, required=True)
    parser.add_argument("--seed", type=int, action="append", help="By default 100.")
    parser.add_argument("--only", action="append", help="A candidate by name; by default all.")
    asked = parser.parse_args()
    candidates = PARTS[asked.part]
    unknown = set(asked.only or ()) - set(candidates)
    if unknown:
        parser.error(f"no candidate {sorted(unknown)[0]!r}; there are {', '.join(candidates)}.")
    chosen = {name: candidates[name] for name in asked.only or candidates}
    print(json.dumps(run(load(asked.data, IMAGE_SIZE), asked.seed or [100], chosen), indent=2))


if __name__ == "__main__":
    main()
