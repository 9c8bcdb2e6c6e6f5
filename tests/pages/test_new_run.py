"""New run: what is typed becomes a run, or every problem is named at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mild import jobs
from mild.config import RunConfig
from mild.store.run import Run, all_runs
from tests.pages.conftest import OpenPage, fine, words
from tests.runs_for_tests import write_run


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch, runs_root: Path) -> list[RunConfig]:
    """Configs that were started; no worker is launched."""
    configs: list[RunConfig] = []

    def start(config: RunConfig, **_: Any) -> Run:
        configs.append(config)
        return write_run(runs_root, until="queued")

    monkeypatch.setattr(jobs, "start", start)
    return configs


def test_the_form_shows_images_and_the_equivalent_command(open_page: OpenPage) -> None:
    app = open_page("new_run")
    assert len(app.get("image")) == 1
    assert "1,797 images in 10 classes" in words(app)
    assert app.code[0].value.startswith("python -m mild train --name 'my run'")


def test_what_is_asked_for_is_what_starts(started: list[RunConfig], open_page: OpenPage) -> None:
    app = open_page("new_run")
    app.selectbox("noise").set_value("symmetric").run()
    app.slider("rate").set_value(20)
    app.text_input("rounds").set_value("5,4").run()
    assert "--noise symmetric --rate 0.2 --rounds 5,4" in app.code[0].value
    app.button("start").click().run()
    fine(app)
    (config,) = started
    assert (config.noise.model, config.noise.rate) == ("symmetric", 0.2)
    assert [item.epochs for item in config.rounds] == [5, 4]
    assert app.title[0].value == "Live"


def test_every_problem_is_shown_at_once_and_nothing_starts(
    started: list[RunConfig], open_page: OpenPage
) -> None:
    app = open_page("new_run")
    app.text_input("name").set_value("").run()
    app.text_input("rounds").set_value("").run()
    app.button("start").click().run()
    (error,) = app.error
    assert "The run was not started" in error.value
    assert "name" in error.value
    assert "rounds is empty" in error.value
    assert not started
    assert not all_runs()


def test_a_folder_that_is_not_there_is_named(
    started: list[RunConfig], tmp_path: Path, open_page: OpenPage
) -> None:
    app = open_page("new_run")
    app.selectbox("data").set_value("folder").run()
    app.text_input("path").set_value(str(tmp_path / "nowhere")).run()
    app.button("start").click().run()
    assert "nowhere" in app.error[0].value
    assert not started


def test_the_demo_button_starts_the_demo(started: list[RunConfig], open_page: OpenPage) -> None:
    app = open_page()
    app.button("demo").click().run()
    fine(app)
    assert started[0].name == "demo digits sym40"
    assert app.title[0].value == "Live"


def test_a_runs_folder_that_cannot_be_written_is_named_on_the_page(
    monkeypatch: pytest.MonkeyPatch, open_page: OpenPage
) -> None:
    monkeypatch.setenv("MILD_RUNS_DIR", "/proc/nowhere/runs")  # nobody, root included, can write it
    app = open_page()
    app.button("demo").click().run()
    assert "runs folder /proc/nowhere/runs cannot be written" in words(app)
    assert "set MILD_RUNS_DIR to a folder you can write" in words(app)


def test_a_runs_folder_that_is_a_file_is_named_on_every_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, open_page: OpenPage
) -> None:
    (tmp_path / "runs").write_text("in the way")
    for page in ("runs", "live", "selection"):
        assert "cannot be read" in words(open_page(page))
