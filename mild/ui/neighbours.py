"""The instances nearest to the cut, on either side of it, with their labels."""

from __future__ import annotations

import base64
import html
import io
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import streamlit as st
from PIL import Image

from mild.analysis.rounds.round_view import RoundView
from mild.analysis.samples.small import SmallSample
from mild.figures import palette
from mild.figures.samples.card import STYLE
from mild.store.run import Run
from mild.ui import samples
from mild.ui.cache.rounds import instances
from mild.ui.class_names import class_names
from mild.ui.words import visible

N_SIDE = 24
MOST_OF_TITLE = 300
"""Characters of a name that is told where the pointer rests."""
SIDE_PIXELS = 56

_STYLE = f"""<style>
.mild-sheet {{ display: flex; flex-wrap: wrap; gap: 8px 6px; }}
.mild-sheet figure {{
  width: 72px; margin: 0; text-align: center; font-size: 0.72rem; line-height: 1.15;
}}
.mild-sheet figcaption div {{ overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }}
.mild-sheet img {{
  width: {SIDE_PIXELS}px; height: {SIDE_PIXELS}px; object-fit: contain;
  border-bottom: 4px solid transparent;
}}
.mild-sheet .coarse {{ image-rendering: pixelated; }}
.mild-sheet .clean {{ border-color: {palette.CLEAN}; }}
.mild-sheet .mislabeled {{ border-color: {palette.MISLABELED}; }}
.mild-sheet .worded {{ width: clamp(8.5rem, 48%, 11.5rem); text-align: start; }}
</style>"""


_COLOURS = {"clean": palette.CLEAN, "mislabeled": palette.MISLABELED}


@dataclass(frozen=True, kw_only=True, slots=True)
class Card:
    """One instance in words, and what it is."""

    index: int
    name: str
    given: str
    predicted: str
    """The label predicted in the last epoch counted."""
    misclassified: int
    mislabeled: bool | None
    """None where clean labels are unknown."""
    thumbnail: npt.NDArray[np.uint8] | None
    sample: SmallSample | None = None
    """In the place of a picture, where the run holds what is none."""


def nearest_slots(view: RoundView, cut: float) -> tuple[list[int], list[int]]:
    """Return slots of up to N_SIDE kept and N_SIDE flagged instances, nearest to the cut first."""
    n_kept = view.kept(cut)
    kept = view.slot_N[max(0, n_kept - N_SIDE) : n_kept][::-1]
    return kept.tolist(), view.slot_N[n_kept : n_kept + N_SIDE].tolist()


def cards(run: Run, number: int, slots: list[int], n_epochs: int) -> list[Card]:
    """Describe instances of a round by their slots, as known after its first `n_epochs` epochs."""
    known, names = instances(run), class_names(run)
    index_S = np.asarray(run.index(number)[slots])
    thumbnails = run.thumbnails()
    small = [] if thumbnails is not None else samples.in_small(run, index_S)
    predicted_S = run.predictions(number)[n_epochs - 1, slots]
    status_EK = run.status(number)[:n_epochs]
    found = []
    for place, (slot, index, predicted) in enumerate(zip(slots, index_S, predicted_S, strict=True)):
        memorized = (np.asarray(status_EK[:, slot // 8]) >> (7 - slot % 8)) & 1
        given = int(known.given_N[index])
        found.append(
            Card(
                index=int(index),
                name=visible(str(known.names[index]), MOST_OF_TITLE),
                given=names[given],
                predicted=names[int(predicted)],
                misclassified=n_epochs - int(memorized.sum()),
                mislabeled=None if known.clean_N is None else bool(given != known.clean_N[index]),
                thumbnail=None if thumbnails is None else np.asarray(thumbnails[index]),
                sample=small[place] if small else None,
            )
        )
    return found


def show(run: Run, number: int, view: RoundView, cut: float) -> None:
    """Draw both sides of the cut, next to each other."""
    kept, flagged = nearest_slots(view, cut)
    columns = st.columns(2, gap="medium")
    sides = (("kept", kept, "Just kept"), ("flagged", flagged, "Just flagged"))
    for column, (side, slots, title) in zip(columns, sides, strict=True):
        with column:
            st.markdown(f"**{title}**")
            if slots:
                st.html(sheet(cards(run, number, slots, view.n_epochs)))
            else:
                st.caption(f"This cut leaves nothing {side}.")


def sheet(shown: list[Card]) -> str:
    """Write pictures, or what is in their place, with labels as HTML; everything is escaped."""
    rows = "".join(_figure(card) for card in shown)
    style = _STYLE + STYLE if any(card.sample for card in shown) else _STYLE
    return f"{style}<div class='mild-sheet'>{rows}</div>"


def _figure(card: Card) -> str:
    lines = [card.given, f"→ {card.predicted}"]
    truth = {True: "mislabeled", False: "clean", None: "clean label unknown"}[card.mislabeled]
    title = (
        f"{card.name}: given {card.given}, last predicted as {card.predicted}, misclassified in "
        f"{card.misclassified} epochs, {truth}"
    )
    text = "".join(f"<div>{html.escape(line)}</div>" for line in lines)
    kind = {True: "mislabeled", False: "clean", None: ""}[card.mislabeled]
    worded = "" if card.sample is None else " class='worded'"
    return (
        f"<figure{worded} title='{html.escape(title, quote=True)}'>"
        f"{_image(card, kind)}<figcaption>{text}</figcaption></figure>"
    )


def _image(card: Card, kind: str) -> str:
    if card.sample is not None:
        return samples.as_card(card.sample, _COLOURS.get(kind, ""))
    if card.thumbnail is None:
        return ""
    small = max(card.thumbnail.shape[:2]) <= 16
    buffer = io.BytesIO()
    coding = "PNG" if small else "JPEG"
    image = Image.fromarray(card.thumbnail)
    image.thumbnail((2 * SIDE_PIXELS, 2 * SIDE_PIXELS))  # enough for a fine screen
    image.save(buffer, coding, **({} if small else {"quality": 85}))
    coded = base64.b64encode(buffer.getvalue()).decode()
    alt = html.escape(f"{card.name}, given label {card.given}", quote=True)
    classes = f"{kind} coarse" if small else kind
    return f"<img class='{classes}' alt='{alt}' src='data:image/{coding.lower()};base64,{coded}'>"
