"""The quick look at a few thousand photographs, against cleanlab on the same features.

    python -m benchmarks.photos --data DIR      (or: python -m mild bench photos --data DIR)

DIR holds train/<class>/ with the images of CIFAR-10. For every seed: photographs of five classes as
files, wrong labels, a run with a frozen network as a person starts it; then cleanlab with
out-of-fold probabilities of scikit-learn's logistic regression on the very same features.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.metrics import f1_score, precision_recall_curve, roc_auc_score

from benchmarks.training.cifar_trials import circumstances
from benchmarks.training.finished_run import finished_run
from benchmarks.training.photographs import make_photographs
from mild.config import RunConfig, parse
from mild.store.run import Run

SEEDS = [0, 1, 2]
N, RATE = 2_000, 0.15
FOLDS = 5
STRENGTHS = (1.0, 0.01, 0.001)
"""C of the logistic regression: scikit-learn's default, and two that hold it back."""
FIGURES = ("auroc", "f1_flagged", "best_f1", "seconds")
SETTINGS: dict[str, Any] = {
    "model": "efficientnet-lite0",
    "pretrained": True,
    "freeze": True,
    "final": {"kind": "none"},
}


def run(
    folder: Path,
    seeds: list[int],
    n: int = N,
    rate: float = RATE,
    settings: dict[str, Any] = SETTINGS,
    root: Path | None = None,
) -> dict[str, Any]:
    """Measure every seed with this project and with cleanlab, and average.

    Raises
    ------
    DataError
        If a class has too few images.
    RunError
        If a run does not come to its end.
    """
    results = []
    for seed in seeds:
        with tempfile.TemporaryDirectory() as temporary:
            images = Path(temporary) / "photographs"
            make_photographs(folder, images, seed, n)
            asked = settings | {
                "name": f"photographs, seed {seed}",
                "seed": seed,
                "data": {"source": "folder", "path": str(images)},
                "noise": {"model": "symmetric-exclusive", "rate": rate},
            }
            config = parse(asked)
            began = time.perf_counter()
            finished = finished_run(config, root or Path(temporary) / "runs")
            found = _compared(config, finished, time.perf_counter() - began)
            results.append({"seed": seed, **found})
            print(json.dumps(results[-1]), file=sys.stderr, flush=True)
    ways = [way for way in results[0] if way != "seed"]
    mean = {way: {key: _mean(results, way, key) for key in FIGURES} for way in ways}
    return circumstances(n, 0) | {"rate": rate, "seeds": results, "mean": mean}


def _mean(results: list[dict[str, Any]], way: str, key: str) -> float:
    return statistics.mean(float(result[way][key]) for result in results)


def _compared(config: RunConfig, finished: Run, seconds: float) -> dict[str, Any]:
    """Compare the run and cleanlab on the same labels; both pay until features are there."""
    instances, last = finished.instances(), finished.rounds()[-1]
    assert instances.clean_N is not None  # the noise was made by the run
    features_ND = _features(config, finished)
    facts = finished.facts()
    tried = next(item.time for item in finished.events() if item.sentence.startswith("Trying"))
    until_features = tried - finished.state().created
    ours = {
        "auroc": last.auroc,
        "f1_flagged": last.f1_flagged,
        "best_f1": last.best_f1_flagged,
        "seconds": seconds,
        "seconds_of_head": facts["training_seconds"],
        "weight_decay": facts["head_weight_decay"],
        "trials": facts.get("head_trials"),
        "rounds": [
            {"f1_flagged": item.f1_flagged, "auroc": item.auroc, "best_f1": item.best_f1_flagged}
            for item in finished.rounds()
        ],
    }
    given_N, clean_N = instances.given_N.astype(np.int64), instances.clean_N.astype(np.int64)
    return {"mild": ours} | {
        f"cleanlab, C = {strength:g}": cleanlab(
            features_ND, given_N, clean_N, strength, until_features
        )
        for strength in STRENGTHS
    }


def cleanlab(
    features_ND: npt.NDArray[np.float32],
    given_N: npt.NDArray[np.int64],
    clean_N: npt.NDArray[np.int64],
    strength: float,
    seconds_before: float,
) -> dict[str, float]:
    """Apply cleanlab's defaults to out-of-fold probabilities; find the best cut of its scores."""
    from cleanlab.filter import find_label_issues
    from cleanlab.rank import get_label_quality_scores
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold, cross_val_predict
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    began = time.perf_counter()
    model = make_pipeline(StandardScaler(), LogisticRegression(C=strength, max_iter=1000))
    # Shuffled: files lie sorted by their true class here, and folds of neighbours would have most
    # wrong labels of a class to themselves, which no data set of anybody's has.
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=0)
    probability_NC = cross_val_predict(
        model, features_ND, given_N, cv=folds, method="predict_proba"
    )
    flagged_N = find_label_issues(given_N, probability_NC)
    score_N = -get_label_quality_scores(given_N, probability_NC)
    seconds = time.perf_counter() - began
    wrong_N = given_N != clean_N
    precision, recall, _ = precision_recall_curve(wrong_N, score_N)
    return {
        "auroc": float(roc_auc_score(wrong_N, score_N)),
        "f1_flagged": float(f1_score(wrong_N, flagged_N)),
        "best_f1": float((2 * precision * recall / np.maximum(precision + recall, 1e-12)).max()),
        "seconds": seconds_before + seconds,
    }


def _features(config: RunConfig, finished: Run) -> npt.NDArray[np.float32]:
    """Read the features that the run was fed with from the cache that it left."""
    import torch

    from mild.data import load as sources
    from mild.training.distributed.null_writer import NullWriter
    from mild.training.features.frozen import feature_batches
    from mild.training.models.expected import sized_data

    data = sources.load(sized_data(config), seed=config.seed)
    parts = (data.images, data.test_images)
    images, _ = feature_batches(config, parts, torch.device("cpu"), NullWriter(), lambda: None)
    return images.features_ND.numpy().astype(np.float32)


def main() -> None:
    """Measure, and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", required=True, type=Path, help="Folder with train/<class>/.")
    parser.add_argument("--seed", type=int, action="append", help="By default 0, 1 and 2.")
    parser.add_argument("--runs", type=Path, help="Keep the runs here.")
    asked = parser.parse_args()
    print(json.dumps(run(asked.data, asked.seed or SEEDS, root=asked.runs), indent=2))


if __name__ == "__main__":
    main()
