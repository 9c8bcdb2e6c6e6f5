"""Register the status matrix, send it rows and cells, and hear which row is chosen."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from mild.analysis.matrix_rows import MatrixRows
from mild.figures import palette
from mild.ui.heard import part, whole

_HERE = Path(__file__).parent
_HTML = """
<div class="controls">
  <button class="play" type="button"></button>
  <input class="epoch" type="range" min="1" step="1" aria-label="Epoch to replay up to">
  <span class="where"></span>
</div>
<div class="legend"></div>
<canvas class="picture" tabindex="0" role="application"></canvas>
<div class="readout" role="status" aria-live="polite"></div>
"""

in_browser = st.components.v2.component(
    "mild_status_matrix",
    html=_HTML,
    css=(_HERE / "status_matrix.css").read_text(encoding="utf-8"),
    js=(_HERE / "status_matrix.js").read_text(encoding="utf-8"),
)
cells_in_browser = st.components.v2.component(
    "mild_status_cells",
    js=(_HERE / "status_cells.js").read_text(encoding="utf-8"),
)


def status_matrix(
    rows: MatrixRows,
    choice: dict[str, Any],
    *,
    key: str,
    on_row: Callable[[int], None],
    on_epoch: Callable[[int], None],
    things: str = "images",
) -> None:
    """Draw the matrix; callbacks are told the chosen row, and the epoch where a replay ends.

    `choice` holds the epoch to draw up to ("upTo") and the chosen row or None ("chosen").
    `things` is what instances are called.
    """

    def chosen() -> None:
        row = whole(part(st.session_state.get(key), "row"), 0, len(rows.n_R) - 1)
        if row is not None:
            on_row(row)

    def replayed() -> None:
        epoch = whole(part(st.session_state.get(key), "epoch"), 1, rows.n_epochs)
        if epoch is not None:
            on_epoch(epoch)

    in_browser(
        key=key,
        data=facts(rows) | choice | {"things": things},
        on_row_change=chosen,
        on_epoch_change=replayed,
    )
    cells_in_browser(key=f"{key} cells", data=packed(rows), height=1)


def facts(rows: MatrixRows) -> dict[str, Any]:
    """Return what the browser needs about rows and epochs; sent again with each choice."""
    return {
        "token": rows.token,
        "columns": rows.percent_RC.shape[1],
        "epochsEach": rows.epochs_each,
        "epochs": rows.n_epochs,
        "asked": rows.n_epochs_asked,
        "n": rows.n_R,
        "groups": None if rows.groups is None else list(rows.groups),
        "second": rows.second_R,
        "curves": {
            name: [None if np.isnan(item) else round(item, 4) for item in values]
            for name, values in rows.curves.items()
        },
        "classes": rows.classes,
        "common": rows.common_R,
        "commonShare": rows.common_share_R,
        "names": rows.names_R,
        "colours": _COLOURS,
    }


def packed(rows: MatrixRows) -> bytes:
    """Return the cells as the browser takes them: token, line break, deflated bytes; sent once."""
    cells = zlib.compress(np.ascontiguousarray(rows.percent_RC).tobytes(), 6)
    return rows.token.encode() + b"\n" + cells


_COLOURS = palette.GROUPS | {
    "memorized": list(palette.MEMORIZED),
    "misclassified": list(palette.MISCLASSIFIED),
    "notSeen": list(palette.NOT_SEEN),
}
