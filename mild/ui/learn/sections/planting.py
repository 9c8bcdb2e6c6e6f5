"""Lesson, planting: labels that are known to be wrong, to hold the fit against."""

from __future__ import annotations

import streamlit as st

from mild.figures.lesson.planting import above_planted, rate_by_planted
from mild.lesson.planting import PlantedChoice
from mild.ui.learn import words as learn_words
from mild.ui.learn.address import remember
from mild.ui.learn.recorded import MANY, planted_choice, planted_counts, planted_round
from mild.ui.learn.sections.guess import guess
from mild.ui.saving import chart
from mild.ui.words import count, interval, percent, score

SWITCH, HOW_MANY = "learn planting", "learn planted"
OLD, NEW = "without planted labels", "with planted labels"


def show() -> None:
    """Guess from two curves; then plant labels, and see what they tell."""
    recorded = planted_round().recorded
    st.markdown(
        f"A network that memorizes fast, recorded for {recorded.n_epochs} epochs. Below are two of "
        "its images. One is clean but hard, the other has a wrong label."
    )
    guess()
    st.subheader("Labels that are known to be wrong")
    st.markdown(
        "How many epochs does a wrong label take *this* network, on *these* images? Find out: "
        "before training, change a few labels yourself. These are **planted**. They are wrong for "
        "certain, nobody tells the network, and what becomes of them shows what becomes of the "
        "wrong labels that you do not know."
    )
    n_planted = _how_many()
    choice, old = planted_choice(n_planted), planted_choice(0)
    _histograms(choice, old)
    _rules(choice, old)
    if n_planted:
        st.subheader("How many to plant?")
        _intervals(n_planted)
    learn_words.task(
        "**Try.** Where would you cut while nothing is planted? Switch planting on and compare. "
        "Then plant fewer: what happens to the cut, and what to the interval?"
    )


def _how_many() -> int:
    start()
    left, right = st.columns([1, 2], gap="large", vertical_alignment="center")
    with left:
        on = st.toggle("Plant labels", key=SWITCH)
        truth_help = "Of the images that are not planted. The rules never see it."
        st.toggle("Colour by the truth", key="learn planted truth", help=truth_help)
    chosen = right.select_slider(
        "How many to plant", MANY[1:], key=HOW_MANY, disabled=not on,
        help=f"The run planted {MANY[-1]}. With fewer, the rule is shown some of them only.",
    )  # fmt: skip
    n_planted = int(chosen) if on else 0
    remember("planted", n_planted)
    return n_planted


def start() -> None:
    """Take a number to plant from the address, once: it switches planting on."""
    if SWITCH in st.session_state:
        return
    asked = st.query_params.get("planted", "")
    known = asked in map(str, MANY[1:])
    st.session_state[SWITCH] = known
    st.session_state[HOW_MANY] = int(asked) if known else MANY[-1]


def _histograms(choice: PlantedChoice, old: PlantedChoice) -> None:
    clean_C, wrong_C = planted_counts()
    bars = {"all": (clean_C + wrong_C).tolist()}
    if st.session_state["learn planted truth"]:
        bars = {"clean": clean_C.tolist(), "mislabeled": wrong_C.tolist()}
    cuts = {f"cut {OLD}": old.selection.cut}
    if choice.n_planted:
        cuts[f"cut {NEW}"] = choice.selection.cut
    planted = choice.planted_C.tolist()
    chart(
        above_planted(bars, planted, cuts), "planted labels",
        lambda: {"misclassified epochs": range(len(planted)), **bars, "planted": planted},
        key="chart planted",
        alt="Images per count of misclassified epochs, the planted ones below, and the cuts",
    )  # fmt: skip
    if not choice.n_planted:
        st.markdown(
            "Without planted labels, a rule must assume something: that wrong labels stay "
            "misclassified for at least half of the epochs. No image here does. Is the low hump "
            "on the left made of hard clean images, or of wrong labels that were learned soon? "
            "The counts do not say."
        )
        return
    st.markdown(
        f"Of the {choice.n_planted} planted labels **{choice.n_planted_flagged}** lie above the "
        f"cut, of the {count(choice.n)} others **{count(choice.n_flagged)}**. Suppose that a wrong "
        "label is found as often as a planted one, and that no clean image is among the flagged: "
        "how many labels are wrong? That is the idea; MILD weighs all cuts, and allows for clean "
        "images among the flagged."
    )


def _rules(choice: PlantedChoice, old: PlantedChoice) -> None:
    rows = [_row(OLD, old)]
    if choice.n_planted:
        rows.append(_row(f"with {choice.n_planted} planted labels", choice))
    st.table(rows)
    st.caption(
        f"In truth {choice.n_wrong} of {count(choice.n)} labels are wrong "
        f"({percent(choice.noise_rate)}). Planted images are not judged, and not counted here."
    )


def _row(name: str, choice: PlantedChoice) -> dict[str, str]:
    selection = choice.selection
    rate = percent(selection.noise_rate_estimate)
    between = interval(interval_of(choice))
    return {
        "Default rule": name,
        "Cut (epochs)": cut_in_words(choice),
        "Flagged": count(choice.n_flagged),
        "Of them mislabeled": count(choice.n_flagged_wrong),
        "F1 of flagged, in truth": score(choice.f1_flagged),
        "Estimated wrong labels": f"{rate} ({between})" if between else rate,
        "It says": selection.note or selection.trust.reason,
    }


def cut_in_words(choice: PlantedChoice) -> str:
    """Write the cut in epochs, or that it keeps everything."""
    selection = choice.selection
    if selection.cut > selection.n_epochs:
        return "none, keep all"
    return f"{selection.cut:.1f}"


def _intervals(n_planted: int) -> None:
    choices = {_named(n): planted_choice(n) for n in MANY}
    rates = {name: item.selection.noise_rate_estimate or 0.0 for name, item in choices.items()}
    intervals = {name: interval_of(item) for name, item in choices.items()}
    truth = choices[_named(0)].noise_rate
    chart(
        rate_by_planted(rates, intervals, truth, _named(n_planted)), "noise rate by planted",
        lambda: {
            "planted": list(MANY), "noise rate": list(rates.values()),
            "low": [item[0] if item else None for item in intervals.values()],
            "high": [item[1] if item else None for item in intervals.values()],
        },
        key="chart rates", alt="Estimated share of wrong labels by how many labels are planted",
    )  # fmt: skip
    few, many = (width_in_words(intervals[_named(n)]) for n in (MANY[1], MANY[-1]))
    st.markdown(
        f"With {MANY[1]} planted labels the interval is {few} points wide, with {MANY[-1]} it is "
        f"{many}. Why not plant more still? Each planted label is one more that disturbs the "
        "network, and its image has to be judged some other way. About 3 % cost nothing that one "
        "can see; MILD plants at most a tenth."
    )


def interval_of(choice: PlantedChoice) -> tuple[float, float] | None:
    """Return the 95 % interval of the noise rate, from 0 to 1; None where nothing was planted."""
    estimate = choice.selection.estimate
    return None if estimate is None else estimate.noise_rate_interval


def width_in_words(low_high: tuple[float, float] | None) -> str:
    """Write the width of an interval in percentage points."""
    return "–" if low_high is None else f"{100 * (low_high[1] - low_high[0]):.1f}"


def _named(n_planted: int) -> str:
    return f"{n_planted} planted" if n_planted else "none"
