"""Values of runs, computed once per server: the one place where pages cache what a run says.

Keys are names and counts, never arrays: those would be sampled. What changes a value is among the
arguments of its function: how many epochs are committed, how many rounds are finished.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

import numpy as np
import numpy.typing as npt
import streamlit as st

from mild.analysis import compare, histograms
from mild.analysis.learning import Curves, Groups, joined, round_curves, two_groups
from mild.analysis.matrix import PERCENT, Matrix, Sort, grouped_matrix, order_epochs, sorted_matrix
from mild.analysis.matrix_rows import MatrixRows, Shown, describe_rows
from mild.analysis.rounds import side_by_side, told_apart
from mild.analysis.rounds.read_round import read_round
from mild.analysis.rounds.round_view import RoundView
from mild.analysis.trust.gather import trust_in_run
from mild.analysis.trust.weigh import TrustNote
from mild.core.dynamics import LearningDynamics, summarize
from mild.figures import pictures
from mild.store.run import Instances, Run, open_run
from mild.ui.class_names import class_names
from mild.ui.stamp import Stamp, stamp

Key = ParamSpec("Key")
Value = TypeVar("Value")
Array = npt.NDArray[Any]


def per_run(
    max_entries: int, show: str | bool = False
) -> Callable[[Callable[Concatenate[Run, Key], Value]], Callable[Concatenate[Run, Key], Value]]:
    """Keep what a function makes of a run, by the run's name and the other arguments."""

    def decorate(
        make: Callable[Concatenate[Run, Key], Value],
    ) -> Callable[Concatenate[Run, Key], Value]:
        def by_name(root: str, run_id: str, *key: Any) -> Any:
            return make(open_run(run_id, Path(root)), *key)  # type: ignore[call-arg]

        by_name.__qualname__ = make.__qualname__  # streamlit tells functions apart by it
        cached = st.cache_resource(max_entries=max_entries, show_spinner=show)(by_name)

        def of_run(run: Run, /, *key: Key.args, **_: Key.kwargs) -> Value:
            value: Value = cached(str(run.folder.path.parent), run.run_id, *key)
            return value

        update_wrapper(of_run, make)
        return of_run

    return decorate


def per_server(
    max_entries: int | None = None,
) -> Callable[[Callable[Key, Value]], Callable[Key, Value]]:
    """Keep what a function makes of names and numbers alone."""

    def decorate(make: Callable[Key, Value]) -> Callable[Key, Value]:
        cached = st.cache_resource(max_entries=max_entries, show_spinner=False)(make)
        return cast(Callable[Key, Value], cached)

    return decorate


# --- instances and rounds ---


@per_run(4, "Reading labels …")
def instances(run: Run) -> Instances:
    """Given and clean labels and names, by index."""
    return run.instances()


def right_labels(run: Run, index_N: Array) -> npt.NDArray[np.bool_] | None:
    """Shape (N,), by slot: whether the given label is the clean one; None where unknown."""
    known = instances(run)
    if known.clean_N is None:
        return None
    return np.asarray(known.given_N[index_N] == known.clean_N[index_N])


def load_round(run: Run, number: int, n_epochs: int | None = None) -> RoundView:
    """A round by its committed epochs, or as if it had stopped after the first `n_epochs`."""
    recorded = run.n_epochs(number)
    asked = recorded if n_epochs is None else min(max(1, n_epochs), recorded)
    return _round(run, number, asked)


@per_run(16, "Counting and fitting …")
def _round(run: Run, number: int, n_epochs: int) -> RoundView:
    return read_round(run, number, n_epochs, right_labels(run, run.index(number)))


def load_rounds(run: Run) -> side_by_side.RoundsView | None:
    """All finished rounds; None before the first."""
    return _rounds(run, len(run.rounds()))


@per_run(32, "Reading the rounds …")
def _rounds(run: Run, n_rounds: int) -> side_by_side.RoundsView | None:
    return side_by_side.view_rounds(run)


# --- learning dynamics ---


def is_finished(run: Run, number: int) -> bool:
    """Whether a round has its selection."""
    return any(record.round == number for record in run.rounds())


