"""`bench torture` in small: what it would find, and a few kills that are survived."""

from __future__ import annotations

import json
import os
import random
import sys
import time
from pathlib import Path

import pytest

from benchmarks.torture import bench, decider, observer, patience
from benchmarks.torture.arena import Arena
from benchmarks.torture.clock import Clock
from benchmarks.torture.committed import committed, differences, outcome
from benchmarks.torture.faults import FAULTS
from benchmarks.torture.ground import Ground
from benchmarks.torture.kinds import KINDS, write_images
from benchmarks.torture.scene import Scene
from mild.store.review.decision import Decision, Window
from mild.store.review.decisions import decide
from tests.runs_for_tests import write_run


def test_two_runs_of_one_seed_come_to_the_same_and_of_another_do_not(tmp_path: Path) -> None:
    first, again, other = (
        outcome(write_run(tmp_path / str(number), n=60, seed=seed))
        for number, seed in enumerate((1, 1, 2))
    )
    assert differences(first, again) == []
    assert "epoch 0/1" in differences(first, other)


def test_one_wrong_bit_in_a_committed_epoch_is_found(tmp_path: Path) -> None:
    run = write_run(tmp_path, n=60)
    before, path = committed(run), run.folder.round(0) / "status.npy"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    assert differences(committed(run), before) == ["epoch 0/8"]


def test_who_looks_notes_what_changed_and_forgets_nothing(tmp_path: Path) -> None:
    run = write_run(tmp_path / "place" / "runs", n=60)
    watching = observer.Observer(tmp_path / "notes")
    watching.look(tmp_path)
    text = run.folder.config.read_text().replace("made for a test", "made for a prank")
    run.folder.config.write_text(text)
    watching.look(tmp_path)
    assert observer.wrongs_of(tmp_path / "notes") == ["changed: config"]


def test_a_decision_that_was_kept_and_does_not_stand_is_found(tmp_path: Path) -> None:
    run, notes = write_run(tmp_path, n=60), tmp_path / "notes"
    decide(run.folder, {1: Decision("keep")}, Window("a", 0))
    lines = [["kept", [1, "keep", None]], ["kept", [2, "drop", None]], ["asks", [3, "keep", None]]]
    notes.write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert decider.wrongs_in(run.folder, notes) == ["decision about image 2 was drop, is None"]


def test_every_scenario_takes_its_turn_and_a_seed_repeats_the_order() -> None:
    turns = [fault.name for fault in bench._turns(len(FAULTS), 5, None)]
    assert sorted(turns) == sorted(FAULTS)
    assert turns == [fault.name for fault in bench._turns(len(FAULTS), 5, None)]
    assert [fault.name for fault in bench._turns(2, 5, "kill-both")] == ["kill-both"] * 2


def test_what_waits_for_a_processor_is_late_and_what_does_not_is_at_a_standstill(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock, waited = iter(range(100)), {1: 0.0}
    monkeypatch.setattr(patience, "waited_seconds", lambda: dict(waited))
    monkeypatch.setattr(time, "monotonic", lambda: float(next(clock)))
    patient = patience.Patience(2.5)
    for _ in range(5):
        waited[1] += 0.9
        assert not patient.gone()  # half a second of five has counted
    assert [patient.gone() for _ in range(2)] == [False, True]


def test_time_without_a_processor_is_told_of_ourselves_and_our_children() -> None:
    waited = patience.waited_seconds()
    assert (os.getpid() in waited) == sys.platform.startswith("linux")
    assert all(seconds >= 0 for seconds in waited.values())


@pytest.mark.parametrize("name", ["kill-recorder", "kill-trash"])
def test_who_is_killed_loses_nothing_and_leaves_nothing(name: str, tmp_path: Path) -> None:
    arena = Arena(tmp_path, False, write_images(tmp_path / "images.npz"), Clock(tmp_path))
    arena._references["several rounds"] = write_run(tmp_path / "references", n=60)
    notes = tmp_path / "notes"
    notes.mkdir()
    ground = Ground(tmp_path / "grounds" / name, may_mount=False)
    ground.make()
    scene = Scene(arena, ground, random.Random(3), 3, KINDS["one round"], notes)
    try:
        FAULTS[name].act(scene)
    finally:
        scene.clear()
