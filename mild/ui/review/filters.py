"""The boxes above the gallery: which images, in which order. They hold what the address says."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st

from mild.analysis.instances.filters import CHOICES, PARTS, SORTS, Filters
from mild.analysis.instances.measured import MeasuredInstances
from mild.ui.class_names import shown_names
from mild.ui.review import address as review_address
from mild.ui.review.address import LAYOUTS, SIZES, ReviewAddress
from mild.ui.review.state import list_anew

_HELP = {
    "flagged": "Flagged is what a round dropped as probably mislabeled.",
    "predicted": "What the network predicted it as most often, other than its given label.",
    "metric": "Memorization minus forgetting difficulty in the latest round that trained on it, in "
    "epochs. Higher means more likely mislabeled.",
    "part": "No round trains on what is held out; it is judged by what it was predicted as.",
    "decision": "The list holds still while you decide; press Refresh to filter anew.",
}


def ask(measured: MeasuredInstances, address: ReviewAddress) -> None:
    """Draw the boxes; whoever changes one changes the address, and begins at the first page."""
    low, high = metric_limits(measured)
    _hold(address, low, high)
    changed: dict[str, Any] = {"on_change": _changed, "args": (low, high, address)}
    st.segmented_control(
        "Show", [True, False], key="review flagged", required=True, help=_HELP["flagged"],
        format_func=lambda item: "Flagged" if item else "All", label_visibility="collapsed",
        **changed,
    )  # fmt: skip
    st.selectbox(
        "Order", list(SORTS), key="review sort", format_func=SORTS.__getitem__,
        label_visibility="collapsed", width=215, **changed,
    )  # fmt: skip
    n_active = _n_active(address.filters)
    with st.popover(
        f"Filters ({n_active})" if n_active else "Filters",
        icon=":material/filter_list:", key="review filters",
    ):  # fmt: skip
        _labels(measured, changed)
        _verdicts(measured, changed)
        st.slider(
            "Metric (epochs)", low, high, key="review metric", help=_HELP["metric"], **changed
        )
        _display(changed)
        st.button("Clear the filters", key="no filters", on_click=_no_filters, args=(address,),
                  disabled=not n_active)  # fmt: skip


def _labels(measured: MeasuredInstances, changed: dict[str, Any]) -> None:
    name_of = shown_names(measured.class_names)
    left, right = st.columns(2)
    classes = list(range(len(name_of)))
    left.multiselect(
        "Given label", classes, key="review given", placeholder="any",
        format_func=name_of.__getitem__, **changed,
    )  # fmt: skip
    right.multiselect(
        "Predicted as", classes, key="review taken", placeholder="any", help=_HELP["predicted"],
        format_func=name_of.__getitem__, **changed,
    )  # fmt: skip


def _verdicts(measured: MeasuredInstances, changed: dict[str, Any]) -> None:
    columns = st.columns(3 if measured.held_out_A.any() else 2)
    columns[0].multiselect(
        "Decision", CHOICES, key="review decision", placeholder="any", help=_HELP["decision"],
        **changed,
    )  # fmt: skip
    columns[1].multiselect(
        "Dropped in", [*range(measured.n_rounds), -1], key="review dropped",
        placeholder="any round", **changed,
        format_func=lambda number: f"Round {number + 1}" if number >= 0 else "Never (kept)",
    )  # fmt: skip
    if measured.held_out_A.any():
        columns[2].selectbox(
            "Part", ["", *PARTS], key="review part", help=_HELP["part"], **changed,
            format_func=lambda part: part or "both",
        )  # fmt: skip


def _display(changed: dict[str, Any]) -> None:
    left, right = st.columns(2)
    left.selectbox("Per page", SIZES, key="review size", **changed)
    right.segmented_control(
        "As", LAYOUTS, key="review layout", format_func=str.capitalize, required=True, **changed
    )


def metric_limits(measured: MeasuredInstances) -> tuple[int, int]:
    """Return the lowest and highest metric; two numbers even where all are alike."""
    metric_A = measured.metric_A
    low, high = int(metric_A.min()), int(metric_A.max())
    return low, max(high, low + 1)


def _n_active(filters: Filters) -> int:
    """Count the filters in use that the button hides."""
    found = (filters.given, filters.taken, filters.dropped, filters.metric, filters.decision)
    return sum(bool(item) for item in (*found, filters.part))


def _no_filters(address: ReviewAddress) -> None:
    list_anew()
    filters = Filters(flagged=address.filters.flagged, sort=address.filters.sort)
    review_address.write(replace(address, filters=filters, page=1))


def _hold(address: ReviewAddress, low: int, high: int) -> None:
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


def _changed(low: int, high: int, address: ReviewAddress) -> None:
    filters = _chosen(low, high, address.filters)
    if filters != address.filters:
        list_anew()
    size = _held("size", address.size)
    same = filters == address.filters and size == address.size
    review_address.write(
        replace(
            address,
            filters=filters,
            size=size,
            layout=_held("layout", address.layout),
            page=address.page if same else 1,
        )
    )


def _chosen(low: int, high: int, before: Filters) -> Filters:
    metric = tuple(_held("metric", before.metric or (low, high)))
    return Filters(
        flagged=bool(_held("flagged", before.flagged)),
        given=tuple(_held("given", before.given)),
        taken=tuple(_held("taken", before.taken)),
        dropped=tuple(_held("dropped", before.dropped)),
        metric=None if metric == (low, high) else metric,
        decision=tuple(_held("decision", before.decision)),
        part=_held("part", before.part),
        sort=_held("sort", before.sort),
    )


def _held(name: str, before: Any) -> Any:
    """What a box holds; as before, where the page was left before it was drawn anew."""
    return st.session_state.get(f"review {name}", before)
