"""The selection page: the histogram, the cut, what it keeps, and what to do with it."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from mild.analysis.instances.held_out import held_out_words
from mild.analysis.rounds.every_cut import every_cut, one_cut
from mild.analysis.rounds.round_view import RoundView
from mild.store.run import Run
from mild.ui import neighbours, trust
from mild.ui.cache.rounds import load_round
from mild.ui.components.cut import cut_chart, cut_format
from mild.ui.frame.boundary import fragment
from mild.ui.said import noun, said
from mild.ui.saving import of_run, save
from mild.ui.selection import numbers, what_next
from mild.ui.selection import rules as selection_rules
from mild.ui.selection.fit_words import describe_fit
from mild.ui.selection.look import Look, look_at
from mild.ui.selection.table import cut_table
from mild.ui.words import cut_text, parse_cut


def show(run: Run, number: int) -> None:
    """Show one round; the cut is answered without loading the page again."""
    fragment(_panel)(run, number, run.n_epochs(number))


def _panel(run: Run, number: int, recorded: int) -> None:
    trusted = st.container()
    left, right = st.columns([5, 3], gap="medium")
    with left:
        chart, below = st.container(), st.container()
    with below:
        n_epochs = _stopped_at(run, number, recorded)
    view = load_round(run, number, n_epochs)
    key = f"cut {run.run_id} {number} {n_epochs}"
    with right:
        cut = _ask_cut(view, key)
        look = look_at(run, number, recorded, view, cut, _taker(key))
        numbers.show(look)  # sent first: who lets go of the cut waits for these
        what_next.show(look)
    with chart:
        _chart(look, key)
    with trusted:
        sides = look.sides
        trust.banner(look.trust, run, sides=None if sides is None else lambda: sides)
    _below(look)


def _below(look: Look) -> None:
    """Show what one looks at more closely."""
    run, number, view = look.run, look.number, look.view
    describe_fit(view, ranges=look.trust.ranges, estimates=look.trust.estimates)
    if words := held_out_words(run):
        st.caption(words)
    st.subheader(
        "On either side of the cut",
        help=f"Under each {noun().one} its given label, and after the arrow what the network "
        "predicted in the last epoch; blue is clean, orange mislabeled, where that is known. Point "
        "at one for its name.",
    )
    neighbours.show(run, number, view, look.cut)
    st.subheader("Rules side by side")
    selection_rules.show_rules(
        run, number, view, look.cut, look.take,
        ranges=look.trust.ranges, estimates=look.trust.estimates,
    )  # fmt: skip
    selection_rules.show_classes(run, number, view)


def _ask_cut(view: RoundView, key: str) -> float:
    if key not in st.session_state:
        st.session_state[key] = _cut_in_address(view)
    cut = st.number_input(
        "Cut (misclassified epochs)", 0.0, view.n_epochs + 1.0, step=0.1, key=key,
        format=cut_format(view.n_epochs),
        help=said(f"An image misclassified in fewer of the {view.n_epochs} epochs than this is ")
        + "kept, every other one is flagged. Within a count, those with a lower loss are kept "
        "first: 7.5 keeps half of those misclassified in 7 epochs. Drag the line in the chart, use "
        "arrow keys on it (with Shift: a tenth), or type here.",
    )  # fmt: skip
    st.query_params["cut"] = cut_text(cut)
    return cut


def _taker(key: str) -> Callable[[float], None]:
    def take(cut: float) -> None:
        st.session_state[key] = float(cut)

    return take


def _stopped_at(run: Run, number: int, recorded: int) -> int:
    """Ask how many epochs to count: all, or fewer to see what stopping early had meant."""
    asked = run.config().rounds[number].epochs
    if recorded < asked:
        more = " Reload the page for the epochs that have come since." if run.state().live else ""
        st.caption(f"{recorded} of {asked} epochs are recorded, so this cut is provisional.{more}")
    if recorded < 2:
        return recorded
    key = f"epochs {run.run_id} {number} {recorded}"
    if key not in st.session_state:
        asked_for = st.query_params.get("epochs", "")
        whole = asked_for.isascii() and asked_for.isdigit()
        st.session_state[key] = min(max(1, int(asked_for[:9])), recorded) if whole else recorded
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
    asked = parse_cut(st.query_params.get("cut", ""), own, view.n_epochs + 1.0)
    return float(own if asked is None else asked)


def _chart(look: Look, key: str) -> None:
    view, own = look.view, look.view.selection.cut
    with_scores = view.truth_known or (look.measured is None and not look.trust.ranges)
    cut_chart(
        every_cut(view),
        one_cut(view, look.cut),
        key=f"chart {key}",
        field=key,
        on_cut=look.take,
        with_scores=with_scores,
        things=noun().many,
    )
    if look.cut == own:
        words = f"This is where the rule {view.selection.rule} cuts."
    else:
        words = (
            f"The rule {view.selection.rule} cuts at {cut_text(own)}. Moving the cut here only "
            "looks; it changes nothing in the run."
        )
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(words, width="stretch")  # always there, so that nothing beneath is built anew
        save(
            of_run(look.run, "metric", look.number),
            lambda: cut_table(view, look.cut),
            of=f"chart {key}",
        )
