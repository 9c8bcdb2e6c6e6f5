"""Lesson, the cut: one number decides what is kept, and two kinds of mistakes pull at it."""

from __future__ import annotations

import math

import numpy as np
import streamlit as st

from mild.analysis.rounds.every_cut import every_cut, one_cut
from mild.core.selection.expected_cost import expected_error_cut
from mild.core.selection.rules import RULES, Fitted, Rule, make_rule
from mild.figures.lesson.cuts import cost_by_cut, scores_by_cut
from mild.lesson import numbers
from mild.lesson.first_round import LessonRound
from mild.ui.components.cut import cut_chart
from mild.ui.learn import words as learn_words
from mild.ui.learn.address import remember, start_from_address
from mild.ui.learn.recorded import as_round, first_round
from mild.ui.learn.words import Figure
from mild.ui.saving import chart
from mild.ui.words import count, percent, score, score_between

F1 = "f1_flagged"
CUT = "learn cut"
KEEP, HIGHEST_PRICE = 0.6, 50
RULES_IN_WORDS = {
    "expected-error": "The cut with the fewest mistakes to be expected under the fit. The default. "
    "With planted labels, which this run has not, the cut with the highest F1 to be expected.",
    "posterior": "Keep while P(clean) is at least a share that you ask for, here {tau}: the "
    "cheapest cut under the fit at the price above.",
    "noisy-scale": "The authors': keep up to the scale of the mislabeled component. Made for many "
    f"rounds, each removing {100 / math.e:.1f} % of that component at most.",
    "noisy-mode": "Keep up to the mode, the most frequent value, of the mislabeled component.",
    "keep-fraction": f"Keep a given share with the lowest metric, here {100 * KEEP:.0f} %. Looks "
    "at no fit: right only if you know the share.",
    "manual": "Keep below a number that a person gives: the cut above.",
}


def show() -> None:
    """Move the cut; everything follows."""
    view = first_round("demo")
    st.markdown(
        "An image is **kept** if it was misclassified in fewer epochs than the *cut*, else it is "
        "**flagged**. A low cut throws clean images away, a high one lets mislabeled ones through."
    )
    start_from_address("cut", CUT, view.cut, 0, view.n_epochs + 1)
    with st.container(width=480):
        cut = int(
            st.number_input(
                f"Keep images misclassified in fewer than this many of {view.n_epochs} epochs",
                0, view.n_epochs + 1, step=1, key=CUT,
                help="Drag the line in the chart, use arrow keys on it, or type here.",
            )
        )  # fmt: skip
    remember("cut", cut)
    drawn = as_round("demo")
    cut_chart(
        every_cut(drawn), one_cut(drawn, cut), key="chart cut",
        whole=True,
        on_cut=lambda asked: st.session_state.update({CUT: round(asked)}),
    )  # fmt: skip
    _scores(view, cut)
    price = _trade_off(view, cut)
    st.subheader("What each rule does")
    _rules(view, cut, price)
    learn_words.task(
        "**Try.** Find the cut with the highest F1. Is it the one with the fewest mistakes? Now "
        "suppose that a kept wrong label costs ten lost clean images: where would you cut?"
    )


def _scores(view: LessonRound, cut: int) -> None:
    truth, estimate = view.truth, view.estimate(cut)
    kept = int(truth.n_kept[cut])
    shown = [
        Figure("Kept", count(kept), f"{count(view.kept_wrong(cut))} of them mislabeled"),
        Figure("Flagged", count(view.n - kept), f"{count(view.flagged_clean(cut))} of them clean"),
    ]
    for title, name, help_ in (
        ("Precision of kept", "precision", learn_words.PRECISION),
        ("Recall of clean", "recall", learn_words.RECALL),
        ("F1 of flagged", F1, learn_words.F1),
    ):
        low_high = getattr(estimate, f"{name}_interval")
        between = score_between(low_high).strip(" ()")
        shown.append(
            Figure(
                title, score(float(getattr(truth, name)[cut])),
                f"estimated {score(getattr(estimate, name))}",
                f"{help_} 95 % interval of the estimate: {between or 'none'}.",
            )
        )  # fmt: skip
    learn_words.figures(*shown)


