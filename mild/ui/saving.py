"""Every figure can be saved: its data as CSV, itself as a picture."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy.typing as npt
import pandas as pd
import streamlit as st

Columns = Mapping[str, Any]


def picture_config(name: str) -> dict[str, Any]:
    """For `st.plotly_chart`: the camera saves a picture that is sharp in print."""
    return {
        "displaylogo": False,
        "toImageButtonOptions": {"format": "svg", "filename": name},
    }


def as_csv(columns: Columns) -> bytes:
    """Columns of equal length as a CSV file."""
    return pd.DataFrame(dict(columns)).to_csv(index=False).encode()


def grid(
    corner: str, rows: Iterable[object], columns: Iterable[object], values_RC: npt.NDArray[Any]
) -> Columns:
    """A table of values, shape (R, C), with its names; `corner` says what the rows are."""
    named = {str(name): values_RC[:, j] for j, name in enumerate(columns)}
    return {corner: list(rows), **named}


def chart(
    figure: Any, name: str, columns: Callable[[], Columns], *, key: str, **options: Any
) -> None:
    """A figure whose camera saves it under a name, and below it the button for its data.

    `options` go to `st.plotly_chart`.
    """
    st.plotly_chart(figure, key=key, config=picture_config(name), **options)
    data_button(name, columns, key=f"data {key}")


def data_button(name: str, columns: Callable[[], Columns], *, key: str) -> None:
    """A small button that saves a figure's data, which are made when it is pressed."""
    st.download_button(
        "Data as CSV", lambda: as_csv(columns()), f"{name}.csv", "text/csv", key=key,
        on_click="ignore", type="tertiary", icon=":material/download:",
    )  # fmt: skip


def save_box(
    name: str, columns: Callable[[], Columns], figure: Callable[[], Any], *, key: str
) -> None:
    """Picture and data of a figure that a component draws; made only when the box is opened.

    Not a popover: the camera's download counts as a click outside of one, and closes it.
    """
    box = st.expander(
        "Save picture or data", icon=":material/download:", on_change="rerun", key=key,
        type="compact",
    )  # fmt: skip
    if box.open:
        with box:
            st.caption("The camera above the picture saves it.")
            chart(figure(), name, columns, key=f"{key} picture")
