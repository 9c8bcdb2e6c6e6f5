"""Small pieces that the sections of the lesson share."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

import streamlit as st

from mild.figures import palette
from mild.ui.words import percent

EPOCH = "One pass over all images of the training set."
AUROC = (
    "How often a mislabeled image, drawn at random, looks more suspicious than a clean one. "
    ".5 is chance, 1 is a perfect order."
)
PRECISION = "Share of the kept images whose given label is right."
RECALL = "Share of the images with a right label that are kept."
F1 = (
    "Of the flagged images as “mislabeled”: the harmonic mean of how many of the flagged are "
    "mislabeled and how many of the mislabeled are flagged."
)
P_CLEAN = "How likely the given label is right, under the mixture fitted to the recorded run."
LOG_LIKELIHOOD = (
    "Natural logarithm of the probability that a mixture gives to the recorded counts. "
    "Higher is better; 0 would be certainty."
)


def terms(text: str) -> str | None:
    """Explain the technical terms in a text, for its tooltip; None where there is none."""
    known = {"AUROC": AUROC, "F1": F1, "precision": PRECISION, "P(clean)": P_CLEAN}
    found = [f"**{name}**: {meaning}" for name, meaning in known.items() if name in text]
    return "\n\n".join(found) or None


def signed(number: float, digits: int = 0) -> str:
    """Write a number with separators and a true minus sign."""
    return f"{number:,.{digits}f}".replace("-", "−")


def probability(share: float) -> str:
    """Write a probability in per cent; a fit is never certain, even where rounding says so."""
    if share >= 0.9995:
        return "over 99.9 %"
    return "under 0.1 %" if share < 0.0005 else percent(share)


def task(text: str) -> None:
    """Draw something to do, set apart from what there is to read."""
    st.info(text, icon=":material/touch_app:")


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with its name, a note below it, and what it means."""

    name: str
    value: str
    note: str = ""
    help: str | None = None


def figures(*shown: Figure) -> None:
    """Show numbers side by side, as many to a line as there is room for."""
    with st.container(horizontal=True, gap="medium"):
        for item in shown:
            st.metric(
                item.name, item.value, item.note or None, "off", delta_arrow="off",
                help=item.help, width="content",
            )  # fmt: skip


def strip(memorized: Iterable[bool], cells: Iterable[str] = (), n_epochs: int = 0) -> None:
    """Draw a timeline: a cell per epoch, teal memorized, yellow misclassified, grey to come."""
    states = list(memorized)
    texts = [*cells, *[""] * len(states)]
    parts = [
        _cell(palette.MEMORIZED if state else palette.MISCLASSIFIED, text, dark=state)
        for state, text in zip(states, texts, strict=False)
    ]
    parts += [_cell(palette.NOT_SEEN, "", dark=True)] * max(0, n_epochs - len(states))
    spoken = ", ".join("memorized" if state else "misclassified" for state in states)
    st.html(
        f"<div role='img' aria-label='Epoch by epoch: {spoken or 'nothing yet'}' "
        f"style='display:flex;gap:2px;width:100%'>{''.join(parts)}</div>"
    )


def key_of_colours(note: str = "") -> None:
    """Draw which colour means what, and a note."""
    st.html(
        "<p style='font-size:0.85rem;opacity:0.85'>"
        f"{_swatch(palette.MEMORIZED)} memorized &nbsp; {_swatch(palette.MISCLASSIFIED)} "
        f"misclassified &nbsp; {_swatch(palette.NOT_SEEN)} not seen yet"
        f"{f' &nbsp;·&nbsp; {escape(note)}' if note else ''}</p>"
    )


def _cell(rgb: tuple[int, int, int], text: str, *, dark: bool) -> str:
    return (
        f"<span style='flex:1;height:1.9rem;border-radius:2px;background:{palette.hex_of(rgb)};"
        f"color:{'#ffffff' if dark else '#1c2530'};text-align:center;font-size:0.8rem;"
        f"line-height:1.9rem;overflow:hidden'>{escape(text)}</span>"
    )


def _swatch(rgb: tuple[int, int, int]) -> str:
    return (
        "<span style='display:inline-block;width:0.8em;height:0.8em;border-radius:2px;"
        f"background:{palette.hex_of(rgb)}'></span>"
    )
