"""What planted labels cost and what they buy, on CIFAR-10 as image files.

    python -m benchmarks.planting --data DIR      (or: python -m mild bench planting --data DIR)

DIR holds train/<class>/ and test/<class>/. For every seed and every noise: some images of each
class as a folder of their own, and two runs on it that differ in nothing but the planted share:
`auto` and 0. They are started as a person starts them, and what they came to is read from disk.
Asymmetric noise, which planted labels cannot imitate, is there for the ranking alone.

Axes: A instances of the training set by index, N instances of a round by slot.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.metrics import f1_score, roc_auc_score

from benchmarks.training.cifar_trials import circumstances, copy_some
from benchmarks.training.finished_run import finished_run
from mild.analysis.instances.measured import measure
from mild.analysis.outcome import outcome_of
from mild.config import parse
from mild.errors import RunError
from mild.store.run import Run

SEEDS = [0, 1, 2]
N_TRAIN, N_TEST = 5_000, 2_000
EPOCHS = 12
"""Of the round, and of the final stage."""
IMAGE_SIZE = 16
"""Pixels a side: a quarter of the work of 32."""
SETTINGS: dict[str, Any] = {
    "model": "small-cnn",
    "rounds": [EPOCHS],
    "optimizer": {"learning_rate": 0.05, "batch_size": 32, "weight_decay": 5e-4},
    "augmentation": {"crop_padding": 0, "flip": True},
    "final": {"epochs": EPOCHS},
}
WITH, WITHOUT = "planted", "not planted"
SHARES: dict[str, Any] = {WITH: "auto", WITHOUT: 0.0}
RANKING: dict[str, Any] = {"final": {"kind": "none"}}
PAIRS = {3: 5, 5: 3, 2: 0, 4: 7, 9: 1}
"""Cat and dog for one another, bird -> airplane, deer -> horse, truck -> automobile."""
NOISES: dict[str, dict[str, Any]] = {
    "symmetric, 20 % wrong": {"noise": {"model": "symmetric", "rate": 0.2 / 0.9}},
    "symmetric, 45 % wrong": {"noise": {"model": "symmetric", "rate": 0.5}},
    "asymmetric, 40 % of five classes": RANKING
    | {"noise": {"model": "class-map", "class_map": PAIRS, "rate": 0.4}},
}
FIGURES = ("precision", "recall", "f1_flagged", "auroc", "auroc_of_both", "accuracy", "seconds")
"""What means are taken of."""

Array = npt.NDArray[Any]


def run(
    folder: Path,
    seeds: list[int],
    noises: dict[str, dict[str, Any]] = NOISES,
    settings: dict[str, Any] = SETTINGS,
    n_train: int = N_TRAIN,
    n_test: int = N_TEST,
    root: Path | None = None,
) -> dict[str, Any]:
    """Run every noise and seed with planted labels and without, and average over the seeds.

    Parameters
    ----------
    root
        Where the runs are kept; by default they are deleted as soon as they are read.

    Raises
    ------
    DataError
        If a class has too few images.
    RunError
        If a run does not come to its end.
    """
    results = []
    with tempfile.TemporaryDirectory() as temporary:
        images = {seed: Path(temporary) / f"images-{seed}" for seed in seeds}
        for seed, to in images.items():
            copy_some(folder, to, seed, n_train, n_test)
        for name, noise in noises.items():
            for seed in seeds:
                asked = settings | noise | {"seed": seed, "name": f"{name}, seed {seed}"}
                asked["data"] = _data(images[seed])
                results.append(_pair(name, asked, root or Path(temporary) / "runs"))
    return circumstances(n_train, n_test) | {"pairs": results, "mean": _means(results)}


def _data(images: Path) -> dict[str, Any]:
    return {"source": "train-test-folder", "path": str(images), "image_size": IMAGE_SIZE}


def told_and_true(finished: Run, number: int) -> dict[str, Any]:
    """Set what a round, counted from 0, says of the instances it judged beside the truth.

    Instances dropped by an earlier round and those planted in this one are not among them. What the
    round does not say is None.
    """
    record, instances = finished.rounds()[number], finished.instances()
    if instances.clean_N is None:
        raise RunError(f"run {finished.run_id} has no clean labels; there is no truth to compare.")
    index_N, selection = finished.index(number), finished.selection(number)
    judged_N = ~selection["planted"]
    wrong_N = (instances.given_N != instances.clean_N)[index_N][judged_N]
    flagged_N = ~selection["kept"][judged_N]
    rate, f1 = float(wrong_N.mean()), float(f1_score(wrong_N, flagged_N, zero_division=0.0))
    return {
        "round": number,
        "judged": int(judged_N.sum()),
        "noise_rate": rate,
        "noise_rate_estimate": record.noise_rate_estimate,
        "noise_rate_interval": (record.noise_rate_low, record.noise_rate_high),
        "noise_rate_within": _within(rate, record.noise_rate_low, record.noise_rate_high),
        "f1_flagged": f1,
        "f1_estimate": record.f1_estimate,
        "f1_interval": (record.f1_low, record.f1_high),
        "f1_within": _within(f1, record.f1_low, record.f1_high),
        "can_tell": record.can_tell,
        "can_tell_reason": record.can_tell_reason,
    }


def _pair(name: str, asked: dict[str, Any], root: Path) -> dict[str, Any]:
    """Train two runs, print each when it is done, and return what they came to."""
    finished, found = {}, {}
    for way, share in SHARES.items():
        settings = asked | {"selection": {"planted_share": share}}
        finished[way] = finished_run(parse(settings), root)
        found[way] = _came_to(finished[way])
        _tell(asked["seed"], name, way, found[way])
    aurocs = _auroc_of_both(finished)
    for way, auroc in aurocs.items():
        found[way]["auroc_of_both"] = auroc
    _tell(asked["seed"], name, "AUROC among what neither planted", aurocs)
    return {"seed": asked["seed"], "noise": name, **found}


def _tell(seed: int, name: str, what: str, figures: dict[str, Any]) -> None:
    line = {"seed": seed, "noise": name, "what": what} | figures
    print(json.dumps(line), file=sys.stderr, flush=True)


def _came_to(finished: Run) -> dict[str, Any]:
    """Return precision and recall of what the final model trains on, over all instances."""
    measured, told = measure(finished), outcome_of(finished)
    ended = finished.config().final.kind != "none"
    assert measured.clean_A is not None  # the noise was made by the run
    train_A = ~measured.held_out_A
    flagged_A = measured.flagged_A[train_A]
    wrong_A = (measured.given_A != measured.clean_A)[train_A]
    return {
        "noise_rate": float(wrong_A.mean()),
        "kept": int((~flagged_A).sum()),
        "precision": float((~wrong_A)[~flagged_A].mean()),
        "recall": float((~flagged_A)[~wrong_A].mean()),
        "f1_flagged": float(f1_score(wrong_A, flagged_A, zero_division=0.0)),
        "auroc": told["rounds"][0]["auroc"],
        "planted": [item["planted"] for item in told["rounds"]],
        "rounds": [told_and_true(finished, item["round"]) for item in told["rounds"]],
        "accuracy": told["accuracy"]["last"] if ended else None,
        "seconds": told["seconds"],
    }


def _auroc_of_both(finished: dict[str, Run]) -> dict[str, float]:
    """Measure AUROC of each first round on the instances that none of the runs planted there."""
    instances = next(iter(finished.values())).instances()
    wrong_A = instances.given_N != instances.clean_N
    chosen = {way: one.selection(0) for way, one in finished.items()}
    judged_A = ~np.any([item["planted"] for item in chosen.values()], axis=0)
    return {
        way: float(roc_auc_score(wrong_A[judged_A], item["score"][judged_A]))
        for way, item in chosen.items()
    }


def _within(value: float, low: float | None, high: float | None) -> bool | None:
    return None if low is None or high is None else low <= value <= high


def _means(results: list[dict[str, Any]]) -> dict[str, dict[str, dict[str, float | None]]]:
    """Average by noise and by way."""
    names = dict.fromkeys(result["noise"] for result in results)
    return {
        name: {
            way: {
                key: _mean([item[way][key] for item in results if item["noise"] == name])
                for key in FIGURES
            }
            for way in SHARES
        }
        for name in names
    }


def _mean(values: list[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return statistics.mean(known) if known else None


def main() -> None:
    """Measure, and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", required=True, type=Path, help="Folder with train/ and test/.")
    parser.add_argument("--seed", type=int, action="append", help="By default 0, 1 and 2.")
    parser.add_argument(
        "--runs", type=Path, help="Keep the runs here; by default they are deleted."
    )
    asked = parser.parse_args()
    print(json.dumps(run(asked.data, asked.seed or SEEDS, root=asked.runs), indent=2))


if __name__ == "__main__":
    main()
