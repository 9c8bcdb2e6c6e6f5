"""A run that a loop of somebody's own recorded, on every page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

import mild
from mild.store.run import Run, all_runs
from tests.pages.conftest import OpenPage, fine, words
from tests.runs_for_tests import PROJECT

PAGES = tuple(
    path.stem
    for path in sorted((PROJECT / "pages").glob("*.py"))
    if path.stem not in ("learn", "new_run")  # which know no run, unless they are asked to
)
GIVEN = np.arange(60) % 3


@contextmanager
def _recorder(n_epochs: int, *, pictures: bool) -> Iterator[mild.Recorder]:
    images = np.zeros((len(GIVEN), 8, 8), dtype=np.uint8) if pictures else None
    rng = np.random.default_rng(0)
    with mild.Recorder(GIVEN, images=images, rounds=[6, 6]) as recorder:
        for _ in range(n_epochs):
            noise_AC = rng.normal(size=(len(GIVEN), 3))
            recorder.update(np.arange(len(GIVEN)), np.eye(3)[GIVEN] + noise_AC)
            recorder.end_epoch()
        yield recorder


def _only_run() -> Run:
    (run,) = all_runs()
    return run


@pytest.mark.parametrize("pictures", [True, False])
@pytest.mark.parametrize("n_epochs", [0, 4])
def test_every_page_opens_while_it_is_recorded_and_afterwards(
    n_epochs: int, pictures: bool, open_page: OpenPage, runs_root: Path
) -> None:
    with _recorder(n_epochs, pictures=pictures):
        live = _live_of_all(open_page)
        assert "Round 1 of 2, in its own loop." in live
        if not n_epochs:
            description = "Recorded by a loop of its own: 60 instances in 3 classes"
            assert description in live
    assert ("done" if n_epochs else "stopped") in _live_of_all(open_page)


def _live_of_all(open_page: OpenPage) -> str:
    """Every page of the only run, opened; what the live page says."""
    apps = {page: open_page(page, run=_only_run().run_id) for page in PAGES}
    for app in apps.values():
        fine(app)
    return words(apps["live"])


def test_a_new_run_like_a_recorded_one_asks_for_what_only_its_loop_knew(
    open_page: OpenPage,
) -> None:
    with _recorder(2, pictures=False):
        pass
    app = open_page("new_run", like=_only_run().run_id)
    fine(app)
    assert "was recorded by a loop of its own: choose what it knew." in words(app)
    app.selectbox("data").set_value("digits").run()
    assert "--rounds 6,6" in words(app)
