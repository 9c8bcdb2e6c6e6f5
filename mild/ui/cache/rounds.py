"""The instances and rounds of a run, and how far to trust them."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from mild.analysis.learning import Groups, two_groups
from mild.analysis.rounds import side_by_side, told_apart
from mild.analysis.rounds.read_round import read_round
from mild.analysis.rounds.round_view import RoundView
from mild.analysis.trust.gather import trust_in_run
from mild.analysis.trust.weigh import TrustNote
from mild.store.review.checks import NO_CHECKS, Checks, checks
from mild.store.run import Instances, Run
from mild.ui.cache.decorators import newest_per_run, per_run

Array = npt.NDArray[Any]


@per_run(4, "Reading labels …")
def instances(run: Run) -> Instances:
    """Return given and clean labels and names, by index."""
    return run.instances()


def right_labels(run: Run, index_N: Array) -> npt.NDArray[np.bool_] | None:
    """Compare given labels with clean ones by slot, shape (N,); None where these are unknown."""
    known = instances(run)
    if known.clean_N is None:
        return None
    return np.asarray(known.given_N[index_N] == known.clean_N[index_N])


def load_round(run: Run, number: int, n_epochs: int | None = None) -> RoundView:
    """View a round by its committed epochs, or as if it had stopped after the first `n_epochs`."""
    recorded = run.n_epochs(number)
    asked = recorded if n_epochs is None else min(max(1, n_epochs), recorded)
    return _round(run, number, asked)


@per_run(16, "Counting and fitting …")
def _round(run: Run, number: int, n_epochs: int) -> RoundView:
    return read_round(run, number, n_epochs, right_labels(run, run.index(number)))


def load_rounds(run: Run) -> side_by_side.RoundsView | None:
    """View all finished rounds; None before the first."""
    return _rounds(run, len(run.rounds()))


@per_run(32, "Reading the rounds …")
def _rounds(run: Run, n_rounds: int) -> side_by_side.RoundsView | None:
    return side_by_side.view_rounds(run)


def is_finished(run: Run, number: int) -> bool:
    """Tell whether a round has its selection."""
    return any(record.round == number for record in run.rounds())


def groups(run: Run, number: int) -> Groups | None:
    """Divide a round by the truth, else by what it kept in the end; None where neither is known."""
    return _groups(run, number, is_finished(run, number))


@per_run(16)
def _groups(run: Run, number: int, finished: bool) -> Groups | None:
    index_N = run.index(number)
    right_N = right_labels(run, index_N)
    kept_N = run.selection(number)["kept"] if finished and right_N is None else None
    return two_groups(right_N, kept_N, run.planted(number).mask(len(index_N)))


def told_apart_so_far(run: Run, number: int) -> told_apart.ToldApart | None:
    """Measure how well the planted labels of a round are told from the others so far."""
    return _told_apart(run, number, run.n_epochs(number))


@newest_per_run(64, names=1)
def _told_apart(run: Run, number: int, n_epochs: int) -> told_apart.ToldApart | None:
    return told_apart.told_apart(run, number, n_epochs)


def trust_note(run: Run) -> TrustNote | None:
    """Say how far to trust a run; a spot check behind it reads every prediction."""
    n_rounds = len(run.rounds())
    answered = checks(run.folder) if n_rounds else NO_CHECKS  # a decision changes nothing of it
    return _trust_note(run, n_rounds, len(run.epochs()), answered)


@per_run(64)
def _trust_note(run: Run, n_rounds: int, n_epochs: int, answered: Checks) -> TrustNote | None:
    return trust_in_run(run)
