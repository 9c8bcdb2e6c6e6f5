"""What each role finds on the pages: who may not act sees no button that acts, on any page."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest

from mild.access import Role
from mild.access.paths import ROOTS
from mild.ui.gate import policy
from mild.ui.runs.next_step import next_step
from tests.access.as_role import asking
from tests.pages.conftest import OpenPage, fine, words
from tests.runs_for_tests import PROJECT, write_run

PAGES = tuple(
    path.stem for path in sorted((PROJECT / "pages").glob("*.py")) if path.stem != "learn"
)
LOOKING = {
    "See the selection", "Look closer", "Review with this cut", "See this cut on Selection",
    "Use the run's cut", "Clear the filters",
}  # fmt: skip
"""Buttons that only show something else."""
OWNERS_ONLY = {
    "New run", "Look", "Run the demo", "Resume", "Use cut 5 and continue", "Start the branch",
    "Start training",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _settled() -> None:
    """As on a server that has started; who asks, a test says."""
    policy.settle(policy.read_settings())


def _buttons(app: AppTest) -> set[str]:
    found = [*app.button, *app.get("download_button")]
    return {str(item.label) for item in found}


def test_a_viewer_finds_no_button_that_acts_and_an_owner_does(
    runs_root: Path, open_page: OpenPage
) -> None:
    run, owners = write_run(runs_root, until="waiting"), set()
    for page in PAGES:
        with asking(Role.VIEWER):
            app = open_page(page, run=run.run_id)
        fine(app)
        assert _buttons(app) <= LOOKING, page
    for page in ("runs", "live", "selection", "new_run"):
        with asking(Role.OWNER):
            owners |= _buttons(open_page(page, run=run.run_id))
        with asking(Role.REVIEWER):
            app = open_page(page, run=run.run_id)
        assert not _buttons(app) & OWNERS_ONLY, page
        if page == "live":
            assert "a cut.** Owners of this dashboard give it" in words(app)
    assert owners >= OWNERS_ONLY


@pytest.mark.parametrize(
    ("role", "steps"),
    [
        (Role.VIEWER, ["See the cut", "See how far it came", "3 flagged: look", "Reviewed: look"]),
        (
            Role.REVIEWER,
            ["See the cut", "See how far it came", "3 flagged: review", "Reviewed: export"],
        ),
        (Role.OWNER, ["Set the cut", "Resume it", "3 flagged: review", "Reviewed: export"]),
    ],
)
def test_nobody_is_told_to_do_what_their_role_may_not(role: Role, steps: list[str]) -> None:
    runs = [("waiting", 0), ("stopped", 0), ("done", 0), ("done", 3)]
    found = [
        SimpleNamespace(state=state, decided=decided, flagged=3, can_tell=True)
        for state, decided in runs
    ]
    with asking(role):
        assert [next_step(item).words for item in found] == steps  # type: ignore[arg-type]


def test_a_reviewer_decides_and_exports(runs_root: Path, open_page: OpenPage) -> None:
    run = write_run(runs_root)
    with asking(Role.REVIEWER):
        found = _buttons(open_page("review", run=run.run_id))
    assert found >= {"Drop all", "Undo", "Check 50 images", "Write the folder", "CSV"}


def test_the_form_of_a_new_run_is_for_owners_however_one_comes_there(open_page: OpenPage) -> None:
    with asking(Role.REVIEWER):
        app = open_page("new_run", like="anything")
    assert "Runs are started by the owners of this dashboard." in words(app)
    assert not app.text_input


def test_the_form_says_where_data_may_come_from(
    open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ROOTS, "/shared/pictures")
    assert "Data can come from /shared/pictures, and from nowhere else" in words(
        open_page("new_run")
    )


def test_without_a_run_only_owners_are_offered_one(open_page: OpenPage) -> None:
    with asking(Role.VIEWER):
        assert _buttons(open_page("runs")) == {"Open the lesson"}
        app = open_page("live")
    assert _buttons(app) == set()
    assert "Runs are started by the owners" in words(app)


def test_a_part_that_reruns_by_itself_asks_again_who_looks() -> None:
    def script() -> None:
        import streamlit as st

        from mild.ui.frame.boundary import fragment

        def show() -> None:
            st.text("what is confidential")

        fragment(show)()

    app = AppTest.from_function(script)
    with asking(Role.VIEWER):
        assert "confidential" in words(app.run())
    with asking(Role.NONE):
        app.run()
    assert "confidential" not in words(app)
    assert "Looking at runs is for people who have signed in" in words(app)
