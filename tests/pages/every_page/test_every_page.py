"""Every page in every state a run can be in: it opens, and says what a person needs to know."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.conftest import OpenPage, fine, headings, words
from tests.runs_for_tests import FAILURE, PROJECT, Until, live, write_run

PAGES = tuple(path.stem for path in sorted((PROJECT / "pages").glob("*.py")))
LIVE: tuple[Until, ...] = (
    "queued", "preparing", "begun", "training", "selecting", "waiting", "finishing",
)  # fmt: skip
ENDED: tuple[Until, ...] = ("done", "stopped", "failed", "interrupted", "damaged")
STATES = (*LIVE, *ENDED)
IN_TRAINING = ("begun", "training")
"""Made for tests: in the state `training`, before the first epoch and in the middle of a round."""

Opened = Callable[..., dict[str, AppTest]]

_opened: dict[tuple[Until, bool], dict[str, AppTest]] = {}


@pytest.fixture
def opened(runs_root: Path, open_page: OpenPage) -> Opened:
    """Every page of a run in a state, opened once for all tests here, which only read them."""

    def opened_(state: Until, clean_known: bool = True) -> dict[str, AppTest]:
        if (state, clean_known) not in _opened:
            run = write_run(runs_root, until=state, clean_known=clean_known)
            with live(run) if state in LIVE else nullcontext():
                _opened[state, clean_known] = {
                    page: open_page(page, run=run.run_id) for page in _pages(state)
                }
        return _opened[state, clean_known]

    return opened_


def _pages(state: Until) -> list[str]:
    """But the lesson, which knows no run, and the form, which reads what has ended."""
    return [page for page in PAGES if page != "learn" and (page != "new_run" or state in ENDED)]


@pytest.mark.parametrize("page", PAGES)
def test_a_page_without_any_run_says_so_and_offers_the_demo(page: str, open_page: OpenPage) -> None:
    app = open_page(page)
    fine(app)
    if page not in ("new_run", "learn"):  # which need none
        assert "There is no run yet." in words(app)
        assert "Run the demo" in [item.label for item in app.button]


@pytest.mark.parametrize(
    ("state", "clean_known"),
    [(state, known) for state in STATES for known in (True, False)],
    ids=[f"{state}{known}" for state in STATES for known in ("", ", clean unknown")],
)
def test_every_page_opens_whatever_the_state_of_the_run(
    state: Until, clean_known: bool, opened: Opened
) -> None:
    pages = opened(state, clean_known)
    for app in pages.values():
        fine(app)
        assert headings(app)
    if state != "damaged":  # which a test below looks at
        named = "training" if state in IN_TRAINING else state
        assert f"-badge[{named}]" in words(pages["live"])
        shown = pages["runs"].dataframe[0].value["state"]
        assert named in [state for (state,) in shown]  # of other tests there may be others


@pytest.mark.parametrize("page", ["dynamics", "selection", "review", "rounds"])
@pytest.mark.parametrize("state", ["queued", "preparing", "begun"])
def test_a_page_of_results_says_that_there_are_none_yet(
    state: Until, page: str, opened: Opened
) -> None:
    said = words(opened(state)[page])
    assert re.search("nothing to (see|select from|review) (yet|until)|No round .* yet", said)


def test_a_waiting_run_asks_for_its_cut_where_one_decides(
    runs_root: Path, open_page: OpenPage, opened: Opened
) -> None:
    run = write_run(runs_root, until="waiting")
    with live(run):
        app = open_page("selection", run=run.run_id, round="2")
    assert [item.label for item in app.button if item.key == "give cut"]
    assert "1 of 2 rounds have finished" in words(opened("waiting")["review"])


@pytest.mark.parametrize("state", [state for state in STATES if state != "damaged"])
def test_without_clean_labels_no_page_claims_to_know_the_truth(
    state: Until, opened: Opened
) -> None:
    for page in ("live", "dynamics", "selection", "review", "rounds"):
        text = words(opened(state, clean_known=False)[page])
        assert "In truth" not in text
        assert "ruly mislabeled" not in text


@pytest.mark.parametrize("state", LIVE)
def test_a_live_run_offers_to_stop_it(state: Until, opened: Opened) -> None:
    assert not opened(state)["live"].button("stop").disabled


@pytest.mark.parametrize("state", LIVE)
def test_a_live_run_is_stopped_from_its_page(
    state: Until, runs_root: Path, open_page: OpenPage
) -> None:
    run = write_run(runs_root, until=state)
    with live(run):
        app = open_page("live", run=run.run_id)
        app.button("stop").click().run()
        fine(app)
        until = time.monotonic() + 20
        while run.state().state != "stopped" and time.monotonic() < until:
            time.sleep(0.02)
        assert run.state().state == "stopped"


def test_the_live_page_of_a_run_before_its_first_epoch_shows_the_images(opened: Opened) -> None:
    app = opened("begun")["live"]
    assert len(app.get("image")) == 1
    assert "What is trained on" in words(app)


def test_the_live_page_draws_curves_and_mosaic(opened: Opened) -> None:
    app = opened("training")["live"]
    assert len(app.get("echarts_chart")) == 2
    assert len(app.get("image")) == 1
    (title,) = [item for item in app.markdown if item.value.startswith("**Memorized**")]
    assert "Right labels are memorized early, wrong ones late" in title.proto.help


def test_a_failed_run_shows_its_sentence_and_the_end_of_its_log(opened: Opened) -> None:
    said = words(opened("failed")["live"])
    assert FAILURE[:1].upper() + FAILURE[1:] in said
    assert "Traceback" in said


def test_a_run_that_would_fail_again_offers_other_settings_in_place_of_a_resume(
    runs_root: Path, open_page: OpenPage
) -> None:
    failed, stopped = (write_run(runs_root, until=until) for until in ("failed", "stopped"))
    keys = [item.key for item in open_page("live", run=failed.run_id).button]
    assert "change" in keys
    assert "resume" not in keys
    assert "resume" in [item.key for item in open_page("live", run=stopped.run_id).button]


def test_an_interrupted_run_says_that_its_worker_is_gone(opened: Opened) -> None:
    assert "The worker ended before the run did" in words(opened("interrupted")["live"])


def test_a_damaged_run_says_what_is_damaged_and_what_to_do(opened: Opened) -> None:
    pages = opened("damaged")
    for page in ("live", "selection"):
        text = words(pages[page])
        assert "run.db cannot be read" in text
        assert "copy it back from a copy of the run" in text
    assert pages["runs"].dataframe[0].value["state"].tolist() == ["damaged"]


def test_the_list_shows_every_run_and_finds_by_words(runs_root: Path, open_page: OpenPage) -> None:
    write_run(runs_root, name="first one")
    write_run(runs_root, name="second one", until="failed")
    app = open_page()
    assert sorted(app.dataframe[0].value["name"]) == ["first one", "second one"]
    app.text_input("search").set_value("failed").run()
    assert app.dataframe[0].value["name"].tolist() == ["second one"]
    app.text_input("search").set_value("nothing like it").run()
    assert "No run has nothing like it" in words(app)


@pytest.mark.parametrize("hostile", ["../../etc", "<script>alert(1)</script>", "x" * 5000, ""])
def test_a_hostile_run_in_the_address_shows_the_newest_run(
    hostile: str, runs_root: Path, open_page: OpenPage
) -> None:
    run = write_run(runs_root)
    app = open_page("live", run=hostile)
    fine(app)
    assert "this is the newest one" in words(app)
    assert app.selectbox("run").value == run.run_id
