"""A round that waits for a person's cut, and rounds that differ in what they train on."""

from __future__ import annotations

import json
import os
import platform
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import torch

from mild import jobs
from mild.core.dynamics import unpack_status
from mild.errors import RunError
from mild.store.lock import RecordLock
from mild.store.review.cuts import give_cut, given_cut, waiting_round
from mild.store.run import Run
from mild.store.writer import create_run
from mild.training.loop import rounds
from mild.training.loop import selection as decide
from mild.training.models.file import load_model
from mild.training.runtime import checkpoint
from mild.training.runtime.stop import Stop, Stopped
from tests.in_process import command
from tests.training.resumable import LARGE, N, StopAfter, config, digests, prepared, train
from tests.training.test_worker import TINY, wait_for, wait_for_end

N_JUDGED = N - N // 10
"""The others are planted in the first round."""
WAITING = {"min_removed_share": 0.0, "wait": True}


@pytest.fixture(autouse=True)
def _poll_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decide, "POLL_SECONDS", 0.01)


@contextmanager
def a_person(run: Run, cuts: list[float]) -> Iterator[None]:
    """Gives the cuts of the rounds as each is waited for."""

    def give() -> None:
        for number, cut in enumerate(cuts):
            until = time.monotonic() + 60
            while run.recorded_state().state != "waiting" or waiting_round(run) != number:
                if time.monotonic() > until:
                    return
                time.sleep(0.01)
            give_cut(run, number, cut)

    thread = threading.Thread(target=give)
    thread.start()
    yield
    thread.join()


def _trained_with(root: Path, cuts: list[float]) -> Run:
    run = Run(create_run(config(selection=WAITING), root))
    with a_person(run, cuts):
        train(run.folder)
    return run


def test_a_round_keeps_what_the_persons_cut_keeps(runs_root: Path) -> None:
    run = _trained_with(runs_root, [2, 3])
    assert [(item.rule, item.cut) for item in run.rounds()] == [("manual", 2), ("manual", 3)]
    for record in run.rounds():
        assert record.note.startswith(
            "This cut was set by a person; the rule expected-error proposed "
        )
        selection = run.selection(record.round)
        under_N = selection["score"] < record.cut
        np.testing.assert_array_equal(selection["kept"], under_N & ~selection["planted"])
        assert record.kept == selection["kept"].sum()
    stays_N = run.selection(0)["kept"] | run.selection(0)["planted"]
    np.testing.assert_array_equal(run.index(1), run.index(0)[stays_N])


def test_what_people_decided_is_in_the_settings_and_asked_for_again(runs_root: Path) -> None:
    run = _trained_with(runs_root, [2, 3])
    assert run.config().selection.cuts == {0: 2.0, 1: 3.0}
    again = train(create_run(run.config(), runs_root))  # nobody is there to be waited for
    assert [item.kept for item in again.rounds()] == [item.kept for item in run.rounds()]
    assert not [item for item in again.events() if item.kind == "waiting"]


def test_the_proposal_is_there_before_the_person_decides(runs_root: Path) -> None:
    run = Run(create_run(config(selection=WAITING), runs_root))
    proposed = Run(create_run(config(), runs_root))
    train(proposed.folder)
    with _stopped_while_waiting(run):
        pass
    assert waiting_round(run) == 0
    assert run.rounds() == []
    cut = proposed.rounds()[0].cut
    np.testing.assert_array_equal(run.selection(0)["kept"], proposed.selection(0)["kept"])
    sentence = next(item.sentence for item in run.events() if item.kind == "waiting")
    assert sentence == (
        f"Round 1: the rule proposes the cut {cut:.4g}, which keeps {proposed.rounds()[0].kept} of "
        f"{N - len(run.planted(0))}. Give it, or another, on the selection page."
    )


@contextmanager
def _stopped_while_waiting(run: Run) -> Iterator[None]:
    stop = Stop()

    def ask() -> None:
        until = time.monotonic() + 60
        while waiting_round(run) is None and time.monotonic() < until:
            time.sleep(0.01)
        stop.asked = True

    thread = threading.Thread(target=ask)
    thread.start()
    with pytest.raises(Stopped):
        train(run.folder, stop)
    thread.join()
    yield


