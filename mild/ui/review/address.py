"""What the review page shows, as it stands in the address. A link shows the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

import streamlit as st

from mild.analysis.instances.filters import CHOICES, PARTS, SORTS, Filters

Value = TypeVar("Value")

SIZES = (60, 96, 120)
LAYOUTS = ("gallery", "table")
KEYS = (
    "show",
    "given",
    "taken",
    "dropped",
    "metric",
    "decision",
    "part",
    "sort",
    "size",
    "layout",
    "page",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class ReviewAddress:
    """The filters, and which page of how many images."""

    filters: Filters
    size: int = SIZES[0]
    layout: str = "gallery"
    page: int = 1
    """Counted from 1; may be beyond the last."""


def read(n_classes: int, n_rounds: int) -> ReviewAddress:
    """Read the filters from the address; what makes no sense there is passed over."""
    return parse(st.query_params.to_dict(), n_classes, n_rounds)


def parse(query: Mapping[str, str], n_classes: int, n_rounds: int) -> ReviewAddress:
    """Read classes by number, rounds from 1, "never" for the kept, the metric as "low..high"."""
    kept = {"never": -1}
    rounds = {str(number + 1): number for number in range(n_rounds)} | kept
    classes = {str(label): label for label in range(n_classes)}
    sort = query.get("sort", "")
    size = _whole(query.get("size", ""))
    layout = query.get("layout", "")
    return ReviewAddress(
        filters=Filters(
            flagged=query.get("show") != "all",
            given=_some(query.get("given", ""), classes),
            taken=_some(query.get("taken", ""), classes),
            dropped=_some(query.get("dropped", ""), rounds),
            metric=_range(query.get("metric", "")),
            decision=_some(query.get("decision", ""), {item: item for item in CHOICES}),
            part=next((part for part in PARTS if query.get("part") == _word(part)), ""),
            sort=sort if sort in SORTS else "suspicion",
        ),
        size=size if size in SIZES else SIZES[0],
        layout=layout if layout in LAYOUTS else "gallery",
        page=max(1, _whole(query.get("page", "")) or 1),
    )


def write(address: ReviewAddress) -> None:
    """Write the filters into the address; what is as usual is left out."""
    words = compose(address)
    for key in KEYS:
        if key in words:
            if st.query_params.get(key) != words[key]:
                st.query_params[key] = words[key]
        elif key in st.query_params:
            del st.query_params[key]


def compose(address: ReviewAddress) -> dict[str, str]:
    """Write what `parse` reads."""
    filters, usual = address.filters, ReviewAddress(filters=Filters())
    dropped = ("never" if number < 0 else str(number + 1) for number in filters.dropped)
    words = {
        "show": "" if filters.flagged else "all",
        "given": ",".join(map(str, filters.given)),
        "taken": ",".join(map(str, filters.taken)),
        "dropped": ",".join(dropped),
        "metric": "" if filters.metric is None else "..".join(map(str, filters.metric)),
        "decision": ",".join(filters.decision),
        "part": _word(filters.part),
        "sort": "" if filters.sort == usual.filters.sort else filters.sort,
        "size": "" if address.size == usual.size else str(address.size),
        "layout": "" if address.layout == usual.layout else address.layout,
        "page": "" if address.page == 1 else str(address.page),
    }
    return {key: word for key, word in words.items() if word}


def _word(part: str) -> str:
    """Write a word as it stands in an address: "held-out"."""
    return part.replace(" ", "-")


def _some(text: str, known: Mapping[str, Value]) -> tuple[Value, ...]:
    return tuple(dict.fromkeys(known[word] for word in text.split(",") if word in known))


def _whole(text: str) -> int | None:
    digits = text.removeprefix("-")
    return int(text) if digits.isascii() and digits.isdecimal() and len(digits) < 10 else None


def _range(text: str) -> tuple[int, int] | None:
    low, _, high = text.partition("..")
    first, last = _whole(low), _whole(high)
    return (first, last) if first is not None and last is not None and first <= last else None
