"""How the instances of a round were learned, epoch by epoch: dynamics, curves, histograms."""

from __future__ import annotations

from mild.analysis import histograms
from mild.analysis.learning import Curves, joined, round_curves
from mild.core.dynamics import LearningDynamics, summarize
from mild.store.run import Run
from mild.ui.cache.decorators import newest_per_run, per_run
from mild.ui.cache.rounds import groups, is_finished


@per_run(8, "Counting epochs …")
def dynamics(run: Run, number: int, n_epochs: int) -> LearningDynamics:
    """Count how each instance was memorized and forgotten in the first `n_epochs` of a round."""
    return summarize(run.status(number), len(run.index(number)), n_epochs=n_epochs)


def memorized_curves(run: Run, number: int, n_epochs: int | None = None) -> Curves:
    """Return shares memorized per epoch, 0 to 1, of all and of both groups; nan if too small."""
    n_epochs = run.n_epochs(number) if n_epochs is None else n_epochs
    return _curves(run, number, n_epochs, is_finished(run, number))


@newest_per_run(64, names=1)
def _curves(run: Run, number: int, n_epochs: int, finished: bool) -> Curves:
    n = len(run.index(number))
    planted_N = run.planted(number).mask(n)
    return round_curves(run.status(number)[:n_epochs], n, groups(run, number), planted_N)


def memorized_by_group(run: Run, n_rounds: int) -> Curves:
    """Join the shares memorized per epoch of all rounds, by group; nan where it has none.

    Clean and mislabeled; where that is unknown, what finished rounds kept and flagged.
    """
    return joined([memorized_curves(run, number) for number in range(n_rounds)])


def histogram(
    run: Run, number: int, n_epochs: int, name: histograms.Number, most: int
) -> histograms.Histogram:
    """Count instances per group in at most `most` bins."""
    return _histogram(run, number, n_epochs, name, most, is_finished(run, number))


@per_run(64)
def _histogram(
    run: Run, number: int, n_epochs: int, name: histograms.Number, most: int, finished: bool
) -> histograms.Histogram:
    found = dynamics(run, number, n_epochs)
    return histograms.histogram(found, n_epochs, name, most, groups(run, number))


def density(run: Run, number: int, n_epochs: int, y: histograms.Number) -> histograms.Density:
    """Count instances by the metric and another number."""
    return _density(run, number, n_epochs, y, is_finished(run, number))


@per_run(32)
def _density(
    run: Run, number: int, n_epochs: int, y: histograms.Number, finished: bool
) -> histograms.Density:
    found = dynamics(run, number, n_epochs)
    return histograms.density(found, n_epochs, y, groups(run, number))