def _trade_off(view: LessonRound, cut: int) -> int:
    """Draw the scores; return what a kept wrong label costs, in lost clean images."""
    left, right = st.columns(2, gap="medium")
    with left:
        st.subheader("Precision against recall")
        curves = {
            "precision of kept": view.truth.precision,
            "recall of clean": view.truth.recall,
            "F1 of flagged": view.truth.f1_flagged,
        }
        chart(
            scores_by_cut(curves, cut), "precision and recall by cut",
            lambda: {"cut": range(len(view.truth.recall)), **curves}, key="chart scores",
            alt="Precision falls and recall rises with the cut",
        )  # fmt: skip
    with right:
        price, cost = _price(view, cut)
    believed, real = cost["expected under the fit"], cost["in truth"]
    st.markdown(
        f"At {cut} epochs the fit expects mistakes worth **{believed[cut]:.1f}** clean images; in "
        f"truth they are worth **{real[cut]:.0f}**. The lowest point of the dotted curve is at "
        f"**{cheapest(view, price)}**, that of the other at **{int(np.argmin(real))}**; without "
        "clean labels one sees the dotted one only. At a price of 1 its lowest point is the "
        "default rule."
    )
    return price


def _price(view: LessonRound, cut: int) -> tuple[int, dict[str, list[float]]]:
    st.subheader("The price of mistakes", help="Clean images flagged, and wrong labels kept.")
    price = st.slider(
        "A kept wrong label costs as much as this many lost clean images", 1, HIGHEST_PRICE,
        key="learn price",
    )  # fmt: skip
    cost = {
        "in truth": numbers.cost(numbers.true_errors(view.clean_C, view.wrong_C), price),
        "expected under the fit": numbers.cost(
            numbers.expected_errors(view.mixture, view.n), price
        ),
    }
    chart(
        cost_by_cut(cost, cut), "cost of mistakes by cut",
        lambda: {"cut": range(len(cost["in truth"])), **cost}, key="chart mistakes",
        alt="What the mistakes of every cut cost, in truth and as the fit expects them",
    )  # fmt: skip
    return price, cost


def cheapest(view: LessonRound, price: int) -> int:
    """Return the cut with the least cost to be expected under the fit."""
    return expected_error_cut(view.mixture, tau=price / (1 + price))


def _rules(view: LessonRound, cut: int, price: int) -> None:
    tau = price / (1 + price)
    rows = []
    fitted = Fitted(n_by_count_C=view.n_by_count_C, mixture=view.mixture)
    for name in RULES:
        rule = make_rule(name, tau=tau, keep_fraction=KEEP, cut=cut)
        if rule.lacking:
            continue
        chosen = int(rule.find_cut(fitted))  # of counts alone a whole number
        rows.append(
            {
                "Rule": name,
                "Cut (epochs)": str(chosen),
                "Kept": count(int(view.truth.n_kept[chosen])),
                "Precision": score(float(view.truth.precision[chosen])),
                "Recall": score(float(view.truth.recall[chosen])),
                "F1 of flagged": score(float(view.truth.f1_flagged[chosen])),
                "What it does": _in_words(rule, tau) + _remark(view, rule, chosen),
            }
        )
    st.table(rows)


def _in_words(rule: Rule, tau: float) -> str:
    """Say how a rule cuts in the lesson's words, else in its own."""
    said = RULES_IN_WORDS.get(rule.name)
    return f"{rule.in_words()}." if said is None else said.format(tau=percent(tau, 0))


def _remark(view: LessonRound, rule: Rule, cut: int) -> str:
    if rule.needs_mixture and cut > view.n_epochs:
        return " Here that lies beyond the last epoch, so everything is kept."
    return ""
