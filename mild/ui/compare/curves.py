"""Compare, runs: their curves over epochs and rounds, a colour for each run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
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
GROUPS = (
    (
        ("mislabeled", "flagged"),
        ("Memorized wrong labels", "Memorized flagged labels"),
        "Of what is mislabeled; where the truth is unknown, of those that the round flagged.",
    ),
    (
        ("clean", "kept"),
        ("Memorized right labels", "Memorized kept labels"),
        "Of what is clean; where the truth is unknown, of those that the round kept.",
    ),
)
"""Curves of groups by truth, or by verdict: the groups, what they are called, what they are."""


@dataclass(frozen=True, slots=True)
class _Curves:
    """A figure: a line for each run."""

    title: str
    help: str
    lines: Mapping[str, Line]
    by_round: bool = False


def show(runs: Sequence[Run], labels: Mapping[str, str]) -> None:
    """Draw small figures, two in a row; say which are left out because no run has them."""
    if len(runs) > MOST_DRAWN:
        st.caption(
            f"The first {MOST_DRAWN} of {count(len(runs))} runs are drawn; the table has them all."
        )
        runs = runs[:MOST_DRAWN]
    names = [labels[run.run_id] for run in runs]
    accuracy = dict(zip(names, map(accuracy_by_epoch, runs), strict=True))
    _say_who_holds_nothing_out(accuracy)
    known = [
        item for item in _curves(runs, names, accuracy) if any(map(is_known, item.lines.values()))
    ]
    columns = st.columns(2, gap="medium")
    for position, item in enumerate(known):
        with columns[position % 2]:
            _draw(item)


def _curves(
    runs: Sequence[Run], names: Sequence[str], accuracy: Mapping[str, Line]
) -> list[_Curves]:
    """List all figures, those of epochs first."""
    memorized = [memorized_by_group(run, run.rounds_begun()) for run in runs]
    found = [
        _Curves(
            titles[0] if any(groups[0] in item for item in memorized) else titles[1],
            help_,
            dict(zip(names, (of_group(item, groups) for item in memorized), strict=True)),
        )
        for groups, titles, help_ in GROUPS
    ]
    found.append(_Curves("Held-out accuracy", "Of the network in training.", accuracy))
    for measure in MEASURES:
        lines = dict(zip(names, (by_round(run, measure) for run in runs), strict=True))
        found.append(_Curves(measure.name, measure.help, lines, by_round=True))
    return found


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


def _draw(item: _Curves) -> None:
    title, lines = item.title, item.lines
    x = "Round" if item.by_round else EPOCHS
    st.markdown(f"**{title}**", help=item.help)
    chart(
        overlaid_curves(lines, x=x, y=title, by_round=item.by_round),
        title.lower(), partial(points, lines, "run", x.split(",")[0].lower(), title.lower()),
        key=f"compared {title}", alt=f"{title} by {x.lower()}, a line for each run",
    )  # fmt: skip


def _say_who_holds_nothing_out(accuracy: Mapping[str, Line]) -> None:
    without = [name for name, line in accuracy.items() if not is_known(line)]
    if without:
        who = "any of these runs" if len(without) == len(accuracy) else ", ".join(without)
        st.caption(f"Nothing is held out in {plain(who)}, so there is no accuracy.")