def groups(run: Run, number: int) -> Groups | None:
    """By the truth; where that is unknown, by what a finished round kept; else None."""
    return _groups(run, number, is_finished(run, number))


@per_run(16)
def _groups(run: Run, number: int, finished: bool) -> Groups | None:
    index_N = run.index(number)
    right_N = right_labels(run, index_N)
    kept_N = run.selection(number)["kept"] if finished and right_N is None else None
    return two_groups(right_N, kept_N, run.planted(number).mask(len(index_N)))


@per_run(8, "Counting epochs …")
def dynamics(run: Run, number: int, n_epochs: int) -> LearningDynamics:
    """How each instance was memorized and forgotten in the first `n_epochs` of a round."""
    return summarize(run.status(number), len(run.index(number)), n_epochs=n_epochs)


def matrix(run: Run, number: int, sort: Sort, n_epochs: int | None = None) -> Matrix:
    """The picture's rows. Their order is kept while a round grows, for a while.

    `n_epochs`: ordered as when so many were recorded; by default by all there are.
    """
    return _matrix(run, number, sort, ordered_by(run, number, n_epochs))


@per_run(12, "Sorting images …")
def _matrix(run: Run, number: int, sort: Sort, n_epochs: int) -> Matrix:
    index_N = run.index(number)
    planted_N = run.planted(number).mask(len(index_N))
    found = dynamics(run, number, n_epochs)
    return sorted_matrix(found, n_epochs, sort, instances(run).given_N[index_N], planted_N)


def matrix_rows(run: Run, number: int, sort: Sort, n_epochs: int | None = None) -> MatrixRows:
    """The picture and what is in each row; of all epochs or of the first ones."""
    n_epochs = run.n_epochs(number) if n_epochs is None else n_epochs
    return _matrix_rows(run, number, sort, n_epochs, is_finished(run, number))


@per_run(16, "Drawing …")
def _matrix_rows(run: Run, number: int, sort: Sort, n_epochs: int, finished: bool) -> MatrixRows:
    known, index_N = instances(run), np.asarray(run.index(number))
    given_N = np.asarray(known.given_N)[index_N]
    names = class_names(run)
    classes = [names[label] for label in range(int(given_N.max(initial=0)) + 1)]
    return describe_rows(
        matrix(run, number, sort, n_epochs),
        run.status(number)[:n_epochs],
        Shown(
            given_N=given_N,
            names_N=known.names[index_N],
            classes=classes,
            groups=groups(run, number),
        ),
        token=f"{run.run_id} {number} {sort} {n_epochs}",
        n_epochs_asked=run.config().rounds[number].epochs,
        curves=memorized_curves(run, number, n_epochs),
    )


def ordered_by(run: Run, number: int, n_epochs: int | None = None) -> int:
    """The epochs by which the rows of the picture are ordered."""
    recorded = run.n_epochs(number) if n_epochs is None else n_epochs
    return order_epochs(recorded, run.config().rounds[number].epochs)


def mosaic(run: Run, number: int) -> tuple[Matrix, int | None]:
    """The rows of the picture of a run under way, and the first one of mislabeled instances.

    By given label where the truth is known, else by the metric so far, anew now and then.
    """
    known = instances(run).clean_N is not None
    return _mosaic(run, number, 0 if known else ordered_by(run, number))


@per_run(32)
def _mosaic(run: Run, number: int, n_epochs: int) -> tuple[Matrix, int | None]:
    index_N = run.index(number)
    planted_N = run.planted(number).mask(len(index_N))
    by_N: Array = instances(run).given_N[index_N]
    if n_epochs:
        by_N = dynamics(run, number, n_epochs).misclassified_N
    return grouped_matrix(by_N, right_labels(run, index_N), planted_N)


def mosaic_picture(run: Run, number: int) -> bytes:
    """Status of a round as a PNG, made when an epoch was added. Rows stay while it grows."""
    return _picture(run, number, run.n_epochs(number))


@per_run(32)
def _picture(run: Run, number: int, n_epochs: int) -> bytes:
    rows, divider = mosaic(run, number)
    share_RE = rows.percent(run.status(number)[:n_epochs]) / PERCENT
    return pictures.status_mosaic(share_RE, run.config().rounds[number].epochs, divider)


