"""Select among the instances of a file of learning status, and judge that by its clean labels."""

from __future__ import annotations

from mild.core.dynamics import misclassified_counts
from mild.core.dynamics.refined import mean_of_epochs
from mild.core.evaluation import Evaluation, evaluate
from mild.core.planted.flips import MixedUp, search_flips
from mild.core.planted.separation import separation
from mild.core.selection import Rule, Selection, select
from mild.store.status_file import StatusFile


def select_file(recorded: StatusFile, rule: Rule, *, per_class: bool = False) -> Selection:
    """Select among the instances of a recorded round.

    Raises
    ------
    ValueError
        If the rule's numbers are out of range.
    """
    counts_N = misclassified_counts(recorded.packed_EK, recorded.n)
    losses_EN = recorded.losses_EN
    return select(
        counts_N,
        len(recorded.packed_EK),
        mean_loss_N=None if losses_EN is None else mean_of_epochs(losses_EN),
        planted_N=recorded.planted_N,
        n_classes=_n_classes(recorded),
        flips=_flips(recorded),
        given_N=recorded.given_N,
        per_class=per_class,
        rule=rule,
    )


def judge_file(recorded: StatusFile, selection: Selection) -> Evaluation | None:
    """Judge by the clean labels, among what was not planted; None where they are unknown."""
    given_N, clean_N = recorded.given_N, recorded.clean_N
    kept_N, score_N = selection.kept_N, selection.score_N
    if given_N is None or clean_N is None or kept_N is None or score_N is None:
        return None
    planted_N = selection.planted_N
    judged = slice(None) if planted_N is None else ~planted_N
    return evaluate(score_N[judged], kept_N[judged], given_N[judged], clean_N[judged])


def _n_classes(recorded: StatusFile) -> int | None:
    known = [
        labels_N for labels_N in (recorded.given_N, recorded.trained_N) if labels_N is not None
    ]
    return max(int(labels_N.max()) for labels_N in known) + 1 if known else None


def _flips(recorded: StatusFile) -> tuple[MixedUp, ...]:
    predictions_EN, given_N = recorded.predictions_EN, recorded.given_N
    planted_N = recorded.planted_N
    if planted_N is None or predictions_EN is None or given_N is None:
        return ()
    told = separation(recorded.packed_EK, recorded.losses_EN, planted_N)
    if told is None:
        return ()
    return search_flips(predictions_EN, given_N, planted_N, told.best_epochs)
