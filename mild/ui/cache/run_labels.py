"""What people call a run, on every page: its name, and when it was made where names are alike."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Mapping

from mild.errors import RunError
from mild.store.files.stamp import Stamp, stamp
from mild.store.review.about import about
from mild.store.run import Run
from mild.ui.cache.decorators import per_server
from mild.ui.cache.overviews import last_seen
from mild.ui.words import visible_name

Named = tuple[str, float | None]
"""The name of a run, and when it was made, in seconds since 1970."""


def run_labels(runs: Iterable[Run]) -> dict[str, str]:
    """Label each run by its id; no two are alike."""
    return distinct_labels({run.run_id: _named(run) for run in runs})


def distinct_labels(names: Mapping[str, Named]) -> dict[str, str]:
    """Label by the name alone, with the time where another has it, and then with the id."""
    labels = {run_id: visible_name(name) for run_id, (name, _) in names.items()}
    alike = Counter(labels.values())
    for run_id, (_, made) in names.items():
        if alike[labels[run_id]] > 1 and made is not None:
            labels[run_id] = f"{labels[run_id]} · {_when(made)}"
    alike = Counter(labels.values())
    return {
        run_id: label if alike[label] == 1 else f"{label} · {run_id[-4:]}"
        for run_id, label in labels.items()
    }


def _when(made: float) -> str:
    """Write a time in as few letters as do; the year only where it is another."""
    then, now = time.localtime(made), time.localtime()
    day = "%d %b" if then.tm_year == now.tm_year else "%d %b %Y"
    return time.strftime(f"{day} %H:%M", then).lstrip("0")


@per_server(1)
def _known() -> dict[str, tuple[Stamp, Named]]:
    """Return the names read so far, by folder, to be added to: every page asks for all of them."""
    return {}


def _named(run: Run) -> Named:
    folder, known = run.folder, _known()
    now = stamp(folder.config, folder.review)  # what a worker writes does not change a label
    last = known.get(str(folder.path))
    if last is not None and last[0] == now:
        return last[1]
    line = last_seen(run)
    if line is not None and line[0][: len(now)] == now:
        return visible_name(line[1].name), line[1].created
    try:
        named = run_name(run), run.recorded_state().created
    except RunError:
        return run.run_id, None
    known[str(folder.path)] = (now, named)
    return named


def run_name(run: Run) -> str:
    """Return what people call a run: the name they gave it, else that of its settings."""
    return visible_name(about(run.folder).name or run.config().name)
