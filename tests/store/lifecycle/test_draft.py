"""Runs that are begun in the same second and draw the same id: each gets one of its own."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mild.store.folder import RunFolder
from mild.store.lifecycle import draft
from mild.store.lifecycle.draft import make_folder
from mild.store.writing.leftovers import MAKING

IDS = ("run-20260101-000000-0001", "run-20260101-000000-0002")


def _fill(folder: RunFolder) -> None:
    (folder.path / "mine").touch()


@pytest.fixture
def ids(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first one is drawn first."""
    drawn = iter(IDS)
    monkeypatch.setattr(draft, "new_run_id", lambda _: next(drawn))


@pytest.mark.usefixtures("ids")
def test_an_id_that_another_run_has_got_is_drawn_anew(tmp_path: Path) -> None:
    (tmp_path / IDS[0]).mkdir()
    (tmp_path / IDS[0] / "run.db").touch()
    made = make_folder(tmp_path, "run", _fill)
    assert made.run_id == IDS[1]
    assert (made.path / "mine").is_file()
    assert sorted(path.name for path in tmp_path.iterdir()) == list(IDS)


@pytest.mark.usefixtures("ids")
def test_what_somebody_else_is_just_making_is_left_alone(tmp_path: Path) -> None:
    theirs = tmp_path / f"{MAKING}{IDS[0]}"
    theirs.mkdir()
    (theirs / "theirs").touch()
    assert make_folder(tmp_path, "run", _fill).run_id == IDS[1]
    assert [path.name for path in theirs.iterdir()] == ["theirs"]


def test_what_cannot_be_filled_leaves_nothing(tmp_path: Path) -> None:
    def full(_: RunFolder) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        make_folder(tmp_path, "run", full)
    assert not list(tmp_path.iterdir())


def test_who_makes_a_run_or_a_branch_sweeps_what_others_left_half_made(tmp_path: Path) -> None:
    stale = tmp_path / f"{MAKING}{IDS[0]}"
    stale.mkdir()
    os.utime(stale, (0, 0))
    make_folder(tmp_path, "run", _fill)
    assert not stale.exists()
