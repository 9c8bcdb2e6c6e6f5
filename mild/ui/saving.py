"""Every figure can be saved by the button below it: as PNG or SVG, its data as CSV."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy.typing as npt
import pandas as pd
import streamlit as st

from mild.export.formats.csv_file import as_csv as as_table
from mild.store.run import Run
from mild.ui.cache.run_labels import run_name
from mild.ui.components.save import save_buttons

Columns = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Name:
    """What a figure is called where it is saved."""

    file: str
    title: str
    """The line on top of the picture."""


def of_run(run: Run, what: str, number: int | None = None) -> Name:
    """Name a figure of a run, and of a round counted from 0: its picture says by itself of which.

    Files are called by the run's id, which no other run has.
    """
    of_round = "" if number is None else f" round {number + 1}"
    title = ", ".join(filter(None, (run_name(run), of_round.strip())))
    return Name(f"{run.run_id}{of_round} {what}", f"{title}: {what}")


def as_csv(columns: Columns) -> bytes:
    """Write columns of equal length as a CSV file."""
    return as_table(pd.DataFrame(dict(columns)))


def grid(
    corner: str, rows: Iterable[object], columns: Iterable[object], values_RC: npt.NDArray[Any]
) -> Columns:
    """Write a table of values, shape (R, C), with its names; `corner` says what the rows are."""
    named = {str(name): values_RC[:, j] for j, name in enumerate(columns)}
    return {corner: list(rows), **named}


def chart(
    figure: Any, name: Name | str, columns: Callable[[], Columns], *, key: str, **options: Any
) -> None:
    """Draw a plotly figure and the button that saves it; `options` go to `st.plotly_chart`."""
    with st.container(gap="xxsmall"):
        st.plotly_chart(figure, key=key, config={"displayModeBar": False}, **options)
        save(name, columns, of=key)


def growing_chart(
    options: dict[str, Any],
    name: Name,
    columns: Callable[[], Columns],
    *,
    key: str,
    height: int,
    alt: str,
) -> None:
    """Draw a figure of `mild.figures.growing`, which stays while points are added."""
    with st.container(gap="xxsmall"):
        st.echarts_chart(options, key=key, height=height, renderer="svg", alt=alt)
        save(name, columns, of=key)


def save(name: Name | str, columns: Callable[[], Columns], *, of: str) -> None:
    """Draw the button that saves the figure with the key `of`, whatever draws it.

    What it opens is made when it is opened: a page has many figures, and few are saved.
    """
    with st.container(horizontal=True, horizontal_alignment="right"):
        menu = st.popover(
            "Save", icon=":material/download:", type="tertiary", key=f"save {of}",
            on_change="rerun",
        )  # fmt: skip
    if is_open(menu):
        with menu:
            if isinstance(name, str):
                name = Name(name, name[:1].upper() + name[1:])
            save_buttons(of, name.file, name.title, key=f"picture {of}")
            data_button(name.file, columns, key=f"data {of}")


def is_open(menu: Any) -> bool:
    """Tell whether a person has opened it."""
    return bool(menu.open)


def data_button(name: str, columns: Callable[[], Columns], *, key: str) -> None:
    """Draw a button that saves a figure's data, which are made when it is pressed."""
    st.download_button(
        "CSV", lambda: as_csv(columns()), f"{name}.csv", "text/csv", key=key,
        on_click="ignore", width="stretch",
    )  # fmt: skip