def test_a_run_stopped_while_it_waits_goes_on_with_the_cut_given_meanwhile(runs_root: Path) -> None:
    whole = _trained_with(runs_root, [3, 2])
    run = Run(create_run(config(selection=WAITING), runs_root))
    with _stopped_while_waiting(run):
        give_cut(run, 0, 2)
        give_cut(run, 0, 3)  # until the run goes on, one may think again
    with a_person(run, [3, 2]):
        train(run.folder)
    assert digests(run) == digests(whole)


def test_a_cut_may_lie_within_a_count(runs_root: Path) -> None:
    run = _trained_with(runs_root, [2.5, 2.25])
    assert [item.cut for item in run.rounds()] == [2.5, 2.25]
    for record in run.rounds():
        selection = run.selection(record.round)
        kept_N = (selection["score"] < record.cut) & ~selection["planted"]
        assert selection["kept"].tolist() == kept_N.tolist()
        assert record.kept == kept_N.sum()


@pytest.mark.parametrize(
    ("cut", "reason"),
    [
        (-1, "cut -1: round 1 has 4 epochs; give a cut from 0 (keeps nothing) to 5 (keeps "),
        (6, "cut 6: round 1 has 4 epochs; give a cut from 0 (keeps nothing) to 5 (keeps "),
        (
            0,
            f"cut 0 keeps 0 of {N_JUDGED} instances; at least 3 are needed to train on.",
        ),
    ],
)
def test_a_cut_that_cannot_be_is_refused(runs_root: Path, cut: int, reason: str) -> None:
    run = Run(create_run(config(selection=WAITING), runs_root))
    with _stopped_while_waiting(run), pytest.raises(RunError) as error:
        give_cut(run, 0, cut)
    assert str(error.value).startswith(reason)
    assert given_cut(run.folder, 0) is None


def test_a_run_that_waits_for_no_cut_takes_none(runs_root: Path) -> None:
    run = train(create_run(config(rounds=[2], final={"kind": "none"}), runs_root))
    with pytest.raises(RunError) as error:
        give_cut(run, 0, 1)
    assert str(error.value) == (
        f"run {run.run_id} does not wait for the cut of round 1; "
        "start a run with --wait, or branch a new run from this one."
    )
    assert not run.folder.review.exists()


@pytest.mark.slow
def test_a_real_run_waits_without_holding_its_device_and_goes_on_from_the_command_line(
    runs_root: Path,
) -> None:
    tiny = TINY.model_dump(mode="json") | {"rounds": [3, 2], "selection": WAITING}
    tiny["optimizer"] = LARGE
    run = jobs.start(type(TINY).model_validate(tiny))
    wait_for(lambda: run.state().state == "waiting" or not run.state().live, "the wait")
    device = RecordLock(runs_root / ".devices" / platform.node() / "cpu.lock")
    wait_for(device.acquire, "the device, with which another run could train")
    device.release()
    pid = run.state().pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    wait_for(lambda: run.state().state == "interrupted", "the end of the worker")
    given = command(["select", run.run_id, "--cut", "3", "--apply", "--json"])
    assert given.returncode == 0, given.stderr
    answer = json.loads(given.stdout)
    n_kept = answer.pop("kept")
    n_judged = len(run.index(0)) - len(run.planted(0))
    assert answer == {"run_id": run.run_id, "round": 0, "cut": 3, "n": n_judged}
    resumed = command(["resume", run.run_id, "--detach", "--json"])
    assert resumed.returncode == 0, resumed.stderr
    wait_for(lambda: run.state().state == "waiting" and len(run.rounds()) == 1, "the second wait")
    assert run.rounds()[0].kept == n_kept
    give_cut(run, 1, 2)
    assert wait_for_end(run) == "done"
    assert [item.cut for item in run.rounds()] == [3, 2]


