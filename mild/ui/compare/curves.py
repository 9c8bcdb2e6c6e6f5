"""Compare, runs: their curves over epochs and rounds, a colour for each run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

import streamlit as st

from mild.analysis.reached import (
    MEASURES,
    Line,
    accuracy_by_epoch,
    by_round,
    is_known,
    of_group,
)
from mild.figures.compare import overlaid_curves
from mild.store.run import Run
from mild.ui.cache.learning import memorized_by_group
from mild.ui.saving import chart
from mild.ui.words import count, plain

MOST_DRAWN = 30
"""Runs; more lines nobody tells apart."""
EPOCHS = "Epoch, all rounds one after another"
GROUPS = {
    "Memorized wrong labels": (
        ("mislabeled", "flagged"),
        "Of what is mislabeled; where the truth is unknown, of those that the round flagged.",
    ),
    "Memorized right labels": (
        ("clean", "kept"),
        "Of what is clean; where the truth is unknown, of those that the round kept.",
    ),
}
"""Curves of groups: what they are called, the groups by truth or by verdict, and what they are."""


def show(runs: Sequence[Run], labels: Mapping[str, str]) -> None:
    """Draw small figures, two in a row; say which are left out because no run has them."""
    if len(runs) > MOST_DRAWN:
        st.caption(
            f"The first {MOST_DRAWN} of {count(len(runs))} runs are drawn; the table has them all."
        )
        runs = runs[:MOST_DRAWN]
    names = [labels[run.run_id] for run in runs]
    accuracy = dict(zip(names, map(accuracy_by_epoch, runs), strict=True))
    memorized = [memorized_by_group(run, run.rounds_begun()) for run in runs]
    _say_who_holds_nothing_out(accuracy)
    left, right = st.columns(2, gap="medium")
    with left:
        for title, (groups, help_) in GROUPS.items():
            lines = dict(zip(names, (of_group(item, groups) for item in memorized), strict=True))
            _draw(title, help_, lines, EPOCHS)
    with right:
        _draw("Held-out accuracy", "Of the network in training.", accuracy, EPOCHS)
    for position, measure in enumerate(MEASURES):
        lines = dict(zip(names, (by_round(run, measure) for run in runs), strict=True))
        with (left, right)[position % 2]:
            _draw(measure.name, measure.help, lines, "Round", by_round=True)


def points(
    lines: Mapping[str, tuple[Iterable[Any], Iterable[Any]]], of: str, x: str, y: str
) -> dict[str, list[Any]]:
    """List the points of every line, a row each."""
    found: dict[str, list[Any]] = {of: [], x: [], y: []}
    for name, (along, up) in lines.items():
        found[x] += list(along)
        found[y] += list(up)
        found[of] += [name] * (len(found[x]) - len(found[of]))
    return found


def _draw(
    title: str,
    help_: str,
    lines: Mapping[str, Line],
    x: str,
    *,
    by_round: bool = False,
) -> None:
    if not any(is_known(line) for line in lines.values()):
        return
    st.markdown(f"**{title}**", help=help_)
    chart(
        overlaid_curves(lines, x=x, y=title, by_round=by_round),
        title.lower(), partial(points, lines, "run", x.split(",")[0].lower(), title.lower()),
        key=f"compared {title}", alt=f"{title} by {x.lower()}, a line for each run",
    )  # fmt: skip


def _say_who_holds_nothing_out(accuracy: Mapping[str, Line]) -> None:
    without = [name for name, line in accuracy.items() if not is_known(line)]
    if without:
        who = "any of these runs" if len(without) == len(accuracy) else ", ".join(without)
        st.caption(f"Nothing is held out in {plain(who)}, so there is no accuracy.")
