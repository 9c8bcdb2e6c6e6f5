"""Several reviewers: a name, an opinion given unseen, and what they disagree about."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from mild.access.reviewer import VARIABLE
from mild.analysis import agreement
from mild.analysis.instances.filters import Filters
from mild.store.review import conflicts, opinions, reviewers
from mild.store.review.decision import Decision, Window
from mild.store.review.decisions import decide, decisions
from mild.store.review.reviewers import decided_by
from mild.store.run import Run, open_run
from mild.ui import saving
from mild.ui.review import modes
from mild.ui.review import reviewers as button
from mild.ui.review.address import ReviewAddress
from tests.pages.conftest import OpenPage, fine, words
from tests.pages.every_page.test_hostile_text import sent
from tests.pages.review.test_review import gallery, send, shown
from tests.runs_for_tests import write_run

ANNA, CARLA = Window("a", 0, "anna"), Window("c", 0, "carla")
KEEP, DROP = Decision("keep"), Decision("drop")


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return write_run(tmp_path_factory.mktemp("template"))


@pytest.fixture
def run(template: Run, runs_root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A run about which Anna has decided something; nobody has told this machine a name."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "settings"))
    monkeypatch.delenv(VARIABLE, raising=False)
    shutil.copytree(template.folder.path, runs_root / template.run_id)
    found = open_run(template.run_id)
    decide(found.folder, {3: KEEP, 5: DROP, 8: DROP}, ANNA)
    return found


@pytest.fixture
def _opened(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is behind the button with the name is looked at."""
    monkeypatch.setattr(saving, "is_open", lambda menu: True)


def test_a_name_is_asked_once_and_kept_with_every_decision(run: Run, open_page: OpenPage) -> None:
    app = open_page("review", run=run.run_id)
    send(app, {"kind": "keep", "indices": [1]})
    assert decided_by(run.folder)[1] == ""
    app.text_input(key="reviewer name").set_value("  Ben  Brown ").run()
    fine(app)
    send(app, {"kind": "keep", "indices": [2]}, source="again")
    assert decided_by(run.folder)[2] == "Ben Brown"
    another = open_page("review", run=run.run_id)
    assert another.text_input(key="reviewer name").value == "Ben Brown"


def test_a_second_opinion_hides_what_others_decided_and_changes_nothing(
    run: Run, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, "ben")
    query = {"run": run.run_id, "show": "all", "as": "second"}
    app = open_page("review", **query)
    assert sorted(shown(app)) == [3, 5, 8]
    assert [tile["verdict"] for tile in gallery(app)["tiles"]] == [None] * 3
    send(app, {"kind": "open", "indices": [5], "value": 300})
    assert gallery(app)["detail"]["history"] == []
    send(app, {"kind": "keep", "indices": [5]}, source="again")
    assert "Your opinion on 1 of 3 images" in gallery(app)["progress"]["words"]
    assert gallery(app)["detail"]["history"][0]["words"] == "Kept (second opinion)"
    assert decisions(run.folder) == {3: KEEP, 5: DROP, 8: DROP}
    assert opinions.of_reviewer(run.folder, "ben") == {5: KEEP}
    app.button(key="undo").click().run()
    assert not opinions.of_reviewer(run.folder, "ben")


@pytest.mark.usefixtures("_opened")
def test_whatever_others_decided_the_browser_is_sent_the_same_before_the_second_opinion(
    run: Run, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, "ben")
    hidden = {"run": run.run_id, "show": "all", "as": "second", "decision": "undecided"}

    def everything() -> list[tuple[str, str]]:
        app = open_page("review", **hidden)
        fine(app)
        send(app, {"kind": "open", "indices": [5], "value": 300})
        assert gallery(app)["detail"]["index"] == 5
        return [*sent(app), *sent(open_page("review", **hidden, layout="table"))]

    before = everything()
    decide(run.folder, {3: DROP, 5: Decision("relabel", 2), 8: KEEP}, ANNA)
    assert everything() == before
    assert "anna" not in str(before)


