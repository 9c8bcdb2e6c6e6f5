"""Two numbers per image as a density, with a region that one can choose."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt
import streamlit as st

from mild.analysis.histograms import Density, Number, numbers
from mild.figures import dynamics as figures
from mild.store.run import Run
from mild.ui import neighbours
from mild.ui.cache.learning import density, dynamics
from mild.ui.cache.rounds import groups, instances
from mild.ui.heard import part, parts
from mild.ui.said import noun, said
from mild.ui.saving import Columns, as_csv, chart, of_run
from mild.ui.words import count, percent

N_PICTURES = 36
KINDS: dict[Number, str] = {
    "forgetting events": "Metric and forgetting events",
    "first memorized epoch": "Metric and first memorized epoch",
}
WHY = (
    "Memorization difficulty and forgetting difficulty add up to the number of epochs, so one "
    "against the other is a line: the metric holds both. What still differs between images of the "
    "same metric is how often they were forgotten, and when they were first memorized. Draw a "
    "frame in the picture, or move the sliders, to see which images lie in it."
)

Region = tuple[int, int, int, int]
"""Lowest and highest x, lowest and highest y, all inside."""


def show(run: Run, number: int, up_to: int) -> None:
    """Draw the density, the region, and the images in it."""
    st.subheader(said("Images of one kind"))
    st.caption(said(WHY))
    chosen = st.segmented_control(
        "Numbers", list(KINDS), key="density", default="forgetting events", required=True,
        format_func=KINDS.__getitem__, label_visibility="collapsed",
    )  # fmt: skip
    name: Number = chosen or "forgetting events"
    shown = density(run, number, up_to, name)
    title = name.capitalize()
    if name == "first memorized epoch":
        title += f" ({up_to + 1}: never)"
    key = f"{run.run_id} {number} {up_to} {name}"
    left, right = st.columns([3, 2], gap="medium")
    with right:
        region = _region(shown, title, key)
        whole = region == (*shown.x_range, *shown.y_range)
        inside_N = None if whole else _inside(run, number, up_to, name, region)
        _words(run, number, inside_N)
    with left:
        _draw(run, number, shown, None if whole else region, title, key)
    if inside_N is not None and inside_N.any():
        _pictures(run, number, inside_N, up_to)


def _region(shown: Density, title: str, key: str) -> Region:
    """Draw two sliders for the region; a frame drawn in the picture moves them."""
    ends: list[int] = []
    sides = (("x", "Metric (epochs)", shown.x_range), ("y", title, shown.y_range))
    for name, label, (low, high) in sides:
        if low == high:
            ends += [low, high]
            continue
        slider = f"{name} {key}"
        st.session_state.setdefault(slider, (low, high))
        chosen: Any = st.slider(label, low, high, key=slider)  # a pair, as its state is one
        ends += [int(end) for end in chosen]
    return (ends[0], ends[1], ends[2], ends[3])


def _inside(
    run: Run, number: int, up_to: int, name: Number, region: Region
) -> npt.NDArray[np.bool_]:
    x0, x1, y0, y1 = region
    found = dynamics(run, number, up_to)
    x_N, y_N = numbers(found, up_to, "metric"), numbers(found, up_to, name)
    return np.asarray((x_N >= x0) & (x_N <= x1) & (y_N >= y0) & (y_N <= y1))


def _words(run: Run, number: int, inside_N: npt.NDArray[np.bool_] | None) -> None:
    split, n_all = groups(run, number), len(run.index(number))
    if inside_N is None:
        st.markdown(f"All **{count(n_all)}** {noun().many} lie in the region.")
        return
    n = int(inside_N.sum())
    st.markdown(f"**{count(n)}** {noun().many} ({percent(n / n_all)}) lie in the region.")
    if split is not None and n:
        second = int((split.second_N & inside_N).sum())
        st.markdown(
            f"**{percent(second / n)}** of them are {split.names[1]}; of all {noun().many} it is "
            f"{percent(int(split.second_N.sum()) / n_all)}."
        )

    def file() -> bytes:
        index_N = np.asarray(run.index(number))[inside_N]
        return as_csv({"index": index_N, "name": instances(run).names[index_N]})

    st.download_button(
        said("These images as CSV"), file, f"{run.run_id} round {number + 1} region.csv",
        "text/csv",
        key="data region", on_click="ignore", type="tertiary", icon=":material/download:",
    )  # fmt: skip


def _draw(
    run: Run, number: int, shown: Density, region: Region | None, title: str, key: str
) -> None:
    second = groups(run, number)
    figure = figures.density(
        shown.n_YX, shown.second_YX, shown.x_starts, shown.y_starts, x="Metric (epochs)", y=title,
        second="" if second is None else second.names[1], things=noun().many,
        region=None if region is None else _frame(region, shown),
    )  # fmt: skip
    plane = f"plane {key}"
    chart(
        figure, of_run(run, "density", number), lambda: _cells(shown, title),
        key=plane, on_select=lambda: _framed(shown, key, st.session_state[plane]),
        selection_mode="box", alt=f"Density of {noun().many} by metric and {title.lower()}",
    )  # fmt: skip


def _cells(shown: Density, title: str) -> Columns:
    """List the cells that hold an image."""
    y, x = np.nonzero(shown.n_YX)
    return {
        "metric": np.asarray(shown.x_starts)[x],
        title: np.asarray(shown.y_starts)[y],
        noun().many: shown.n_YX[y, x],
    }


def _frame(region: Region, shown: Density) -> tuple[float, float, float, float]:
    """Return the limits of the cells of a region, whose numbers stand in their middle."""
    x0, x1, y0, y1 = region
    wide, high = (
        (starts[1] - starts[0]) / 2 if len(starts) > 1 else 0.5
        for starts in (shown.x_starts, shown.y_starts)
    )
    return x0 - wide, x1 + wide, y0 - high, y1 + high


def _framed(shown: Density, key: str, event: Any) -> None:
    """Move the sliders to the frame that a person drew."""
    boxes = parts(part(part(event, "selection"), "box"))
    for name, (low, high) in (("x", shown.x_range), ("y", shown.y_range)):
        ends = parts(part(boxes[0], name)) if boxes else []
        within = [min(max(end, low), high) for end in ends if isinstance(end, int | float)]
        if low < high and len(within) == 2 and not any(map(math.isnan, within)):
            first, last = sorted(map(round, within))
            st.session_state[f"{name} {key}"] = (first, last)


def _pictures(run: Run, number: int, inside_N: npt.NDArray[np.bool_], up_to: int) -> None:
    slots_N = np.flatnonzero(inside_N)
    wanted = np.linspace(0, len(slots_N) - 1, min(len(slots_N), N_PICTURES)).astype(int)
    slots = [int(slot) for slot in slots_N[wanted]]
    st.caption(f"{len(slots)} of the {noun().count(len(slots_N))} in the region:")
    st.html(neighbours.sheet(neighbours.cards(run, number, slots, up_to)))
