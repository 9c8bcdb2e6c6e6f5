"""The selection page: the histogram, the cut, and what the cut keeps."""

from __future__ import annotations

import math
from collections.abc import Callable

import streamlit as st

from mild.analysis.checks.sides import sides_of_round
from mild.analysis.instances.held_out import held_out_words
from mild.analysis.rounds.every_cut import every_cut, one_cut
from mild.analysis.rounds.round_view import RoundView
from mild.analysis.trust.gather import trust_in_view
from mild.core.spot_check import SpotCheck
from mild.figures.histogram import metric_histogram
from mild.store.run import Run
from mild.ui import apply, neighbours, trust
from mild.ui.boundary import fragment
from mild.ui.cache import load_round
from mild.ui.checked import measured_at
from mild.ui.components.cut import cut_chart, cut_format
from mild.ui.saving import save_box
from mild.ui.selection import check as selection_check
from mild.ui.selection import rules as selection_rules
from mild.ui.selection.fit_words import describe_fit
from mild.ui.words import between, count, cut_asked, cut_text, percent, plain

_SCORES = (
    ("Precision of kept", "precision", "Share of the kept images whose label is right"),
    ("Recall of clean", "recall", "Share of the images with a right label that are kept"),
    ("F1 of flagged", "f1_flagged", "How well the flagged images are the mislabeled ones"),
)

_HOW = {
    False: "The estimate is by the fit alone; 95 % of refits to resampled images lie in the "
    "interval, which knows nothing of a fit that is wrong.",
    True: "The estimate is by what became of the planted labels, which are known to be wrong, "
    "with its 95 % interval.",
}


def show(run: Run, number: int) -> None:
    """One round; the cut is answered without loading the page again."""
    asked = run.config().rounds[number].epochs
    recorded = run.n_epochs(number)
    if recorded < asked:
        st.info(
            f"{recorded} of {asked} epochs are recorded. The cut is provisional; "
            "reload the page for the epochs that have come since."
        )
    fragment(_adjust)(run, number, recorded)


def _adjust(run: Run, number: int, recorded: int) -> None:
    left, right = st.columns([2, 1], gap="large", vertical_alignment="bottom")
    with left:
        n_epochs = _stopped_at(run, number, recorded)
    view = load_round(run, number, n_epochs)
    trusted = st.container()
    key = f"cut {run.run_id} {number} {n_epochs}"
    if key not in st.session_state:
        st.session_state[key] = _cut_in_address(view)
    cut = right.number_input(
        "Cut (misclassified epochs)", 0.0, n_epochs + 1.0, step=0.1, key=key,
        format=cut_format(n_epochs),
        help=f"An image misclassified in fewer of the {n_epochs} epochs than this is kept, every "
        "other one is flagged. Within a count, images with a lower loss are kept first: 7.5 keeps "
        "half of those misclassified in 7 epochs. Drag the line in the chart, use arrow keys on "
        "it (with Shift: a tenth), or type here.",
    )  # fmt: skip
    st.query_params["cut"] = cut_text(cut)
    take = _taker(key)
    chart, numbers = st.container(), st.container()
    sides = None
    if n_epochs == recorded:
        sides = sides_of_round(run, number, None if cut == view.selection.cut else cut)
    found = measured_at(run, sides)
    note = trust_in_view(run, number, view, check=found)
    with trusted:
        trust.banner(note, run, sides=None if sides is None else lambda: sides)
    with numbers:
        _counts(view, cut, found)  # sent first: who lets go of the cut waits for these
    with chart:
        with_scores = found is None or view.truth_known
        cut_chart(
            every_cut(view), one_cut(view, cut), key=f"chart {key}", on_cut=take,
            with_scores=with_scores,
        )  # fmt: skip
        _beneath_the_chart(run, number, view, cut)
    if sides is not None and run.rounds():  # before the first, the review page has no images
        selection_check.show(run, sides, view, found, take)
    apply.show(run, number, cut, n_epochs)
    describe_fit(view)
    if words := held_out_words(run):
        st.caption(words)
    st.subheader(
        "On either side of the cut",
        help="Under each picture its given label, and after the arrow what the network took it "
        "for in the last epoch; blue is clean, orange mislabeled, where that is known. Hold the "
        "pointer over a picture for its name.",
    )
    neighbours.show(run, number, view, cut)
    st.subheader("Rules side by side")
    selection_rules.show_rules(run, number, view, cut, take)
    selection_rules.show_classes(run, number, view)