def test_a_network_starts_anew_in_each_round_if_asked(
    runs_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_back: list[str] = []
    original = rounds.initialise  # type: ignore[attr-defined]

    monkeypatch.setattr(
        rounds, "initialise", lambda *args: (put_back.append(args[2]), original(*args))
    )
    anew = train(create_run(config(reinitialise=True, rounds=[3, 3, 2]), runs_root))
    assert put_back == ["network of round 1", "network of round 2"]
    kept = train(create_run(config(rounds=[3, 3, 2]), runs_root))
    assert put_back == ["network of round 1", "network of round 2"]
    first = [item.memorized_share for item in anew.epochs() if item.epoch == 1]
    assert first[1] < [item.memorized_share for item in kept.epochs() if item.epoch == 1][1]
    assert anew.epochs()[:3] != kept.epochs()[:3]
    assert [item.train_loss for item in anew.epochs()[:3]] == [
        item.train_loss for item in kept.epochs()[:3]
    ]


def test_weight_decay_of_a_round_is_that_rounds_alone(runs_root: Path) -> None:
    common = {"batch_size": 40, "weight_decay": 0.01}
    one = train(create_run(config(optimizer=common), runs_root))
    same = [{"epochs": 4, "weight_decay": 0.01}, 3]
    assert digests(train(create_run(config(optimizer=common, rounds=same), runs_root))) == digests(
        one
    )
    other = [4, {"epochs": 3, "weight_decay": 0.5}]
    changed = train(create_run(config(optimizer=common, rounds=other), runs_root))
    assert [item.train_loss for item in changed.epochs()[:4]] == [
        item.train_loss for item in one.epochs()[:4]
    ]

    def size(run: Run, number: int) -> float:
        state = checkpoint.read(run.folder.network(number))["network"]
        return float(sum((item.float() ** 2).sum() for item in state.values()))

    assert size(changed, 0) == size(one, 0)
    assert size(changed, 1) < size(one, 1)


RE_ENTERING = {"min_removed_share": 0.0, "nested": False}


def test_what_was_dropped_is_watched_and_may_return(runs_root: Path) -> None:
    by_cut = {"rule": "manual", "cut": 2} | RE_ENTERING
    run = train(create_run(config(selection=by_cut, rounds=[4, 4, 4]), runs_root))
    everyone = set(range(N))
    trained = everyone
    n_returned = 0
    for record in run.rounds():
        index_N, selection = run.index(record.round), run.selection(record.round)
        assert set(index_N) == everyone
        assert set(index_N[: record.trained_on]) == trained
        assert run.status(record.round).shape == (4, -(-N // 8))
        planted_N = run.planted(record.round).mask(N)
        own_N = np.flatnonzero(~planted_N[: record.trained_on])
        shares = unpack_status(run.status(record.round), N)[:, own_N].mean(axis=1)
        epochs = [item for item in run.epochs() if item.stage == record.round]
        np.testing.assert_allclose([item.memorized_share for item in epochs], shares, rtol=1e-6)
        under_N = selection["score"] < record.cut
        np.testing.assert_array_equal(selection["kept"], under_N & ~planted_N)
        stays = set(index_N[selection["kept"] | planted_N])
        n_returned += len(stays - trained)
        trained = stays
    assert n_returned > 0


def test_what_is_watched_is_seen_as_it_is_and_changes_nothing(runs_root: Path) -> None:
    """The last epoch's predictions of it are those of the network that the round leaves behind."""
    by_cut = {"rule": "manual", "cut": 2} | RE_ENTERING
    run = train(create_run(config(selection=by_cut), runs_root))
    record, index_N = run.rounds()[1], run.index(1)
    watched = index_N[record.trained_on :]
    assert len(watched) > 0
    pixels = prepared().images.read_all()[watched]
    images = torch.from_numpy(pixels).permute(0, 3, 1, 2).float() / 255
    with torch.no_grad():
        expected = load_model(run, 1)(images).argmax(dim=1).numpy()
    np.testing.assert_array_equal(run.predictions(1)[-1][record.trained_on :], expected)
    nested = train(create_run(config(selection=by_cut | {"nested": True}), runs_root))
    for one, other in zip(run.epochs()[:7], nested.epochs()[:7], strict=True):
        assert (one.train_loss, one.test_accuracy) == (other.train_loss, other.test_accuracy)


def test_re_entering_rounds_end_once_next_to_nothing_changes(runs_root: Path) -> None:
    by_cut = {"rule": "manual", "cut": 99, "nested": False}
    run = train(create_run(config(selection=by_cut), runs_root))
    assert [item.sentence for item in run.events() if item.kind == "note"] == [
        "No round follows round 1: it removed or took back 0.00 % of its images, less than 0.50 %."
    ]


def test_re_entering_rounds_resume_bit_for_bit(runs_root: Path) -> None:
    settings = config(selection={"rule": "manual", "cut": 2} | RE_ENTERING, reinitialise=True)
    whole = train(create_run(settings, runs_root))
    folder = create_run(settings, runs_root)
    for n_epochs in (1, 3, 4, 6, 7, 8):
        with pytest.raises(Stopped):
            train(folder, StopAfter(folder, n_epochs))
    assert digests(train(folder)) == digests(whole)
