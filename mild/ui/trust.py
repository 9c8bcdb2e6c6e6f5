"""The banner that says how far a selection can be trusted, and offers what would help."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import streamlit as st

from mild.analysis.checks.sides import Sides, sides_of_run
from mild.analysis.instances.measured import measure
from mild.analysis.trust.weigh import TrustNote, Weight
from mild.store.run import Run
from mild.ui import train_again
from mild.ui.cache.rounds import trust_note
from mild.ui.spot_check import check_button
from mild.ui.words import plain

ICONS: dict[Weight, str] = {
    "cannot tell": ":material/error:",
    "doubtful": ":material/help:",
    "fine": ":material/verified:",
}
COLOURS: dict[Weight, Literal["red", "orange", "green"]] = {
    "cannot tell": "red",
    "doubtful": "orange",
    "fine": "green",
}
CHIPS: dict[Weight, str] = {
    "cannot tell": "cannot tell",
    "doubtful": "doubtful",
    "fine": "can tell",
}


def banner(
    note: TrustNote | None,
    run: Run | None = None,
    *,
    where: str = "",
    sides: Callable[[], Sides] | None = None,
    key: str = "trust",
) -> None:
    """Say what a selection can tell, in the colour of its weight; nothing where nothing is known.

    Parameters
    ----------
    note
        From `mild.analysis.trust`.
    run
        With it the buttons that help are drawn; without, the words alone.
    where
        What it is about, such as "Round 2", in front of the words.
    sides
        Who is kept and flagged by what it is about, for a spot check; by default by the whole run.
    """
    if note is None:
        return
    told, why = (plain(text) for text in (note.told, note.why))
    icon, colour = ICONS[note.weight], COLOURS[note.weight]
    told = f"{where}: {told}" if where else told
    if note.weight == "fine":
        st.markdown(f":{colour}[{icon}] :small[{told}]")
        return
    # What holds it is coloured by its key, in page.css.
    with st.container(
        key=f"{key} banner {note.weight}", horizontal=True, vertical_alignment="center"
    ):
        st.markdown(f":{colour}[{icon}] **{told}** {why}", width="stretch")
        if run is not None:
            _what_helps(note, run, sides, key)


def run_banner(run: Run) -> TrustNote | None:
    """Draw the banner of a whole run and return it; None before the first round has ended."""
    note = trust_note(run)
    banner(note, run)
    return note


def chip(note: TrustNote | None) -> None:
    """Say the same in two words, for a line with others."""
    if note is not None:
        st.badge(CHIPS[note.weight], color=COLOURS[note.weight], help=plain(note.words))


def _what_helps(note: TrustNote, run: Run, sides: Callable[[], Sides] | None, key: str) -> None:
    """Offer what may help: the first as a button, the others beside it."""
    if note.epochs is not None and not run.config().recorded:
        train_again.offer(run, note.epochs, key=f"{key} epochs")
    if note.check_helps and run.rounds():
        check_button(run, sides or (lambda: sides_of_run(measure(run))), key=f"{key} check")
