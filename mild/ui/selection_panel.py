"""The selection page: the histogram, the cut, and what the cut keeps."""

from __future__ import annotations

import streamlit as st

from mild.figures.histogram import metric_histogram
from mild.store.run import Run
from mild.ui.boundary import fragment
from mild.ui.round_view import RoundView
from mild.ui.words import count, interval, percent, plain

_SCORES = (
    ("Precision of kept", "precision", "Share of the kept images whose label is right"),
    ("Recall of clean", "recall", "Share of the images with a right label that are kept"),
    ("F1 of flagged", "f1_flagged", "How well the flagged images are the mislabeled ones"),
)


def show(run: Run, number: int, view: RoundView) -> None:
    """One round; the cut is answered without loading the page again."""
    asked = run.config().rounds[number].epochs
    if view.n_epochs < asked:
        st.info(
            f"{view.n_epochs} of {asked} epochs are recorded. The cut is provisional; "
            "reload the page for the epochs that have come since."
        )
    fragment(_adjust)(run.run_id, number, view)


def _adjust(run_id: str, number: int, view: RoundView) -> None:
    key = f"cut {run_id} {number} {view.n_epochs}"
    if key not in st.session_state:
        st.session_state[key] = _cut_in_address(view)
    cut = st.slider(
        f"Keep images misclassified in fewer than this many of {view.n_epochs} epochs",
        0,
        view.n_epochs + 1,
        key=key,
        help="An image with a smaller count than the cut is kept, every other one is flagged.",
    )
    st.query_params["cut"] = str(cut)
    if cut != view.selection.cut:
        st.caption(
            f"The rule {view.selection.rule} cuts at {view.selection.cut}; "
            "moving the cut here looks, it does not change the run."
        )
    st.plotly_chart(metric_histogram(view.bars(cut), view.expected(), cut), key="histogram")
    _counts(view, cut)
    _notes(view)


def _cut_in_address(view: RoundView) -> int:
    asked = st.query_params.get("cut", "")
    if asked.isascii() and asked.isdigit():
        return min(int(asked[:9]), view.n_epochs + 1)
    return view.selection.cut


def _counts(view: RoundView, cut: int) -> None:
    kept = view.kept(cut)
    columns = st.columns(5)
    columns[0].metric(
        "Kept", count(kept), f"{percent(kept / view.n)} of the round", "off", delta_arrow="off"
    )
    columns[1].metric(
        "Flagged", count(view.n - kept), percent(1 - kept / view.n), "off", delta_arrow="off"
    )
    estimate = view.estimate(cut)
    truth = view.truth
    for column, (title, name, help_) in zip(columns[2:], _SCORES, strict=True):
        guess = getattr(estimate, name) if estimate else None
        between = interval(getattr(estimate, f"{name}_interval")) if estimate else ""
        note = f"estimated {percent(guess)}"
        if truth is not None:
            value = percent(float(getattr(truth, name)[cut]))
        else:
            value, note = percent(guess), "estimated"
        column.metric(
            title, value, note, "off", delta_arrow="off",
            help=f"{help_}. 95 % interval of the estimate: {between or 'none'}.",
        )  # fmt: skip
    if truth is None:
        st.caption(
            "Clean labels are unknown here: precision, recall and F1 are estimates from the fit."
        )


def _notes(view: RoundView) -> None:
    selection = view.selection
    if selection.note:
        st.info(plain(selection.note))
    mixture = selection.mixture
    if mixture is None:
        return
    estimate = view.estimate(selection.cut)
    between = interval(estimate.noise_rate_interval) if estimate else ""
    known = ""
    if view.clean_by_count is not None:
        known = f" In truth it is {percent(1 - view.clean_by_count.sum() / view.n)}."
    st.markdown(
        "The fit puts the share of mislabeled images at "
        f"**{percent(selection.noise_rate_estimate)}**"
        f"{f' (95 % interval {between})' if between else ''}.{known} "
        f"By the fit, half of the clean images are misclassified in "
        f"{_epochs(mixture.median[0], view.n_epochs)}, half of the mislabeled ones in "
        f"{_epochs(mixture.median[1], view.n_epochs)}."
    )


def _epochs(median: float, n_epochs: int) -> str:
    if median >= n_epochs:
        return f"all {n_epochs} epochs"
    return f"at most {max(0, round(median))} of {n_epochs} epochs"
