"""What is done in the gallery is done once, about what it showed, whatever page comes next."""

from __future__ import annotations

import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from mild.analysis.instances.filters import Filters, verdict_codes
from mild.analysis.instances.measured import MeasuredInstances
from mild.store.review.decision import Decision, Window
from mild.store.review.decisions import decide, decisions, since
from mild.store.run import Run
from mild.ui.components.asking import asking
from mild.ui.components.reviewer_name import component
from mild.ui.review import filters, state
from mild.ui.review.verdicts import Verdicts
from tests.pages.conftest import OpenPage, fine
from tests.pages.review.test_review import gallery, send
from tests.runs_for_tests import write_run

KEEP, DROP = Decision("keep"), Decision("drop")


@pytest.fixture
def runs(runs_root: Path) -> tuple[Run, Run]:
    return write_run(runs_root, name="first"), write_run(runs_root, name="second", seed=1)


def test_a_key_that_comes_late_decides_in_the_run_that_was_shown(
    runs: tuple[Run, Run], open_page: OpenPage
) -> None:
    first, second = runs
    app = open_page("review", run=first.run_id)
    about = gallery(app)["about"]
    app.query_params["run"] = second.run_id
    app.run()
    send(app, {"kind": "drop", "indices": [7], "about": about})
    fine(app)
    assert decisions(first.folder) == {7: DROP}
    assert decisions(second.folder) == {}
    send(app, {"kind": "drop", "indices": [8], "about": "a run of last week"}, source="again")
    assert "about another run: do it again there" in gallery(app)["said"]
    assert decisions(second.folder) == {}


def test_what_is_asked_again_by_the_next_page_of_a_browser_is_done_once(
    runs: tuple[Run, Run], open_page: OpenPage
) -> None:
    run = runs[0]
    app = open_page("review", run=run.run_id)
    send(app, {"kind": "drop", "indices": [7]})
    decide(run.folder, {7: KEEP}, Window("a colleague", 0))
    heard = dict(asking._numbers)
    after = open_page("review", run=run.run_id)  # as after a reload: another session
    asking._numbers.update(heard)
    left: dict[str, Any] = {"kind": "drop", "about": gallery(after)["about"]}
    send(after, {**left, "indices": [7]}, {**left, "indices": [9]})
    assert decisions(run.folder) == {7: KEEP, 9: DROP}


def test_boxes_that_were_never_drawn_hold_what_the_address_says() -> None:
    before = Filters(flagged=False, given=(1,), metric=(2, 3))
    assert filters._chosen(0, 9, before) == before


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> list[state.Standing]:
    """Where the server keeps what is decided."""
    kept = [state.Standing(last_action=0, decisions={}, code_A=verdict_codes(9, {}))]
    monkeypatch.setattr(state, "_known", lambda run, number, n: kept)
    return kept


def test_windows_that_read_at_once_never_keep_half_of_what_is_decided(
    runs: tuple[Run, Run], place: list[state.Standing], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One reads, and another one goes on before the first has looked at what it read."""
    run, window = runs[0], Window("a", 0)
    decide(run.folder, {1: KEEP, 2: KEEP}, window)

    class _Measured:
        n = 9

    review = state.Review(
        run=run,
        measured=cast(MeasuredInstances, _Measured()),
        window=window,
        verdicts=Verdicts(n_finished=2),
    )
    state.decided(review)
    read, late, early = since, threading.Event(), threading.Event()

    def slow(folder: Any, action: int) -> Any:
        found = read(folder, action)
        if threading.current_thread().name == "late" and not early.is_set():
            late.set()
            early.wait(10)
        return found

    monkeypatch.setattr(state, "since", slow)
    first = threading.Thread(target=state.decided, args=(review,), name="late")
    first.start()
    late.wait(10)
    decide(run.folder, {3: DROP}, window)
    state.decided(review)
    early.set()
    first.join()
    assert state.decided(review).decisions == {1: KEEP, 2: KEEP, 3: DROP}


@pytest.mark.parametrize(("cookie", "name"), [("Zo%C3%AB", "Zoë"), ("", ""), (7, "")])
def test_a_name_is_read_from_the_browsers_cookie(
    cookie: object, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = SimpleNamespace(cookies={component.COOKIE: cookie})
    monkeypatch.setattr(component, "st", SimpleNamespace(context=context))
    assert component.kept_name() == name
