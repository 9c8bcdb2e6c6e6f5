"""The form of a new run, noise: which labels become wrong on purpose, and what they become."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from mild.analysis.requested_noise import requested_matrix
from mild.config import NoiseConfig
from mild.config.noise_rules import matrix_from_csv
from mild.core.noise import MODELS
from mild.data.preview import Preview
from mild.errors import NoiseError
from mild.figures.noise import transition_matrix
from mild.ui.gate.uploads import asks_for_a_file
from mild.ui.new_run.widgets import at, key, share
from mild.ui.saving import chart, grid
from mild.ui.words import percent, plain

USUAL_RATE = 0.4
Names = Sequence[str]


def ask(base: NoiseConfig, names: Names | None, problems: list[str]) -> dict[str, Any]:
    """Ask for the noise; return values by option, and add to `problems` what cannot be read.

    `names` are those of the classes, None where they are not known before training.
    """
    name = st.selectbox(
        "Wrong labels made on purpose", list(MODELS), at(MODELS, base.model), key=key("noise"),
        format_func=lambda item: f"{item}: {MODELS[item].label}",
        help="For trying out and teaching: the truth is then known. For your own labels: none.",
    )  # fmt: skip
    model = MODELS[name]
    values: dict[str, Any] = {"noise": name, "rate": 0.0}
    if not model.without_rate:
        start = USUAL_RATE if MODELS[base.model].without_rate else base.rate
        values["rate"] = share(model.rate_label, start, name="rate")
    if "class_map" in model.needs:
        values["class_map"] = _ask_class_map(base, names, problems)
    if "matrix" in model.needs:
        values["matrix"] = _ask_matrix(base, names, problems)
    return values


def show(noise: NoiseConfig, data_set: str, names: Names | None, found: Preview | None) -> None:
    """Draw the transition matrix that is asked for; nothing where there is no noise."""
    if noise.model == "none":
        return
    st.subheader(
        "Which label becomes which (%)",
        help="The transition matrix: of the images with a clean label (row), the share that gets "
        "each given label (column).",
    )
    if names is None:
        st.info("Drawn when the number of classes is known: once the data set is read.")
        return
    matrix_CC = requested_matrix(noise, len(names), data_set)
    if matrix_CC is None:
        st.info(
            "Which label an image gets depends on the image, so the matrix is known only once the "
            "labels are drawn; the live page shows it then."
        )
        return
    chart(
        transition_matrix(matrix_CC, names), "requested transitions",
        lambda: grid("clean label", names, names, matrix_CC), key="requested transitions",
        alt=f"Transition matrix of {noise.model} noise between {len(names)} classes",
    )  # fmt: skip
    if found is not None:
        n_C = found.n_per_class
        wrong = float((n_C * (1 - np.diag(matrix_CC))).sum() / n_C.sum())
        st.caption(f"About {percent(wrong)} of all labels become wrong.")


def problem(noise: NoiseConfig, data_set: str, names: Names | None) -> str | None:
    """Say why the noise does not fit the classes, where that can be said already."""
    if names is None:
        return None
    try:
        requested_matrix(noise, len(names), data_set)
    except NoiseError as error:
        return str(error)
    return None


def _ask_class_map(base: NoiseConfig, names: Names | None, problems: list[str]) -> dict[int, int]:
    pairs = list((base.class_map or {}).items()) or [(0, 1)]
    st.caption("Classes and what they are mislabeled as; add rows at the bottom.")
    if names is None:
        column: Any = st.column_config.NumberColumn(min_value=0, step=1, required=True)
        rows: list[tuple[Any, Any]] = list(pairs)
    else:
        numbered = _numbered(names)
        column = st.column_config.SelectboxColumn(options=numbered, required=True)
        rows = [(numbered[a], numbered[b]) for a, b in pairs if max(a, b) < len(names)]
    edited = st.data_editor(
        pd.DataFrame(rows, columns=["Clean class", "is labeled"]), num_rows="dynamic",
        hide_index=True, key=key(f"class map {len(names or ())}"), width="stretch",
        column_config={"Clean class": column, "is labeled": column},
    ).dropna()  # fmt: skip
    pairs = [(_label(a), _label(b)) for a, b in edited.itertuples(index=False)]
    sources = [source for source, _ in pairs]
    for twice in sorted({source for source in sources if sources.count(source) > 1}):
        problems.append(f"class {twice} stands twice in the class map; name it once.")
    return dict(pairs)


def _numbered(names: Names) -> list[str]:
    """Number the names that two classes share."""
    return [name if name == str(label) else f"{label}: {name}" for label, name in enumerate(names)]


def _label(entry: Any) -> int:
    return int(entry.split(":")[0]) if isinstance(entry, str) else int(entry)


def _ask_matrix(base: NoiseConfig, names: Names | None, problems: list[str]) -> Any:
    asks_for_a_file()
    file = st.file_uploader(
        "The matrix as a CSV file", type=["csv"], key=key("matrix file"),
        help="A line for each clean class, with a number from 0 to 1 for each given class; no "
        "headings.",
    )  # fmt: skip
    if file is not None:
        try:
            return matrix_from_csv(file.getvalue().decode("utf-8-sig"), plain(file.name))
        except UnicodeDecodeError:
            problems.append(f"{file.name} is not text; save the matrix as a CSV file.")
        except NoiseError as error:
            problems.append(str(error))
        return base.matrix or []
    n = len(names) if names is not None else len(base.matrix or ())
    if not n:
        st.info("The number of classes is known only once the data set is read: give a file.")
        return []
    start_CC = np.asarray(base.matrix) if len(base.matrix or ()) == n else np.eye(n)
    heads = _numbered(names or [str(label) for label in range(n)])
    st.caption("Rows are clean labels, columns given ones; every row must sum to 1.")
    edited = st.data_editor(
        pd.DataFrame(start_CC, columns=heads, index=heads), key=key(f"matrix {n}"),
        width="stretch",
        column_config={
            head: st.column_config.NumberColumn(min_value=0.0, max_value=1.0, format="%.3g")
            for head in heads
        },
    )  # fmt: skip
    return edited.to_numpy(dtype=float).tolist()
