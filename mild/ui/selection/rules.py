"""All rules side by side, and one cut per class, as tables."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from mild.analysis.rounds.round_view import RoundView
from mild.analysis.rounds.select_round import select_round
from mild.config import SelectionConfig
from mild.core.selection import DEFAULT, RULES, Selection, cut_of_rule, make_rule
from mild.scale import SCORE, scale_of
from mild.store.run import Run
from mild.ui.cache.decorators import per_run
from mild.ui.cache.rounds import instances, load_round
from mild.ui.class_names import class_names
from mild.ui.heard import part, whole
from mild.ui.said import noun
from mild.ui.words import count, cut_text, plain

BEST = "best possible"
BEST_IN_WORDS = "highest F1 of flagged; needs clean labels"
MAX_CLASSES = 200
"""A fit per class takes a few hundredths of a second; with more classes this is no page's work."""

_SCORES = {"precision": "precision", "recall": "recall", "f1_flagged": "F1"}


def show_rules(
    run: Run,
    number: int,
    view: RoundView,
    cut: float,
    take: Callable[[float], None],
    *,
    ranges: bool = False,
    estimates: bool = True,
) -> None:
    """List every rule's cut, what it keeps, how good it is; a click on a row takes its cut.

    With `ranges`, where estimates are rough, they have fewer decimals; without `estimates` they are
    left out.
    """
    rows = _rule_rows(run, number, view.n_epochs)
    key = f"take {run.run_id} {number} {view.n_epochs}"

    def taken() -> None:
        row = whole(part(st.session_state[key], "row"), 0, len(rows) - 1)
        if row is not None:
            take(float(rows[row]["Cut"]))

    frame, scores = _written(rows, cut, ranges=ranges, estimates=estimates)
    st.dataframe(
        frame,
        hide_index=True,
        column_order=["Take", *[name for name in frame.columns if name != "Take"]],
        column_config={
            "Take": st.column_config.ButtonColumn("Cut here", on_click=taken, key=key),
            "How": st.column_config.TextColumn("How it cuts", width="large"),
            "Cut": st.column_config.TextColumn(alignment="right"),
            "Kept": st.column_config.NumberColumn(format="localized"),
            "Kept (%)": st.column_config.NumberColumn(format="%.1f"),
            **{name: st.column_config.TextColumn(alignment="right") for name in scores},
        },
    )


def _written(
    rows: list[dict[str, Any]], cut: float, *, ranges: bool, estimates: bool
) -> tuple[pd.DataFrame, list[str]]:
    """Write a rule's figures as the field does; return the table, and which columns are scores."""
    frame = pd.DataFrame(rows)
    if not estimates:
        frame = frame.drop(columns=[name for name in frame.columns if name.startswith("Est.")])
    scores = [name for name in frame.columns if scale_of(name) is SCORE]
    for name in scores:
        write = SCORE.rough if ranges and name.startswith("Est.") else SCORE.write
        frame[name] = [write(value) for value in frame[name]]
    frame["Cut"] = [cut_text(item) for item in frame["Cut"]]
    frame["Take"] = ["taken" if item == cut_text(cut) else "take" for item in frame["Cut"]]
    return frame, scores


def rule_rows(view: RoundView, settings: SelectionConfig) -> list[dict[str, Any]]:
    """Make a row per rule that has what it needs, and one for the best cut where truth is known."""
    noise_rate = view.selection.noise_rate_estimate or 0.0
    rows = []
    for name in RULES:
        rule = make_rule(name, **settings.numbers).guessed(noise_rate).within(view.n_epochs)
        if rule.lacking or (rule.needs_mixture and not view.selection.mixture):
            continue
        cut = cut_of_rule(view.selection, view.score_N, rule)
        own = " (this run's)" if name == view.selection.rule else ""
        rows.append(_row(view, f"{name}{own}", rule.in_words(), cut))
    if (best := view.best_cut()) is not None:
        rows.append(_row(view, BEST, BEST_IN_WORDS, best))
    return rows


def show_classes(run: Run, number: int, view: RoundView) -> None:
    """Show a cut of its own for every given label, on request."""
    n_classes = len(np.unique(instances(run).given_N))
    asked = st.toggle(
        "One cut per class",
        key="per class",
        disabled=n_classes > MAX_CLASSES,
        help="Fits every given label by itself: for data where some classes are learned later "
        f"than others. At most {MAX_CLASSES} classes.",
    )
    if not asked:
        return
    found = _per_class(run, number, view.n_epochs)
    names = class_names(run)
    emptied = [plain(names[item.given]) for item in found.class_cuts if item.emptied]
    if emptied:
        st.warning(
            f"Almost nothing would be kept of {', '.join(emptied[:10])}: look at these "
            f"{noun().many} before you use cuts per class.",
            icon=":material/warning:",
        )
    st.markdown(
        f"Together these cuts keep **{count(found.n_kept)}** and flag **{count(found.n_flagged)}** "
        f"{noun().many}; the one cut {cut_text(found.cut)} keeps {count(view.kept(found.cut))}."
    )
    st.dataframe(_class_frame(found, names), hide_index=True, column_config=_class_columns())


@per_run(64)
def _rule_rows(run: Run, number: int, n_epochs: int) -> list[dict[str, Any]]:
    return rule_rows(load_round(run, number, n_epochs), run.config().selection)


@per_run(16, "Fitting every class …")
def _per_class(run: Run, number: int, n_epochs: int) -> Selection:
    settings = run.config().selection
    if not settings.made_rule().fits_classes:
        settings = settings.model_copy(update={"rule": DEFAULT.name})
    found = select_round(run, number, settings, n_epochs=n_epochs, per_class=True)
    return replace(found, score_N=None, planted_N=None, kept_N=None)


def _class_frame(found: Selection, names: Any) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Class": [names[item.given] for item in found.class_cuts],
            noun().many.capitalize(): [item.n for item in found.class_cuts],
            "Cut": [item.cut for item in found.class_cuts],
            "Kept": [item.n_kept for item in found.class_cuts],
            "Kept (%)": [100 * item.n_kept / max(1, item.n) for item in found.class_cuts],
            "Alarm": ["almost emptied" if item.emptied else "" for item in found.class_cuts],
        }
    )


def _row(view: RoundView, rule: str, how: str, cut: float) -> dict[str, Any]:
    row: dict[str, Any] = {
        "Rule": rule,
        "Cut": cut,
        "Kept": view.kept(cut),
        "Kept (%)": 100 * view.kept(cut) / view.n,
    }
    estimate, truth = view.estimate(cut), view.truth(cut)
    for name, title in _SCORES.items():
        if estimate is not None:
            row[f"Est. {title}"] = getattr(estimate, name)
        if truth is not None:
            row[f"True {title}"] = getattr(truth, name)
    return row | {"How": how}


def _class_columns() -> dict[str, Any]:
    return {
        "Cut": st.column_config.NumberColumn(format="%.4g"),
        noun().many.capitalize(): st.column_config.NumberColumn(format="localized"),
        "Kept": st.column_config.NumberColumn(format="localized"),
        "Kept (%)": st.column_config.ProgressColumn(format="%.1f", min_value=0, max_value=100),
    }