def _taker(key: str) -> Callable[[float], None]:
    def take(cut: float) -> None:
        st.session_state[key] = float(cut)

    return take


def _stopped_at(run: Run, number: int, recorded: int) -> int:
    """How many epochs to count: all, or fewer to see what stopping early had meant."""
    if recorded < 2:
        return recorded
    key = f"epochs {run.run_id} {number} {recorded}"
    if key not in st.session_state:
        asked = st.query_params.get("epochs", "")
        whole = asked.isascii() and asked.isdigit()
        st.session_state[key] = min(max(1, int(asked[:9])), recorded) if whole else recorded
    n_epochs = int(
        st.slider(
            "What if the round had stopped after this epoch?",
            1,
            recorded,
            key=key,
            on_change=_epochs_changed,
            help="Counts, fits and cuts again with the first epochs alone; nothing is trained.",
        )
    )
    if n_epochs < recorded:
        st.query_params["epochs"] = str(n_epochs)
    else:
        st.query_params.pop("epochs", None)
    return n_epochs


def _epochs_changed() -> None:
    st.query_params.pop("cut", None)  # each number of epochs begins with its rule's own cut


def _cut_in_address(view: RoundView) -> float:
    own = view.selection.cut
    asked = cut_asked(st.query_params.get("cut", ""), own, view.n_epochs + 1.0)
    return float(own if asked is None else asked)


def _beneath_the_chart(run: Run, number: int, view: RoundView, cut: float) -> None:
    if cut == view.selection.cut:
        words = f"This is where the rule {view.selection.rule} cuts."
    else:
        words = (
            f"The rule {view.selection.rule} cuts at {cut_text(view.selection.cut)}; "
            "moving the cut here looks, it does not change the run."
        )
    st.caption(words)  # always there, so that nothing beneath it is built anew as the cut moves
    save_box(
        f"{run.run_id} round {number + 1} metric",
        lambda: _table(view, cut),
        lambda: metric_histogram(view.bars(cut), view.expected(), cut, view.posterior()),
        key=f"save {run.run_id} {number} {view.n_epochs}",
    )


def _table(view: RoundView, cut: float) -> dict[str, object]:
    counts = range(view.n_epochs + 1)
    columns: dict[str, object] = {
        "misclassified_epochs": list(counts),
        "metric": [2 * c - view.n_epochs for c in counts],
        "instances": view.n_by_count,
        "kept": [view.kept(min(c + 1, cut)) - view.kept(min(c, cut)) for c in counts],
    }
    if view.clean_by_count is not None:
        columns["clean"] = view.clean_by_count
    if view.planted_by_count is not None:
        columns["planted"] = view.planted_by_count
    expected, posterior = view.expected(), view.posterior()
    if expected is not None and posterior is not None:
        columns |= {"expected_clean": expected[0], "expected_mislabeled": expected[1]}
        columns["posterior_clean"] = posterior
    return columns


def _counts(view: RoundView, cut: float, found: SpotCheck | None) -> None:
    kept = view.kept(cut)
    columns = st.columns(5)
    columns[0].metric(
        "Kept", count(kept), f"{percent(kept / view.n)} of the round", "off", delta_arrow="off"
    )
    columns[1].metric(
        "Flagged", count(view.n - kept), percent(1 - kept / view.n), "off", delta_arrow="off"
    )
    estimate, truth = view.estimate(cut), view.truth(cut)
    for column, (title, name, help_) in zip(columns[2:], _SCORES, strict=True):
        guess = getattr(estimate, name) if estimate else None
        within = between(getattr(estimate, f"{name}_interval")) if estimate else ""
        value, note = percent(guess), f"estimated{within}"
        if found is not None and not math.isnan(getattr(found, name).value):
            figure = getattr(found, name)
            value, note = percent(figure.value), f"measured{between((figure.low, figure.high))}"
        if truth is not None:
            value = percent(getattr(truth, name))
            note = f"estimated {percent(guess)}{within}"
        column.metric(
            title, value, note, "off", delta_arrow="off",
            help=f"{help_}. {_HOW[view.selection.anchored is not None]} Measured is what was "
            "checked, with the exact 95 % interval.",
        )  # fmt: skip
    anchored = view.selection.anchored
    if truth is None and found is None:
        st.caption(
            "Clean labels are unknown here: precision, recall and F1 are estimates from the fit"
            + (f" to {count(anchored.n_planted)} planted labels." if anchored else ".")
        )
    if view.selection.note and view.selection.note != view.selection.trust.reason:
        st.info(plain(view.selection.note))
