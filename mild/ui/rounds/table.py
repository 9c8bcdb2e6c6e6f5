"""The table of rounds: what each kept, how clean that is, and what was fitted."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from mild.analysis.rounds.estimates import Guess
from mild.analysis.rounds.side_by_side import RoundOutcome, RoundsView
from mild.scale import scale_of
from mild.ui.said import said
from mild.ui.words import percent, score

_COMPONENT = "Weight, shape and scale (epochs) of the fitted Weibull component"
_CLEAN = "Share of the kept images whose label is right"
_KEPT = "Share of all images with a right label that are kept"
_INTERVAL = (
    "; by planted labels, a later round by what round 1 leaves; without any by the fit alone, and "
    "where that is wrong, so is the estimate. With the 95 % interval."
)
_MEASURED = "; measured by images that were checked, with the 95 % interval."
_TEXTS = {
    "Mislabeled, measured": "Share of the mislabeled in what the round trained on" + _MEASURED,
    "Precision of kept, measured": _CLEAN + _MEASURED,
    "Recall of clean, measured": _KEPT + _MEASURED,
    "Mislabeled, estimated": "Share of the mislabeled in what the round trained on, as fitted",
    "Precision of kept": _CLEAN,
    "Precision of kept, estimated": _CLEAN + _INTERVAL,
    "Recall of clean": _KEPT,
    "Recall of clean, estimated": _KEPT + _INTERVAL,
    "F1 of flagged": "Of all flagged so far as mislabeled: harmonic mean of precision and recall",
    "Clean component": _COMPONENT,
    "Mislabeled component": _COMPONENT,
    "Held-out accuracy": "After the last epoch of the round",
}
_PLANTED = "Trained with a label that was changed on purpose, and neither kept nor flagged"
_CUT = "Kept are the images misclassified in fewer epochs than this"


def rounds_table(view: RoundsView, *, ranges: bool = False) -> None:
    """Draw one line per finished round; with `ranges` estimates are ranges, not single figures."""
    whole = ("Trained on", "Planted", "Kept", "Added", "Dropped")
    st.dataframe(
        pd.DataFrame([_row(item, view, ranges) for item in view.outcomes]),
        hide_index=True,
        column_config={
            **{name: st.column_config.NumberColumn(format="localized") for name in whole},
            **{
                name: st.column_config.TextColumn(help=said(text), alignment="right")
                for name, text in _TEXTS.items()
            },
            "Planted": st.column_config.NumberColumn(help=_PLANTED, format="localized"),
            "Cut": st.column_config.NumberColumn(help=said(_CUT), format="%.4g"),
        },
    )


def _row(item: RoundOutcome, view: RoundsView, ranges: bool) -> dict[str, object]:
    record = item.record
    return {
        "Round": record.round + 1,
        "Epochs": record.epochs,
        "Trained on": record.trained_on,
        "Planted": record.planted,
        "Kept": record.kept,
        "Added": item.added,
        "Dropped": item.dropped,
        "Cut": record.cut,
        **(_true(item) if view.truth_known else _guessed(item, view.measured, ranges)),
        "Held-out accuracy": score(item.accuracy),
        "Clean component": _component(item, 0),
        "Mislabeled component": _component(item, 1),
    }


def _true(item: RoundOutcome) -> dict[str, str]:
    return {
        "Mislabeled, estimated": percent(item.record.noise_rate_estimate),
        "Precision of kept": score(item.record.precision),
        "Recall of clean": score(item.record.recall),
        "F1 of flagged": score(item.record.f1_flagged),
    }


def _guessed(item: RoundOutcome, measured: bool, ranges: bool) -> dict[str, str]:
    how = "measured" if measured else "estimated"
    titles = [f"{title}, {how}" for title in ("Mislabeled", "Precision of kept", "Recall of clean")]
    shares = item.guesses.shares() if item.guesses else (None,) * len(titles)
    ranges = ranges and not measured
    return {
        title: _words(title, guess, ranges) for title, guess in zip(titles, shares, strict=True)
    }


def _words(title: str, guess: Guess | None, ranges: bool) -> str:
    if guess is None:
        return "–"
    scale = scale_of(title)
    if ranges:
        return scale.span(guess.between)
    return scale.write(guess.share) + scale.between(guess.between)


def _component(item: RoundOutcome, j: int) -> str:
    if item.weight_J is None or item.shape_J is None or item.scale_J is None:
        return "not fitted"
    return f"{item.weight_J[j]:.3f}, {item.shape_J[j]:.2f}, {item.scale_J[j]:.1f}"
