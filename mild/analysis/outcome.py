"""What a run came to, as one JSON object: the answer of `demo --json` and `train --json`."""

from __future__ import annotations

import time
from dataclasses import asdict
from typing import Any

from mild.analysis.checks.sides import sides_of_run
from mild.analysis.checks.spot_checks import as_json, checked, source_of
from mild.core.spot_check import SpotCheck
from mild.store.review.checks import checks
from mild.store.run import Run

_ROUND_KEYS = (
    "round", "epochs", "trained_on", "kept", "cut", "noise_rate_estimate",
    "precision", "recall", "f1_flagged", "auroc",
    "planted", "planted_auroc", "can_tell", "can_tell_reason", "noise_rate_low", "noise_rate_high",
    "f1_estimate", "f1_low", "f1_high", "separated_best", "would_flag",
)  # fmt: skip


def outcome_of(run: Run) -> dict[str, Any]:
    """Gather state, rounds, accuracy and seconds of a run, finished or not.

    Precision and recall are of the kept set as "clean", `f1_flagged` of the flagged set as
    "mislabeled"; they are None where clean labels are unknown. Planted instances count in
    `trained_on` alone. `check` is what people measured by a sample of the run's verdicts, None
    where they did not; `source` says which figures to read; `sentence` why a run failed.
    """
    state = run.state()
    rounds = [asdict(record) for record in run.rounds()]
    check = checked_run(run)
    truth_known = bool(rounds) and rounds[0]["precision"] is not None
    accuracies = [item.test_accuracy for item in run.epochs() if item.test_accuracy is not None]
    until = state.ended or (time.time() if state.live else state.heartbeat) or state.created
    return {
        "run_id": run.run_id,
        "state": state.state,
        "rounds": [{key: record[key] for key in _ROUND_KEYS} for record in rounds],
        "accuracy": {
            "best": max(accuracies, default=None),
            "last": accuracies[-1] if accuracies else None,
        },
        "source": source_of(truth_known=truth_known, check=check),
        "check": as_json(check),
        "seconds": until - (state.started or state.created),
        "sentence": state.sentence,
    }


def checked_run(run: Run) -> SpotCheck | None:
    """Measure the verdicts of all finished rounds by spot checks; None where nobody checked."""
    if not checks(run.folder).answers or not run.rounds():
        return None
    from mild.analysis.instances.measured import (
        measure,  # reads every prediction, so only where there is a check
    )

    sides = sides_of_run(measure(run))
    return checked(run, sides.kept_A, sides.flagged_A)
