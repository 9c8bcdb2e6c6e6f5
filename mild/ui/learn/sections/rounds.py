"""Lesson, rounds: why train again on what was kept."""

from __future__ import annotations

import math

import streamlit as st

from mild.figures.lesson.learning import growing_curves
from mild.figures.lesson.rounds import kept_by_round, what_is_left
from mild.lesson import numbers
from mild.ui.learn import words as learn_words
from mild.ui.learn.address import remember, start_from_address
from mild.ui.learn.recorded import memorized_by_group, recorded_run
from mild.ui.learn.words import Figure
from mild.ui.saving import chart
from mild.ui.words import count, percent

MANY_ROUNDS, SOME_ROUNDS = 30, 10
FEW = 20
"""With fewer images, a curve jumps with every single one."""
AUTHORS = round(100 / math.e, 1)
"""Per cent of a Weibull component above its scale, whatever its shape."""


def show() -> None:
    """Draw a run of several short rounds, then a calculation to play with."""
    run = recorded_run("rounds")
    kinds = run.kinds_by_round()
    n_epochs = run.rounds[0].n_epochs
    st.markdown(
        f"Another recorded run: {percent(run.wrong_A.mean())} of {count(len(run.wrong_A))} labels "
        f"are wrong, and each round has only {n_epochs} epochs. Every round trains on what the "
        "round before it kept. With fewer wrong labels to disturb it, the network learns the "
        "clean images sooner, and wrong labels that slipped through stand out."
    )
    chart(
        kept_by_round(kinds), "images by round",
        lambda: {
            "round": range(1, len(kinds) + 1),
            **{kind: [item[kind] for item in kinds] for kind in kinds[0]},
        },
        key="chart rounds",
        alt="Clean and mislabeled images that each round trains on",
    )  # fmt: skip
    start_from_address("round", "learn round", 1, 1, len(run.rounds))
    number = st.segmented_control(
        "Look into", range(1, len(run.rounds) + 1), key="learn round", required=True,
        format_func=lambda item: f"Round {item}",
    )  # fmt: skip
    remember("round", number)
    _one_round(int(number or 1) - 1, kinds)
    st.subheader("Many careful rounds, or few bold ones?")
    _calculation()
    learn_words.task(
        f"**Try.** With the authors' share, {AUTHORS} % per round, how many rounds until "
        "less than 1 % of the wrong labels are left? How many clean images has it cost by then?"
    )


def _one_round(number: int, kinds: list[dict[str, int]]) -> None:
    before, after = kinds[number], kinds[number + 1]
    dropped = {kind: before[kind] - after[kind] for kind in before}
    n_before, n_after = sum(before.values()), sum(after.values())
    learn_words.figures(
        Figure("Trained on", count(n_before)),
        Figure("Dropped, mislabeled", count(dropped["mislabeled"])),
        Figure("Dropped, clean", count(dropped["clean"]), help="The price of the round."),
        Figure(
            "Still mislabeled", percent(after["mislabeled"] / n_after),
            f"before: {percent(before['mislabeled'] / n_before)}",
            "Share of the kept images whose given label is wrong.",
        ),
    )  # fmt: skip
    groups = memorized_by_group("rounds", number)
    n_epochs = recorded_run("rounds").rounds[number].n_epochs
    chart(
        growing_curves(groups, n_epochs), f"memorized in round {number + 1}",
        lambda: {"epoch": range(1, n_epochs + 1), **groups}, key="chart round",
        alt=f"Share of clean and of mislabeled images memorized in round {number + 1}",
    )  # fmt: skip
    note = ""
    if before["mislabeled"] < FEW:
        note = f" Only {before['mislabeled']} images are mislabeled: each one makes a jump."
    first = percent(memorized_by_group("rounds")["clean"][0])
    st.markdown(
        f"In its first epoch, round {number + 1} memorizes **{percent(groups['clean'][0])}** of "
        f"the clean images{f', where round 1 had {first}' if number else ''}; the network is kept "
        f"between rounds.{note}"
    )


def _calculation() -> None:
    left, right = st.columns([2, 3], gap="large", vertical_alignment="center")
    with left:
        wrong = st.slider(
            "Mislabeled images that a round removes (%)", 0.0, 100.0, AUTHORS, step=0.1,
            format="%.1f",
            key="learn removed wrong",
            help=f"{AUTHORS} % is what the authors' rule removes of a Weibull component at most, "
            "whatever its shape: 1 divided by e.",
        )  # fmt: skip
        clean = st.slider(
            "Clean images that a round removes (%)", 0.0, 20.0, 1.0, step=0.1,
            format="%.1f",
            key="learn removed clean",
        )  # fmt: skip
        n_rounds = st.slider("Rounds", 1, MANY_ROUNDS, SOME_ROUNDS, key="learn rounds")
        curves = {
            "clean": numbers.left_after(n_rounds, clean / 100),
            "mislabeled": numbers.left_after(n_rounds, wrong / 100),
        }
        st.markdown(
            f"After {n_rounds} rounds **{percent(float(curves['mislabeled'][-1]), 2)}** of the "
            f"mislabeled and **{percent(float(curves['clean'][-1]), 2)}** of the clean images are "
            "still there."
        )
    with right:
        chart(
            what_is_left({name: values.tolist() for name, values in curves.items()}),
            "what is left", lambda: {"round": range(len(curves["clean"])), **curves},
            key="chart left", alt="Share of both kinds still in the training set after each round",
        )  # fmt: skip
