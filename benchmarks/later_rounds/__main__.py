"""Do rounds after the first make a selection better or worse, and what bounds them best?

    python -m benchmarks.later_rounds --n 400 --seed 0 --seed 1
    python -m benchmarks.later_rounds --data DIR --classes 5 --n 600

On digits, or on CIFAR-10 in DIR/train/<class>/. For every noise and seed a run of three rounds is
trained whose later rounds are free, and replayed with the bounds of `replay.WAYS`. One JSON line
for each run and number of rounds; with `--runs`, runs that are there are not trained again.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.later_rounds.problems import NOISES, Pool, digits, folder, problem
from benchmarks.later_rounds.replay import WAYS, first_round, flagged_in_the_end
from benchmarks.training.cifar_trials import train_rounds
from mild.config import parse
from mild.store.run import Run, all_runs
from mild.training.pipeline.prepare import Prepared

DIGITS_ROUNDS, ROUNDS = (20, 10, 10), (40, 20, 10)
"""The second is what a folder of up to 5,000 images gets, and a third round."""
FEW = 2


def main() -> None:
    """Train and replay what is asked for, and print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, help="Folder with train/<class>/; digits without.")
    parser.add_argument("--classes", type=int, choices=(5, 10), default=10)
    parser.add_argument("--n", type=int, default=400, help="Images of a set.")
    parser.add_argument("--seed", type=int, action="append", help="By default 0.")
    parser.add_argument("--noise", action="append", choices=list(NOISES), help="By default all.")
    parser.add_argument("--planted-share", default="auto", help="0 plants nothing.")
    parser.add_argument("--runs", type=Path, help="Keep the runs here.")
    asked = parser.parse_args()
    pool = digits() if asked.data is None else folder(asked.data, asked.classes)
    with tempfile.TemporaryDirectory() as temporary:
        root = asked.runs or Path(temporary)
        for seed in asked.seed or [0]:
            for noise in asked.noise or NOISES:
                prepared = problem(pool, asked.n, noise, seed)
                name = f"{pool.name}, {asked.n}, {noise}, {seed}, {asked.planted_share}"
                run = _trained(name, pool, prepared, seed, asked.planted_share, root)
                for row in _rows(run, prepared):
                    print(json.dumps({"name": name, "noise": noise} | row), flush=True)


def _trained(
    name: str, pool: Pool, prepared: Prepared, seed: int, planted_share: str, root: Path
) -> Run:
    """Find the run of a name under `root`, or train it."""
    root.mkdir(parents=True, exist_ok=True)
    for run in all_runs(root):
        if run.config().name == name:
            return run
    small = pool.name == "digits"
    config = parse(
        {
            "name": name,
            "seed": seed,
            "device": "cpu",
            "precision": "float32",
            "rounds": DIGITS_ROUNDS if small else ROUNDS,
            "optimizer": {"batch_size": 32},
            "augmentation": {"flip": not small},
            "selection": {
                "min_removed_share": 0.0,
                "planted_share": planted_share if planted_share == "auto" else float(planted_share),
                "later_rounds": "free",
            },
            "final": {"kind": "none"},
            "keep_round_networks": False,
        }
    )
    return train_rounds(config, prepared, root)[0]


def _rows(run: Run, prepared: Prepared) -> Iterator[dict[str, Any]]:
    """Judge every way after two rounds, and after all of them."""
    assert prepared.clean_N is not None
    wrong_A = prepared.given_N != prepared.clean_N
    records = run.rounds()
    first = first_round(run, prepared.given_N)
    for n_rounds in sorted({min(FEW, len(records)), len(records)}):
        found = {
            way: flagged_in_the_end(
                run, first, 1 if way == "round 1 alone" else n_rounds, bound, prepared.given_N
            )
            for way, bound in WAYS.items()
        }
        yield {
            "rounds": n_rounds,
            "wrong": int(wrong_A.sum()),
            "estimate": (first.noise_rate_estimate, first.noise_rate_low, first.noise_rate_high),
            "can_tell": first.can_tell,
        } | {way: _judged(flagged_A, wrong_A) for way, flagged_A in found.items()}


def _judged(flagged_A: np.ndarray, wrong_A: np.ndarray) -> dict[str, Any]:
    n_found, n_flagged = int((flagged_A & wrong_A).sum()), int(flagged_A.sum())
    n_wrong = int(wrong_A.sum())
    f1 = 2 * n_found / (n_flagged + n_wrong) if n_wrong else None
    return {"flagged": n_flagged, "right_ones_flagged": n_flagged - n_found, "f1": f1}


if __name__ == "__main__":
    main()
