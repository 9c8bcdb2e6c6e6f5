"""A branch is the run that would have been, had the round's cut been another."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mild import jobs
from mild.config import options, parse
from mild.errors import ConfigError, RunError
from mild.jobs import workers
from mild.store.files import arrays
from mild.store.files.replacing import link_or_copy
from mild.store.files.rows import RowWriter
from mild.store.run import Run
from mild.store.writer import create_run
from mild.training.runtime.stop import Stopped
from tests.conftest import PROJECT
from tests.in_process import work_on
from tests.runs_for_tests import write_run
from tests.training.resumable import LARGE, N, StopAfter, config, digests, train
from tests.training.test_worker import TINY

BY_CUT = {"rule": "manual", "cut": 2, "min_removed_share": 0.0}


@pytest.fixture
def launched(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """No worker is launched; the test trains in its own process."""
    ids: list[str] = []
    monkeypatch.setattr(workers, "launch", lambda folder: ids.append(folder.run_id))
    return ids


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Run:
    root = tmp_path_factory.mktemp("whole") / "runs"
    return train(create_run(config(rounds=[4, 3, 3], selection=BY_CUT), root))


def test_a_branch_with_the_same_cut_comes_to_the_same(whole: Run, launched: list[str]) -> None:
    for number in range(3):
        branch = jobs.branch(whole, number, cut=2)
        trained_before = branch.epochs()
        assert trained_before == [item for item in whole.epochs() if item.stage <= number]
        train(branch.folder)
        assert branch.epochs()[: len(trained_before)] == trained_before  # not trained again
        here, there = digests(branch), digests(whole)
        here.pop("files")  # review.db holds the cut
        there.pop("files")
        notes = [here.pop("rounds"), there.pop("rounds")]
        assert notes[0] != notes[1]  # a person gave the cut
        assert here == there
    assert launched


def test_a_branch_keeps_what_its_cut_keeps_and_the_rule_decides_from_there_on(
    whole: Run, launched: list[str]
) -> None:
    branch = jobs.branch(whole, 0, cut=4)
    train(branch.folder)
    assert [item.cut for item in branch.rounds()] == [4, 2, 2]
    np.testing.assert_array_equal(branch.index(0), whole.index(0))
    np.testing.assert_array_equal(branch.status(0), whole.status(0))
    selection = whole.selection(0)
    judged_N = ~selection["planted"]
    assert branch.rounds()[0].kept == (selection["misclassified"][judged_N] < 4).sum()
    assert branch.planted(0).slot_P.tolist() == np.flatnonzero(~judged_N).tolist()
    assert branch.rounds()[0].kept > whole.rounds()[0].kept
    assert branch.config().name == "run r1 cut 4"
    assert branch.config().selection.cuts == {0: 4.0}
    assert branch.stored().branched_from == {"run_id": whole.run_id, "round": 0}
    assert branch.facts()["branched_from"] == {"run_id": whole.run_id, "round": 0}
    assert branch.events()[0].sentence == f"Branched from round 1 of {whole.run_id}."


def test_a_branch_with_another_rule_follows_it_from_its_round_on(
    whole: Run, launched: list[str]
) -> None:
    branch = jobs.branch(whole, 1, selection={"rule": "keep-fraction", "keep_fraction": 1.0})
    train(branch.folder)
    assert [item.rule for item in branch.rounds()] == ["manual", "keep-fraction", "keep-fraction"]
    assert branch.rounds()[0] == whole.rounds()[0]
    assert branch.rounds()[1].kept == len(whole.index(1)) - len(whole.planted(1))
    assert branch.config().selection.model_dump()["keep_fraction"] == 1.0
    assert branch.config().selection.cuts == {0: whole.rounds()[0].cut}  # of the rule of then


def test_what_a_branch_asks_for_comes_to_the_same_when_asked_for_anew(
    whole: Run, runs_root: Path, launched: list[str]
) -> None:
    """Its settings, as they are shown as a command line and duplicated, tell all that it is."""
    branch = jobs.branch(whole, 0, cut=4)
    train(branch.folder)
    command = options.command_line(branch.config())
    assert "--cuts 1:4.0" in command
    again = train(create_run(parse(branch.config().model_dump(mode="json")), runs_root))
    assert [(item.kept, item.cut) for item in again.rounds()] == [
        (item.kept, item.cut) for item in branch.rounds()
    ]
    for number in range(3):
        np.testing.assert_array_equal(again.status(number), branch.status(number))


def test_neither_run_is_harmed_by_what_becomes_of_the_other(
    runs_root: Path, launched: list[str]
) -> None:
    whole = train(create_run(config(selection=BY_CUT), runs_root))
    before = digests(whole)
    branch = jobs.branch(whole, 1, cut=3)
    train(branch.folder)
    assert digests(whole) == before
    alone = digests(branch)
    shutil.rmtree(whole.folder.path)
    assert digests(branch) == alone


def test_a_file_with_another_name_is_not_written_in_place(tmp_path: Path) -> None:
    one, other = tmp_path / "one.npy", tmp_path / "other.npy"
    rows = np.arange(6, dtype=np.uint8).reshape(2, 3)
    writer = RowWriter(one, 3, np.uint8)
    for row in rows:
        writer.append(row)
    writer.close()
    for n_rows in (1, 0):
        link_or_copy(one, other)
        writer = RowWriter(one, 3, np.uint8, n_rows)
        writer.append(np.full(3, 99))
        writer.close()
        assert np.load(one)[-1].tolist() == [99, 99, 99]
        assert len(np.load(one)) == n_rows + 1
        assert 99 not in np.load(other)[:1]
        shutil.copyfile(other, one.with_name("kept.npy"))
        arrays.save_npy(one, rows)


def test_a_branch_of_a_run_under_way_needs_only_its_round(
    runs_root: Path, launched: list[str]
) -> None:
    settings = config(rounds=[4, 3], selection=BY_CUT)
    under_way = Run(create_run(settings, runs_root))
    with pytest.raises(Stopped):
        train(under_way.folder, StopAfter(under_way.folder, 5))
    train(jobs.branch(under_way, 0, cut=3).folder)
    with pytest.raises(RunError) as error:
        jobs.branch(under_way, 1, cut=3)
    assert str(error.value) == (
        f"run {under_way.run_id} has no round 2 to branch from: 1 of its 2 rounds are trained."
    )


@pytest.mark.parametrize("number", [-1, 2])
def test_a_round_that_is_not_there_is_refused(
    runs_root: Path, launched: list[str], number: int
) -> None:
    run = write_run(runs_root, n=60)
    with pytest.raises(RunError, match="to branch from: 2 of its 2 rounds are trained"):
        jobs.branch(run, number, cut=3)


def test_a_network_that_was_not_kept_is_told(runs_root: Path, launched: list[str]) -> None:
    run = write_run(runs_root, n=60)
    with pytest.raises(RunError) as error:
        jobs.branch(run, 0, cut=3)
    assert str(error.value) == (
        f"run {run.run_id} did not keep the network at the end of round 1; "
        "only runs with keep_round_networks (the default) can be branched."
    )
    assert launched == []


def test_a_cut_that_keeps_too_little_is_refused(whole: Run, launched: list[str]) -> None:
    n_judged = N - len(whole.planted(0))
    with pytest.raises(
        RunError, match=rf"cut 0 keeps 0 of {n_judged} instances; at least 3 are needed"
    ):
        jobs.branch(whole, 0, cut=0)
    with pytest.raises(RunError, match=r"cut 9: round 1 has 4 epochs; give a cut from 0"):
        jobs.branch(whole, 0, cut=9)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({}, "a branch needs a cut or a rule of its own; give one"),
        (
            {"cut": 2, "selection": {"rule": "posterior"}},
            "a branch takes a cut or a rule of its own, not both; leave one out",
        ),
    ],
)
def test_a_branch_needs_a_cut_or_a_rule(
    whole: Run, launched: list[str], asked: dict[str, Any], message: str
) -> None:
    with pytest.raises(ConfigError, match=message):
        jobs.branch(whole, 0, **asked)


@pytest.mark.slow
def test_a_branch_from_the_command_line_trains_in_a_worker(runs_root: Path) -> None:
    run = Run(
        create_run(parse(TINY.model_dump(mode="json") | {"rounds": [3, 2], "optimizer": LARGE}))
    )
    assert work_on(run) == 0
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "mild",
            "branch",
            run.run_id,
            "--round",
            "1",
            "--cut",
            "3",
            "--json",
        ],
        capture_output=True,
        text=True,
        cwd=PROJECT,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["state"] == "done"
    assert answer["rounds"][0]["cut"] == 3
    assert answer["run_id"].startswith("tiny-r1-cut-3-")
