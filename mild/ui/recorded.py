"""What a run recorded once and for ever: labels and names, read once per server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import streamlit as st

from mild.store.run import Instances, Run, open_run

Array = npt.NDArray[Any]


def instances(run: Run) -> Instances:
    """Given and clean labels and names, by index; read from disk the first time."""
    return _instances(str(run.folder.path.parent), run.run_id)


def right_labels(run: Run, index_N: Array) -> npt.NDArray[np.bool_] | None:
    """Shape (N,), by slot: whether the given label is the clean one; None where unknown."""
    known = instances(run)
    if known.clean_N is None:
        return None
    return np.asarray(known.given_N[index_N] == known.clean_N[index_N])


class ClassNames:
    """Names of classes by label; the number itself where there is no name."""

    def __init__(self, names: list[str]) -> None:
        self._names = names

    def __getitem__(self, label: int) -> str:
        return self._names[label] if 0 <= label < len(self._names) else str(label)


def class_names(run: Run) -> ClassNames:
    """As the data set has them."""
    return ClassNames([str(name) for name in run.facts().get("class_names", [])])


@st.cache_resource(max_entries=4, show_spinner="Reading labels …")
def _instances(root: str, run_id: str) -> Instances:
    return open_run(run_id, Path(root)).instances()
