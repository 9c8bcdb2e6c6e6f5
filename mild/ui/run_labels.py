"""What people call a run where they choose one: its name, and when it was made."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable

import streamlit as st

from mild.errors import RunError
from mild.store.review.about import about
from mild.store.run import Run
from mild.ui.stamp import Stamp, stamp


def run_labels(runs: Iterable[Run]) -> dict[str, str]:
    """The label of each run by its id; no two are alike."""
    labels = {run.run_id: _label(run) for run in runs}
    alike = Counter(labels.values())
    return {
        run_id: label if alike[label] == 1 else f"{label} · {run_id[-4:]}"
        for run_id, label in labels.items()
    }


@st.cache_resource(max_entries=1, show_spinner=False)
def _known() -> dict[str, tuple[Stamp, str]]:
    """By folder; filled as labels are read. Every page asks for them, of every run."""
    return {}


def _label(run: Run) -> str:
    folder, known = run.folder, _known()
    now = stamp(folder.config, folder.review)  # what a worker writes does not change a label
    last = known.get(str(folder.path))
    if last is not None and last[0] == now:
        return last[1]
    try:
        label = _read(run)
    except RunError:
        return run.run_id
    known[str(folder.path)] = (now, label)
    return label


def run_name(run: Run) -> str:
    """What people call it: the name they gave it, else that of its settings."""
    return about(run.folder).name or run.config().name


def _read(run: Run) -> str:
    made = time.localtime(run.recorded_state().created)
    return f"{run_name(run)} · {time.strftime('%Y-%m-%d %H:%M:%S', made)}"
