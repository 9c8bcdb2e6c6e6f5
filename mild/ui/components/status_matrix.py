"""The status matrix: instances by epochs, with a replay of training above it."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import streamlit as st

from mild.analysis.matrix import Sort, thin_columns
from mild.figures import palette
from mild.store.run import Run, open_run
from mild.ui.cache import groups, instances, is_finished, matrix, memorized_curves
from mild.ui.class_names import class_names

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

_mount = st.components.v2.component(
    "mild_status_matrix",
    html=_HTML,
    css=(_HERE / "status_matrix.css").read_text(encoding="utf-8"),
    js=(_HERE / "status_matrix.js").read_text(encoding="utf-8"),
)
_mount_cells = st.components.v2.component(
    "mild_status_cells",
    js=(_HERE / "status_cells.js").read_text(encoding="utf-8"),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class MatrixData:
    """What the browser needs."""

    facts: dict[str, Any]
    """About the rows and the epochs, and the curves; sent again with each choice."""
    percent_RC: npt.NDArray[np.uint8]
    """Shape (R, C), at most 400 x 600: share memorized in per cent; sent once."""

    def packed(self) -> bytes:
        """The cells as the browser takes them: their token, a line break, deflated bytes."""
        cells = zlib.compress(np.ascontiguousarray(self.percent_RC).tobytes(), 6)
        return str(self.facts["token"]).encode() + b"\n" + cells


def status_matrix(
    data: MatrixData,
    choice: dict[str, Any],
    *,
    key: str,
    on_row: Callable[[int], None],
    on_epoch: Callable[[int], None],
) -> None:
    """Draw it; the callbacks hear the row a person chooses, and the epoch where a replay ends.

    `choice` holds the epoch to draw up to ("upTo") and the chosen row or None ("chosen").
    """
    facts = data.facts

    def chosen() -> None:
        row = st.session_state[key].get("row")
        if isinstance(row, int | float) and 0 <= row < len(facts["n"]):
            on_row(int(row))

    def replayed() -> None:
        epoch = st.session_state[key].get("epoch")
        if isinstance(epoch, int | float) and 1 <= epoch <= facts["epochs"]:
            on_epoch(int(epoch))

    _mount(key=key, data=facts | choice, on_row_change=chosen, on_epoch_change=replayed)
    _mount_cells(key=f"{key} cells", data=data.packed(), height=1)


def matrix_data(run: Run, number: int, sort: Sort, n_epochs: int | None = None) -> MatrixData:
    """At most 400 x 600 bytes, and a few facts about each row; of all epochs or the first ones."""
    root, finished = str(run.folder.path.parent), is_finished(run, number)
    n_epochs = run.n_epochs(number) if n_epochs is None else n_epochs
    return _matrix_data(root, run.run_id, number, sort, n_epochs, finished)


@st.cache_data(max_entries=16, show_spinner="Drawing …")
def _matrix_data(
    root: str, run_id: str, number: int, sort: Sort, n_epochs: int, finished: bool
) -> MatrixData:
    run = open_run(run_id, Path(root))  # `finished` is there for the cache: it makes two groups
    drawn = matrix(run, number, sort, n_epochs)
    percent_RE, epochs_each = thin_columns(drawn.percent(run.status(number)[:n_epochs]))
    split = groups(run, number)
    second = None
    if split is not None:
        second = np.rint(100 * drawn.mean(split.second_N.astype(np.uint8))).astype(int).tolist()
    facts = {
        "token": f"{run.run_id} {number} {sort} {n_epochs}",
        "columns": percent_RE.shape[1],
        "epochsEach": epochs_each,
        "epochs": n_epochs,
        "asked": run.config().rounds[number].epochs,
        "n": drawn.n_R.tolist(),
        "groups": None if split is None else list(split.names),
        "second": second,
        "curves": {
            name: [None if np.isnan(item) else round(item, 4) for item in values]
            for name, values in memorized_curves(run, number, n_epochs).items()
        },
        **_row_words(run, number, drawn.order_N, drawn.starts_R, drawn.n_R),
        "colours": _COLOURS,
    }
    return MatrixData(facts=facts, percent_RC=percent_RE)


def _row_words(run: Run, number: int, order_N: Any, starts_R: Any, n_R: Any) -> dict[str, Any]:
    """The commonest class of each row, its share, and the image's name where a row is one."""
    known, names = instances(run), class_names(run)
    index_N = np.asarray(run.index(number))[order_N]
    given_N = np.asarray(known.given_N)[index_N]
    n_rows, n_classes = len(n_R), int(given_N.max(initial=0)) + 1
    cells = np.repeat(np.arange(n_rows), n_R) * n_classes + given_N
    table_RC = np.bincount(cells, minlength=n_rows * n_classes).reshape(n_rows, n_classes)
    common_R = table_RC.argmax(axis=1)
    share_R = table_RC[np.arange(n_rows), common_R] / n_R
    single = int(n_R.max(initial=0)) == 1
    return {
        "classes": [names[label] for label in range(n_classes)],
        "common": common_R.tolist(),
        "commonShare": np.rint(100 * share_R).astype(int).tolist(),
        "names": [str(name)[:200] for name in known.names[index_N]] if single else None,
    }


_COLOURS = {
    "memorized": list(palette.MEMORIZED),
    "misclassified": list(palette.MISCLASSIFIED),
    "notSeen": list(palette.NOT_SEEN),
    "all": palette.ALL,
    "clean": palette.CLEAN,
    "kept": palette.CLEAN,
    "mislabeled": palette.MISLABELED,
    "flagged": palette.MISLABELED,
    "planted": palette.PLANTED,
}
