"""The rounds page: what each round kept, where instances went, and which classes suffer."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from mild.analysis.rounds.side_by_side import RoundsView
from mild.analysis.trust.gather import told_of_round
from mild.analysis.trust.imitation import estimates_mean_nothing
from mild.figures.rounds import flow_between_rounds, kept_by_class, quality_by_round
from mild.scale import scale_of
from mild.store.run import Run
from mild.store.schema import RoundRecord
from mild.ui.rounds.table import rounds_table
from mild.ui.said import noun, said
from mild.ui.saving import chart, grid, of_run
from mild.ui.words import count, percent, plain

_FLOW_HELP = (
    "Round by round from left to right: the broad stream is kept, what leaves it is dropped. "
    "Point at a part for its number of images."
)
_COLOURS = {
    True: "Blue is clean, orange mislabeled.",
    False: "Which labels are wrong is unknown: blue is what is kept, orange what is dropped.",
}


def show(
    view: RoundsView, run: Run, number: int, *, ranges: bool = False, held_out: str = ""
) -> None:
    """Show all finished rounds of a run.

    Parameters
    ----------
    number
        The round, counted from 0, whose note is shown.
    ranges
        Whether estimates are shown as ranges, not as single figures.
    held_out
        What is held out of the run.
    """
    if emptied := view.emptied():
        st.warning(_emptied_words(emptied), icon=":material/warning:")
    rounds_table(view, ranges=ranges)
    _show_notes(view, number)
    left, right = st.columns(2, gap="medium")
    with left:
        _show_flow(view, run)
    with right:
        _show_quality(view, run)
        if held_out:
            st.caption(held_out)
    _show_classes(view, run)
    if len(view.outcomes) > 1:
        _show_overlap(view)


def _show_notes(view: RoundsView, number: int) -> None:
    """Show what the chosen round told, and the last one, which decides what is kept."""
    records = [item.record for item in view.outcomes]
    for shown in sorted({min(number, len(records) - 1), len(records) - 1}):
        if told := told_of_round(records, shown):
            st.caption(said(f"Round {shown + 1}: {plain(told)}"))


def _emptied_words(names: list[str]) -> str:
    more = f" and {len(names) - 10} more classes" if len(names) > 10 else ""
    return (
        f"Almost nothing is kept of {', '.join(plain(name) for name in names[:10])}{more}: look at "
        f"these {noun().many} before you train on this selection."
    )


def _show_flow(view: RoundsView, run: Run) -> None:
    st.subheader(said("Where images go"), help=said(f"{_FLOW_HELP} {_COLOURS[view.truth_known]}"))
    flows = [
        {kind: (flow.kept, flow.dropped) for kind, flow in item.flows.items()}
        for item in view.outcomes
    ]
    chart(
        flow_between_rounds(flows), of_run(run, "where images go"), lambda: _flow_columns(view),
        key="flow", alt=_flow_words(view),
    )  # fmt: skip


def _flow_columns(view: RoundsView) -> dict[str, list[Any]]:
    flows = [
        (item.record.round + 1, *flow) for item in view.outcomes for flow in item.flows.items()
    ]
    return {
        "round": [number for number, _, _ in flows],
        "kind": [kind for _, kind, _ in flows],
        "kept": [flow.kept for _, _, flow in flows],
        "dropped": [flow.dropped for _, _, flow in flows],
    }


def _flow_words(view: RoundsView) -> str:
    last = view.outcomes[-1].record
    return (
        f"{noun().count(last.kept)} of {count(view.outcomes[0].record.trained_on)} are left after "
        f"round {last.round + 1}"
    )


def _show_quality(view: RoundsView, run: Run) -> None:
    st.subheader("Better or worse?", help="Measured after each round.")
    quality = _quality(view)
    last = ", ".join(f"{of} {scale_of(of).write(values[-1])}" for of, values in quality.items())
    chart(
        quality_by_round(quality), of_run(run, "better or worse"),
        lambda: {"round": range(1, len(view.outcomes) + 1), **quality}, key="quality",
        alt=f"After the last round: {last}",
    )  # fmt: skip
    if any(item.accuracy is not None for item in view.outcomes):
        st.caption(
            "If held-out accuracy falls while the kept set shrinks, the network overfits to its "
            "own selection."
        )


def _quality(view: RoundsView) -> dict[str, list[float | None]]:
    records = [item.record for item in view.outcomes]
    accuracies = [item.accuracy for item in view.outcomes]
    if any(item is not None for item in accuracies):
        return _without_accuracy(records) | {"held-out accuracy": accuracies}
    return _without_accuracy(records)


def _without_accuracy(records: list[RoundRecord]) -> dict[str, list[float | None]]:
    if records[0].precision is not None:
        return {
            "precision of kept": [item.precision for item in records],
            "F1 of flagged": [item.f1_flagged for item in records],
            "recall of clean": [item.recall for item in records],
        }
    first = records[0].trained_on
    known = not estimates_mean_nothing(records[0])
    return {
        "kept of the training set": [item.kept / first for item in records],
        "mislabeled in the round, estimated": [
            item.noise_rate_estimate if known else None for item in records
        ],
        "kept of the round": [
            item.kept / max(1, item.trained_on - (item.planted or 0)) for item in records
        ],
    }


def _show_classes(view: RoundsView, run: Run) -> None:
    st.subheader(
        "Kept by class (%)", help=said("Share of the images with each given label that is kept.")
    )
    if not view.class_names:
        st.caption("This run has no names of classes.")
        return
    last_C = view.kept_share_RC[-1]
    rounds = [f"round {item.record.round + 1}" for item in view.outcomes]
    chart(
        kept_by_class(view.kept_share_RC, view.class_names),
        of_run(run, "kept by class (%)"),
        lambda: grid("given label", view.class_names, rounds, view.kept_share_RC.T),
        key="classes",
        alt="Share of each class kept; after the last round from "
        f"{percent(float(last_C.min()))} to {percent(float(last_C.max()))}",
    )


def _show_overlap(view: RoundsView) -> None:
    with st.expander("Overlap between rounds"):
        names = [f"round {item.record.round + 1}" for item in view.outcomes]
        frame = pd.DataFrame(100 * view.overlap_RR, index=names, columns=names)
        st.dataframe(frame.style.format("{:.1f} %"))
        st.caption(said("Images kept by both rounds, of those kept by either."))