@pytest.mark.usefixtures("_opened")
def test_what_reviewers_disagree_about_is_settled_by_a_decision(
    run: Run, open_page: OpenPage
) -> None:
    opinions.give(run.folder, {3: KEEP, 5: KEEP}, CARLA)
    app = open_page("review", run=run.run_id, show="all", **{"as": "conflicts"})
    (tile,) = gallery(app)["tiles"]
    assert (tile["index"], tile["note"]) == (5, "anna: dropped · carla: kept")
    assert "anna and carla agree on 1 of 2" in words(app)
    send(app, {"kind": "keep", "indices": [5]})
    assert not conflicts.conflicts(run.folder)
    assert decisions(run.folder)[5] == KEEP


@pytest.mark.usefixtures("_opened")
def test_the_address_asks_for_a_second_opinion_only_of_somebody_with_a_name(
    run: Run, open_page: OpenPage
) -> None:
    app = open_page("review", run=run.run_id, show="all", **{"as": "second"})
    fine(app)
    assert len(shown(app)) > 3
    assert "A second opinion needs your name." in words(app)


def test_without_anything_to_do_the_page_says_why(
    run: Run, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Reviewers disagree about nothing" in words(
        open_page("review", run=run.run_id, **{"as": "conflicts"})
    )
    monkeypatch.setenv(VARIABLE, "anna")
    app = open_page("review", run=run.run_id, **{"as": "second"})
    assert "There is nothing to give a second opinion on" in words(app)


@pytest.mark.usefixtures("_opened")
def test_behind_the_button_is_how_many_each_kind_of_work_is_about(
    run: Run, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, "ben")
    opinions.give(run.folder, {5: KEEP}, CARLA)
    app = open_page("review", run=run.run_id, show="all")
    (kinds,) = (item for item in app.get("button_group") if item.key == "reviewer mode")
    titles = [option.content for option in kinds.proto.options]
    assert titles == ["Decide", "Second opinion (3)", "Settle conflicts (1)"]


def test_a_decision_is_not_kept_waiting_by_what_is_behind_a_closed_button(
    run: Run, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, "ben")
    opinions.give(run.folder, {5: KEEP}, CARLA)
    read = _read_whole(monkeypatch)
    app = open_page("review", run=run.run_id, show="all")
    send(app, {"kind": "drop", "indices": [3]})
    assert decisions(run.folder)[3] == DROP
    assert not read
    monkeypatch.setattr(saving, "is_open", lambda menu: True)
    app.run()
    assert sorted(read) == ["_among", "agreements", "decided_by"]
    app.run()  # nothing has changed
    assert len(read) == 3


def test_who_decided_is_read_once_while_somebody_gives_opinions(
    run: Run, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, "ben")
    read = _read_whole(monkeypatch)
    app = open_page("review", run=run.run_id, show="all", **{"as": "second"})
    for number, index in enumerate((3, 5, 8)):
        send(app, {"kind": "keep", "indices": [index]}, source=str(number))
    assert "Your opinion on 3 of 3 images" in gallery(app)["progress"]["words"]
    assert read == ["decided_by"]


def _read_whole(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Collect, from now on, which of the functions are called that read a whole review."""
    called: list[str] = []

    def count(module: Any, name: str) -> None:
        real = getattr(module, name)

        def counted(*args: object) -> object:
            called.append(name)
            return real(*args)

        monkeypatch.setattr(module, name, counted)

    count(reviewers, "decided_by")
    count(conflicts, "_among")
    count(agreement, "agreements")
    return called


def test_the_box_of_modes_that_is_drawn_anew_changes_neither_filters_nor_page(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    chosen: list[str] = []
    monkeypatch.setattr(modes, "choose", lambda mode, address: chosen.append(mode.name))
    monkeypatch.setattr(button, "st", SimpleNamespace(session_state={button._WHAT: modes.DECIDE}))
    for before in (modes.DECIDE, modes.SECOND):
        button._mode_changed(before, ReviewAddress(filters=Filters()))
    assert chosen == [""]
