"""Windows without a browser, as `bench crowd` opens them: what they read, and many at once."""

from __future__ import annotations

import threading

import pytest

from benchmarks.browser.session import Session
from benchmarks.dashboard.crowd import Crowd
from tests.browser.conftest import Dashboard
from tests.runs_for_tests import live, write_run

pytestmark = pytest.mark.browser


def test_a_session_reads_and_polls_as_a_browser_does(dashboard: Dashboard) -> None:
    run = write_run(dashboard.runs_root, until="training")
    session = Session(dashboard.url)
    assert session.open("live", f"?run={run.run_id}").polling == {}  # nobody trains
    assert ":orange-badge[interrupted]" in session.last.texts
    with live(run):
        answer = session.open("live", f"?run={run.run_id}")
        assert list(answer.polling.values()) == [1.0]
        assert session.poll().errors == []
        assert "Stop" in session.last.buttons
    session.close()


def test_eight_windows_on_one_live_run_meet_no_error(dashboard: Dashboard) -> None:
    run = write_run(dashboard.runs_root, until="training")
    crowd = Crowd(dashboard.url, run.run_id)
    pages = ("live", "live", "live", "runs", "selection", "review", "dynamics", "rounds")
    windows = [threading.Thread(target=crowd.look, args=(page,)) for page in pages]
    with live(run):
        for window in windows:
            window.start()
        crowd.over.wait(0.5)
        crowd.over.set()
        for window in windows:
            window.join()
    assert crowd.errors == []
    assert {"live", "runs", "selection", "review", "dynamics", "rounds"} <= crowd.seconds.keys()
