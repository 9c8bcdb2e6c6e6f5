"""messages: what components in a browser send back, with anything in the place of everything."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np

from benchmarks.fuzz.kind import Case, Kind
from benchmarks.fuzz.small_run import EPOCHS, N, write_small_run
from benchmarks.fuzz.values import Random, changed, value
from mild.store.run import Run

_ACTIONS = ("keep", "drop", "suggest", "relabel", "clear", "undo", "redo", "page", "open", "close",
            "right", "wrong", "unknown")  # fmt: skip
_said = 0
Handler = Callable[[Random], None]


def _prepare(folder: Path) -> Case:
    run = write_small_run(folder)
    handlers = [*_review(run), _cut(run), _matrix(run), _table_of_runs(run)]

    def case(rng: Random) -> None:
        handlers[rng.integers(len(handlers))](rng)

    return case


def _sent(message: Any, rng: Random) -> Any:
    """A message with some of it changed, or another one altogether."""
    return value(rng) if rng.random() < 0.1 else changed(message, rng, int(rng.integers(3)))


def _actions(rng: Random) -> dict[str, Any]:
    """What a gallery sends: a few things done, each with the next number."""
    global _said
    items = []
    for _ in range(rng.integers(1, 4)):
        _said += 1
        items.append(
            {
                "number": _said,
                "kind": _ACTIONS[rng.integers(len(_ACTIONS))],
                "indices": rng.integers(-1, N + 1, size=int(rng.integers(4))).tolist(),
                "value": int(rng.integers(-2, 5)),
            }
        )
    message = {"source": "a browser", "list": items}
    return {"actions": _sent(message, rng), "picture": _sent(96, rng)}


def _review(run: Run) -> list[Handler]:
    from benchmarks.fuzz.session import Query, session
    from mild.store.review.checks import add_sample
    from mild.ui.components.gallery import picture_side
    from mild.ui.review import gallery
    from mild.ui.review.detail import opened as detail
    from mild.ui.review.spot_check import card as check
    from mild.ui.review.state import open_review
    from mild.ui.review.verdicts import Verdicts

    state: dict[str, Any] = {}
    with session(Query(), state):
        review = open_review(run, Verdicts(n_finished=2))
    add_sample(
        run.folder, range(0, N, 3), strata_A=np.zeros(N, dtype=np.uint8), sizes=(N, 0), seed=0,
        number=None, cut=None, n_samples=0,
    )  # fmt: skip

    def decided(rng: Random) -> None:
        state[gallery.KEY] = _actions(rng)
        with session(Query(), state):
            gallery.hear()
            gallery.turned()
            picture_side(gallery.KEY)
            if rng.random() < 0.05:
                detail.data(review)

    def answered(rng: Random) -> None:
        state[check.KEY] = _actions(rng)
        with session(Query(), state):
            check.hear()

    return [decided, answered, _editing(review, state)]


def _editing(review: Any, state: dict[str, Any]) -> Handler:
    """Return the handler of edits in the table of the review page."""
    from benchmarks.fuzz.session import Query, session
    from mild.ui.review import table

    index_T = np.arange(20)

    def edited(rng: Random) -> None:
        cells = {"Decision": "relabel", "New label": "bee"}
        message = {"edited_rows": {int(rng.integers(-1, 22)): _sent(cells, rng)}}
        with session(Query(), state), patch.object(table, "st", _Quiet(state)):
            state.pop(state.get("review table", {}).get("key", ""), None)
            table.show(review, index_T)
            state[state["review table"]["key"]] = (
                _sent(message, rng) if rng.random() < 0.5 else message
            )
            table.hear(review, index_T)

    return edited


class _Quiet:
    """Stands in for streamlit where a table is drawn: nothing is."""

    def __init__(self, state: dict[str, Any]) -> None:
        self.session_state = state

    def __getattr__(self, name: str) -> Any:
        return self if name == "column_config" else lambda *args, **kwargs: None


def _table_of_runs(run: Run) -> Handler:
    from mild.store.overview import overview
    from mild.ui.runs import table

    shown = [overview(run)]

    def clicked(rng: Random) -> None:
        cells, pressed = changed([[0, "name"]], rng, 1), changed({"row": 0}, rng, 1)
        with patch.object(table, "open_page"):
            table.open_clicked(shown, cells, pressed if rng.random() < 0.5 else None)

    return clicked


def _cut(run: Run) -> Handler:
    from mild.analysis.rounds.every_cut import every_cut, one_cut
    from mild.analysis.rounds.read_round import read_round
    from mild.ui.components.cut import component

    view = read_round(run, 0, EPOCHS[0], None)
    every, chosen = every_cut(view), one_cut(view, view.selection.cut)

    def asked(cut: float) -> None:
        one_cut(view, cut)

    moved = _callback(component, "on_cut_change", lambda: component.cut_chart(
        every, chosen, key="cut", on_cut=asked
    ))  # fmt: skip
    return _hearer(moved, "cut", {"cut": 2.5})


def _matrix(run: Run) -> Handler:
    from mild.ui.cache.matrix import matrix_rows
    from mild.ui.components.status_matrix import component

    rows = matrix_rows(run, 0, "metric")

    def chosen(row: int) -> None:
        if not rows.n_R[row]:
            raise AssertionError("a row without instances was chosen")

    def draw() -> None:
        component.status_matrix(rows, {}, key="matrix", on_row=chosen, on_epoch=lambda epoch: None)

    hear_row = _hearer(_callback(component, "on_row_change", draw), "matrix", {"row": 3})
    hear_epoch = _hearer(_callback(component, "on_epoch_change", draw), "matrix", {"epoch": 2})
    return lambda rng: hear_row(rng) if rng.random() < 0.5 else hear_epoch(rng)


def _callback(module: Any, name: str, draw: Callable[[], object]) -> Callable[[], None]:
    """What a component calls when its browser has something to say."""
    with patch.object(module, "in_browser") as mount:
        cells = patch.object(module, "cells_in_browser", create=True)
        with cells:
            draw()
    heard: Callable[[], None] = mount.call_args.kwargs[name]
    return heard


def _hearer(callback: Callable[[], None], key: str, message: dict[str, Any]) -> Handler:
    from benchmarks.fuzz.session import Query, session

    def hear(rng: Random) -> None:
        found = changed(message, rng, int(rng.integers(1, 3)))
        with session(Query(), {key: found if isinstance(found, dict) else {}}):
            callback()

    return hear


MESSAGES = Kind(name="messages", about="what components in a browser send back", prepare=_prepare)
