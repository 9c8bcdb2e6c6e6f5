"""Every detector and every rule on a round, which takes seconds."""

from __future__ import annotations

from mild.analysis import compare
from mild.store.run import Run
from mild.ui.cache.decorators import per_run


def load_detectors(run: Run, number: int) -> dict[str, compare.DetectorCurves] | None:
    """Score a round with every detector; None where there is no truth to judge by."""
    return _detectors(run, number, run.n_epochs(number))


@per_run(16, "Scoring with every detector …")
def _detectors(run: Run, number: int, n_epochs: int) -> dict[str, compare.DetectorCurves] | None:
    return compare.judge_detectors(run, number)


def load_detector_ranking(run: Run, number: int) -> dict[str, float] | None:
    """Rank detectors by planted labels, kept until the run goes on."""
    n_rounds = len(run.rounds())  # what the estimated noise rate comes from
    return _detector_ranking(run, number, run.n_epochs(number), n_rounds)


@per_run(16, "Scoring with every detector …")
def _detector_ranking(
    run: Run, number: int, n_epochs: int, n_rounds: int
) -> dict[str, float] | None:
    return compare.rank_detectors(run, number)


def load_rule_sweep(run: Run, number: int) -> compare.RuleSweep:
    """Apply every rule after every number of epochs of a round."""
    return _rule_sweep(run, number, run.n_epochs(number))


@per_run(16, "Trying every rule after every epoch …")
def _rule_sweep(run: Run, number: int, n_epochs: int) -> compare.RuleSweep:
    return compare.sweep_rules(run, number)
