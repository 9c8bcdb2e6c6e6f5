"""The columns of the table of runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyarrow as pa
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from mild.store.overview import Overview
from mild.ui.runs.next_step import next_step
from mild.ui.words import STATE_COLOURS, score, visible_name

ORDER = (
    "name", "state", "next", "kept", "f1_flagged", "accuracy", "noise_rate", "rounds", "progress",
    "source", "tags", "started",
)  # fmt: skip
NAME_PIXELS = 240
"""Of a run's name: its state is beside it on a telephone as well."""
NAME_LETTERS = 32
"""That are seen at this width."""
_COLOURS = {"grey": "gray"}
"""What a table calls a colour, where it is another name than in Markdown."""


def frame(lines: Sequence[Overview], names: Mapping[str, str]) -> pa.Table:
    """Make a row for each run, in order; shares in per cent, scores as the field writes them.

    A table of Arrow, which is what a browser is sent: nothing is converted.
    """
    number, texts = pa.float64(), pa.list_(pa.string())
    return pa.table(
        {
            "name": [_told_apart(item, names[item.run_id]) for item in lines],
            "state": pa.array([[visible_name(item.state)] for item in lines], texts),
            "next": [next_step(item).words for item in lines],
            "kept": pa.array([_percent(item.kept_share) for item in lines], number),
            "f1_flagged": pa.array([_score(item.f1_flagged) for item in lines], pa.string()),
            "accuracy": pa.array([_score(item.accuracy) for item in lines], pa.string()),
            "noise_rate": pa.array([_percent(item.noise_rate) for item in lines], number),
            "rounds": [f"{item.rounds_done} of {item.rounds_asked}" for item in lines],
            "progress": pa.array([100 * item.progress for item in lines], number),
            "source": [visible_name(item.source) for item in lines],
            "tags": pa.array([[visible_name(tag) for tag in item.tags] for item in lines], texts),
            "started": pa.array([_moment(item.created) for item in lines], pa.timestamp("ms")),
        }
    )


def _told_apart(item: Overview, label: str) -> str:
    """Shorten a name, not what tells it from another run's, where a cell cuts it off."""
    name = visible_name(item.name)
    own = label.removeprefix(name)
    if own == label or not own or len(label) <= NAME_LETTERS:
        return label
    return f"{name[: NAME_LETTERS - len(own) - 1].rstrip()}…{own}"


def _moment(seconds: float | None) -> int | None:
    return None if seconds is None else round(1000 * seconds)


def _percent(share: float | None) -> float | None:
    return None if share is None else 100 * share


def _score(value: float | None) -> str | None:
    return None if value is None else score(value)


def _share(label: str, help_: str) -> ColumnConfig:
    return st.column_config.NumberColumn(label, format="%.1f %%", help=help_)


COLUMNS: dict[str, ColumnConfig] = {
    "name": st.column_config.TextColumn("Run", width=NAME_PIXELS),
    "state": st.column_config.MultiselectColumn(
        "State", options=list(STATE_COLOURS),
        color=[_COLOURS.get(colour, colour) for colour in STATE_COLOURS.values()],
    ),
    "kept": _share("Kept", "Share of the training set kept by the last round"),
    "f1_flagged": st.column_config.TextColumn(
        "F1 of flagged", alignment="right",
        help="How well the flagged images are the mislabeled ones: the harmonic mean of precision "
        "and recall, where clean labels are known",
    ),
    "accuracy": st.column_config.TextColumn(
        "Accuracy", alignment="right", help="On the held-out part after the last epoch"
    ),
    "noise_rate": _share("Wrong labels", "Actual share of wrong labels, where it is known"),
    "rounds": st.column_config.TextColumn("Rounds", help="Rounds that have their selection"),
    "progress": st.column_config.ProgressColumn(
        "Progress", format="%.0f %%", min_value=0, max_value=100, help="Share of its epochs done"
    ),
    "source": st.column_config.TextColumn("Data set"),
    "tags": st.column_config.ListColumn("Tags"),
    "started": st.column_config.DatetimeColumn("Started", format="distance"),
}  # fmt: skip
