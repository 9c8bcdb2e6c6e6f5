"""One row per instance, in data-set order: the columns that every format is made of.

Legend: A instances by index: the training set, and after it the held-out part.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from mild.analysis.instances.measured import HELD_OUT, NEVER, TRAIN, MeasuredInstances, measure
from mild.config import RunConfig
from mild.data.dataset import UNKNOWN
from mild.errors import RunError
from mild.export.reviewing import NOBODY, Reviewing, reviewing
from mild.export.samples import sample_columns
from mild.store.review.cuts import check_cut
from mild.store.review.decision import Decision
from mild.store.review.decisions import decisions
from mild.store.run import Run

if TYPE_CHECKING:
    import pandas as pd

COLUMNS: dict[str, str] = {
    "index": "position in the original training set, from 0; held-out images come after it",
    "name": "the image file relative to the data set's folder, or its number in words",
    "given_label": "the label under suspicion",
    "predicted_label": "what the network predicted the image as most often, other than its given "
    "label, "
    "in the latest round that trained on it; the given label where it was memorized all along",
    "is_label_issue": "whether a round dropped it and none took it back, or, held out, whether "
    "the network predicted another class more often than its given label",
    "label_score": "0 to 1, lower means more likely wrong; in the order of the review page",
    "metric": "memorization minus forgetting difficulty in that round, in epochs",
    "misclassified_epochs": "epochs of that round in which it was misclassified, or, held out, not "
    "predicted as given",
    "first_memorized_epoch": "counted from 1, empty where it never was memorized",
    "forgetting_events": "changes from memorized to misclassified",
    "mean_loss": "mean cross entropy of the given label over that round, in nats; empty where no "
    "round trained on the given label",
    "aum": "area under the margin; lower means more likely wrong; empty as mean_loss",
    "round_dropped": "counted from 1 as on the pages, empty where it is kept; of a held-out image "
    "the round that judged it",
    "clean_label": "the true label, empty where it is unknown",
    "decision": "keep, relabel, drop, or empty",
    "new_label": "the label to train on where the decision is relabel, else empty",
    "part": '"train", or "held out": no round trained on it',
}
"""Name -> meaning."""
DIGITS = 6
"""Decimals of losses and margins: more than the recordings have."""
SCORE_DIGITS = 12
"""Decimals of `label_score`, which has ranks within one of many counts."""
LEFT_OUT = -1


@dataclass(frozen=True, kw_only=True, slots=True)
class Reviewed:
    """A run with what people decided about it."""

    run: Run
    config: RunConfig
    measured: MeasuredInstances
    decisions: Mapping[int, Decision]
    reviewing: Reviewing = NOBODY

    def __post_init__(self) -> None:
        n, n_classes = self.measured.n, len(self.measured.class_names)
        for index, decision in self.decisions.items():
            if index >= n or (decision.label or 0) >= n_classes:
                raise RunError(
                    f"run {self.run.run_id}: review.db decides about image {index} of another run; "
                    "put the run's own review.db back from a copy, or delete it."
                )


def reviewed(run: Run, *, cut: float | None = None) -> Reviewed:
    """Read everything that an export needs; `cut` as `measure` takes it.

    Raises
    ------
    RunError
        If no round has its selection yet, the cut cannot be, or a file is damaged.
    """
    measured = measure(run, cut=cut)
    if cut is not None:
        check_cut(run, measured.n_rounds - 1, cut)
    return with_decisions(run, measured, decisions(run.folder))


def with_decisions(
    run: Run, measured: MeasuredInstances, decided: Mapping[int, Decision]
) -> Reviewed:
    """Gather a run, what was measured of it, what was decided, and by whom."""
    return Reviewed(
        run=run,
        config=run.config(),
        measured=measured,
        decisions=decided,
        reviewing=reviewing(run.folder, measured.n),
    )


def table(found: Reviewed) -> pd.DataFrame:
    """All columns of `columns_of`, one row per instance; what is unknown is missing (NA).

    After them what the instances are, where the run holds texts or a table.
    """
    import pandas as pd  # takes half a second, and the command line reads what formats there are

    measured = found.measured
    name_of = np.array(measured.class_names, dtype=object)
    verdict_A, label_A = _decided(found)
    clean = np.full(measured.n, None, dtype=object)
    if measured.clean_A is not None:
        known = measured.clean_A != UNKNOWN
        clean[known] = name_of[measured.clean_A[known]]
    values = {
        "index": np.arange(measured.n),
        "name": _text(measured.names_A),
        "given_label": _text(name_of[measured.given_A]),
        "predicted_label": _text(name_of[measured.suggested_A]),
        "is_label_issue": measured.flagged_A,
        "label_score": measured.score_A.round(SCORE_DIGITS),
        "metric": measured.metric_A,
        "misclassified_epochs": measured.misclassified_A,
        "first_memorized_epoch": _or_missing(measured.first_memorized_epoch_A),
        "forgetting_events": measured.forgetting_events_A,
        "mean_loss": measured.mean_loss_A.round(DIGITS),
        "aum": measured.aum_A.round(DIGITS),
        "round_dropped": _or_missing(measured.dropped_A) + 1,
        "clean_label": _text(clean),
        "decision": _text(verdict_A),
        "new_label": _text(name_of[label_A]).mask(pd.Series(label_A == NEVER)),
        "part": _text(np.where(measured.held_out_A, HELD_OUT, TRAIN).astype(object)),
    }
    people = found.reviewing.values(measured.n, measured.class_names)
    for name in found.reviewing.columns:
        values[name] = people[name] if people[name].dtype == np.bool_ else _text(people[name])
    known = columns_of(found)
    frame = pd.DataFrame(values, columns=list(known))
    return frame.join(sample_columns(found.run, measured.n, known))


def columns_of(found: Reviewed) -> dict[str, str]:
    """Name and meaning of each column of the table; those of reviewers where anybody was named."""
    return COLUMNS | found.reviewing.columns


def label_to_train_on(found: Reviewed, *, keep_undecided: bool) -> npt.NDArray[np.int64]:
    """Return each instance's label after the review, (A,); LEFT_OUT (-1) if it is not kept.

    What nobody decided follows the run: flagged instances are left out, unless `keep_undecided`,
    and the others keep their given label.
    """
    measured = found.measured
    label_A = measured.given_A.astype(np.int64)
    if not keep_undecided:
        label_A[measured.flagged_A] = LEFT_OUT
    for index, decision in found.decisions.items():
        if decision.verdict == "drop":
            label_A[index] = LEFT_OUT
        else:
            new = decision.label
            label_A[index] = measured.given_A[index] if new is None else new
    return label_A


def _decided(found: Reviewed) -> tuple[npt.NDArray[np.object_], npt.NDArray[np.int64]]:
    verdict_A = np.full(found.measured.n, None, dtype=object)
    label_A = np.full(found.measured.n, NEVER, dtype=np.int64)
    for index, decision in found.decisions.items():
        verdict_A[index] = decision.verdict
        if decision.label is not None:
            label_A[index] = decision.label
    return verdict_A, label_A


def _text(values_A: npt.NDArray[np.object_]) -> pd.Series[str]:
    import pandas as pd

    return pd.Series(values_A, dtype="string")


def _or_missing(values_A: npt.NDArray[np.integer]) -> pd.Series[int]:
    import pandas as pd

    return pd.Series(values_A, dtype="Int64").mask(pd.Series(values_A < 0))
