"""The boxes above the gallery: which images, in which order. They hold what the address says."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st

from mild.analysis.instances.filters import CHOICES, PARTS, SORTS, Filters
from mild.analysis.instances.measured import MeasuredInstances
from mild.ui.review import address as review_address
from mild.ui.review.address import LAYOUTS, SIZES, Address
from mild.ui.review.state import list_anew

_HELP = {
    "flagged": "Flagged images are those that a round dropped as probably mislabeled.",
    "taken": "What the network took the image for most often, other than its given label.",
    "metric": "Memorization minus forgetting difficulty in the latest round that trained on the "
    "image, in epochs. Higher means more likely mislabeled.",
    "part": "Held-out images are trained on by no round; they are judged by what the network took "
    "them for.",
    "decision": "The list holds still while you decide; press 'Refresh the list' to filter anew.",
}


def ask(measured: MeasuredInstances, address: Address) -> None:
    """Draw the boxes. Who changes one changes the address, and begins at the first page."""
    low, high = metric_limits(measured)
    _hold(address, low, high)
    changed: dict[str, Any] = {"on_change": _changed, "args": (low, high, address)}
    name_of = measured.class_names
    classes = list(range(len(name_of)))
    rounds = [*range(measured.n_rounds), -1]
    with_held_out = bool(measured.held_out_A.any())
    columns = st.columns(5 if with_held_out else 4)
    columns[0].segmented_control(
        "Show", [True, False], key="review flagged", required=True, help=_HELP["flagged"],
        format_func=lambda item: "Flagged" if item else "All images", **changed,
    )  # fmt: skip
    columns[1].selectbox(
        "Order", list(SORTS), key="review sort", format_func=SORTS.__getitem__, **changed
    )
    columns[2].multiselect(
        "Decision", CHOICES, key="review decision", placeholder="any", help=_HELP["decision"],
        **changed,
    )  # fmt: skip
    columns[3].multiselect(
        "Dropped in", rounds, key="review dropped", placeholder="any round", **changed,
        format_func=lambda number: f"Round {number + 1}" if number >= 0 else "Never (kept)",
    )  # fmt: skip
    if with_held_out:
        columns[4].selectbox(
            "Part", ["", *PARTS], key="review part", help=_HELP["part"], **changed,
            format_func=lambda part: part or "both",
        )  # fmt: skip
    more = st.columns([1, 1, 1, 0.5, 0.7])
    more[0].multiselect(
        "Given label", classes, key="review given", placeholder="any",
        format_func=name_of.__getitem__, **changed,
    )  # fmt: skip
    more[1].multiselect(
        "Taken for", classes, key="review taken", placeholder="any", help=_HELP["taken"],
        format_func=name_of.__getitem__, **changed,
    )  # fmt: skip
    more[2].slider(
        "Metric (epochs)", low, high, key="review metric", help=_HELP["metric"], **changed
    )
    more[3].selectbox("Per page", SIZES, key="review size", **changed)
    more[4].segmented_control(
        "As", LAYOUTS, key="review layout", format_func=str.capitalize, required=True, **changed
    )


def metric_limits(measured: MeasuredInstances) -> tuple[int, int]:
    """Lowest and highest metric there is; two numbers even where all are alike."""
    metric_A = measured.metric_A
    low, high = int(metric_A.min()), int(metric_A.max())
    return low, max(high, low + 1)


def _hold(address: Address, low: int, high: int) -> None:
    filters, state = address.filters, st.session_state
    wanted = filters.metric or (low, high)
    first = min(max(wanted[0], low), high)
    state["review flagged"] = filters.flagged
    state["review sort"] = filters.sort
    state["review decision"] = list(filters.decision)
    state["review dropped"] = list(filters.dropped)
    state["review given"] = list(filters.given)
    state["review taken"] = list(filters.taken)
    state["review part"] = filters.part
    state["review metric"] = (first, min(max(wanted[1], first), high))
    state["review size"] = address.size
    state["review layout"] = address.layout


def _changed(low: int, high: int, address: Address) -> None:
    state = st.session_state
    metric = tuple(state["review metric"])
    filters = Filters(
        flagged=bool(state["review flagged"]),
        given=tuple(state["review given"]),
        taken=tuple(state["review taken"]),
        dropped=tuple(state["review dropped"]),
        metric=None if metric == (low, high) else metric,
        decision=tuple(state["review decision"]),
        part=state.get("review part", ""),
        sort=state["review sort"],
    )
    if filters != address.filters:
        list_anew()
    same = filters == address.filters and state["review size"] == address.size
    review_address.write(
        replace(
            address,
            filters=filters,
            size=state["review size"],
            layout=state["review layout"],
            page=address.page if same else 1,
        )
    )