def memorized_curves(run: Run, number: int, n_epochs: int | None = None) -> Curves:
    """Share memorized per epoch, 0 to 1, of all instances and of both groups; nan if too small."""
    n_epochs = run.n_epochs(number) if n_epochs is None else n_epochs
    return _curves(run, number, n_epochs, is_finished(run, number))


@per_run(64)
def _curves(run: Run, number: int, n_epochs: int, finished: bool) -> Curves:
    n = len(run.index(number))
    planted_N = run.planted(number).mask(n)
    return round_curves(run.status(number)[:n_epochs], n, groups(run, number), planted_N)


def memorized_by_group(run: Run, n_rounds: int) -> Curves:
    """Shares memorized per epoch, all rounds one after another, by group; nan where it has none.

    Clean and mislabeled; where that is unknown, what finished rounds kept and flagged.
    """
    return joined([memorized_curves(run, number) for number in range(n_rounds)])


def histogram(
    run: Run, number: int, n_epochs: int, name: histograms.Number, most: int
) -> histograms.Histogram:
    """Counts per group in at most `most` bins."""
    return _histogram(run, number, n_epochs, name, most, is_finished(run, number))


@per_run(64)
def _histogram(
    run: Run, number: int, n_epochs: int, name: histograms.Number, most: int, finished: bool
) -> histograms.Histogram:
    found = dynamics(run, number, n_epochs)
    return histograms.histogram(found, n_epochs, name, most, groups(run, number))


def density(run: Run, number: int, n_epochs: int, y: histograms.Number) -> histograms.Density:
    """The metric and another number."""
    return _density(run, number, n_epochs, y, is_finished(run, number))


@per_run(32)
def _density(
    run: Run, number: int, n_epochs: int, y: histograms.Number, finished: bool
) -> histograms.Density:
    found = dynamics(run, number, n_epochs)
    return histograms.density(found, n_epochs, y, groups(run, number))


def told_apart_so_far(run: Run, number: int) -> told_apart.ToldApart | None:
    """How well the planted labels of a round are told from the others so far."""
    return _told_apart(run, number, run.n_epochs(number))


@per_run(64)
def _told_apart(run: Run, number: int, n_epochs: int) -> told_apart.ToldApart | None:
    return told_apart.told_apart(run, number, n_epochs)


def trust(run: Run) -> TrustNote | None:
    """How far to trust a run; a spot check behind it reads every prediction."""
    return _trust(run, len(run.rounds()), len(run.epochs()), stamp(run.folder.review))


@per_run(64)
def _trust(run: Run, n_rounds: int, n_epochs: int, written: Stamp) -> TrustNote | None:
    return trust_in_run(run)


# --- comparing ---


def load_detectors(run: Run, number: int) -> dict[str, compare.DetectorCurves] | None:
    """Every detector on a round; None where there is no truth to judge by."""
    return _detectors(run, number, run.n_epochs(number))


@per_run(16, "Scoring with every detector …")
def _detectors(run: Run, number: int, n_epochs: int) -> dict[str, compare.DetectorCurves] | None:
    return compare.judge_detectors(run, number)


def load_detector_ranking(run: Run, number: int) -> dict[str, float] | None:
    """`mild.analysis.compare.rank_detectors`, kept until the run goes on."""
    n_rounds = len(run.rounds())  # what the estimated noise rate comes from
    return _detector_ranking(run, number, run.n_epochs(number), n_rounds)


@per_run(16, "Scoring with every detector …")
def _detector_ranking(
    run: Run, number: int, n_epochs: int, n_rounds: int
) -> dict[str, float] | None:
    return compare.rank_detectors(run, number)


def load_rule_sweep(run: Run, number: int) -> compare.RuleSweep:
    """Every rule after every number of epochs of a round."""
    return _rule_sweep(run, number, run.n_epochs(number))


@per_run(16, "Trying every rule after every epoch …")
def _rule_sweep(run: Run, number: int, n_epochs: int) -> compare.RuleSweep:
    return compare.sweep_rules(run, number)
