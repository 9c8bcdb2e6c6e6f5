"""A loop of somebody's own, recorded: an ordinary run, live while it lasts, whatever ends it.

Axes: A instances by index, N of a round by slot, B batch, C classes, E epochs.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy.special import log_softmax

import mild
from mild import jobs
from mild.analysis.outcome import outcome_of
from mild.core.dynamics import summarize, unpack_status
from mild.core.evaluation import evaluate
from mild.core.selection import select
from mild.errors import ConfigError, RecordingError, RunError
from mild.recorder import open_round
from mild.store import lock
from mild.store.overview import overview
from mild.store.run import Run, all_runs
from mild.store.writer import RunWriter
from tests.conftest import PROJECT
from tests.docs.documents import examples

N, C, B = 200, 4, 32


class Loop:
    """A network of arithmetic: it knows the clean class at once, a wrong label late in a round."""

    def __init__(self, n: int = N, n_classes: int = C, *, flagged: float = 0.3) -> None:
        self.rng = np.random.default_rng(0)
        self.clean_A = self.rng.integers(n_classes, size=n)
        wrong_A = self.rng.random(n) < flagged
        self.given_A = np.where(wrong_A, (self.clean_A + 1) % n_classes, self.clean_A)
        self.n_classes = n_classes

    def logits(self, index_B: Any, share: float) -> Any:
        """Towards the clean label, and to the given one as the round goes on."""
        logits_BC = self.rng.normal(size=(len(index_B), self.n_classes))
        rows = np.arange(len(index_B))
        logits_BC[rows, self.clean_A[index_B]] += 4
        logits_BC[rows, self.given_A[index_B]] += 4.2 * share
        return logits_BC.astype(np.float32)

    def epoch(self, into: mild.Recorder, share: float, *, drop_last: bool = False) -> Any:
        """One pass in batches; returns the logits by index, NaN where an instance was left out."""
        seen_AC = np.full((len(self.given_A), self.n_classes), np.nan, dtype=np.float32)
        order = self.rng.permutation(into.index)
        for index_B in np.split(order, range(B, len(order), B)):
            if drop_last and len(index_B) < B:
                continue
            logits_BC = self.logits(index_B, share)
            seen_AC[index_B] = logits_BC
            into.update(index_B, logits_BC)
        return seen_AC

    def round(self, into: mild.Recorder, n_epochs: int) -> None:
        for epoch in range(n_epochs):
            self.epoch(into, (epoch + 1) / n_epochs)
            into.end_epoch()


@pytest.fixture
def loop() -> Loop:
    return Loop()


def _only_run() -> Run:
    (run,) = all_runs()
    return run


def test_what_is_recorded_is_what_the_network_said(loop: Loop) -> None:
    with mild.Recorder(loop.given_A, epochs=2) as recorder:
        seen = [loop.epoch(recorder, 0.5)]
        recorder.end_epoch(learning_rate=0.1, test_accuracy=0.75)
        seen.append(loop.epoch(recorder, 1.0))
        recorder.end_epoch()
    run, given_A, rows = _only_run(), loop.given_A, np.arange(N)
    for epoch, logits_AC in enumerate(seen):
        predictions_A = logits_AC.argmax(axis=1)
        status_A = unpack_status(run.status(0), N)[epoch]
        np.testing.assert_array_equal(status_A, predictions_A == given_A)
        np.testing.assert_array_equal(run.predictions(0)[epoch], predictions_A)
        losses_A = -log_softmax(logits_AC.astype(float), axis=1)[rows, given_A]
        np.testing.assert_allclose(run.losses(0)[epoch], losses_A, rtol=2e-3, atol=1e-3)
        others_AC = logits_AC.copy()
        others_AC[rows, given_A] = -np.inf
        margins_A = logits_AC[rows, given_A] - others_AC.max(axis=1)
        np.testing.assert_allclose(run.margins(0)[epoch], margins_A, rtol=2e-3, atol=1e-3)
    first, second = run.epochs()
    assert (first.learning_rate, first.test_accuracy) == (0.1, 0.75)
    assert (second.learning_rate, second.test_accuracy) == (None, None)
    assert first.memorized_share == pytest.approx(unpack_status(run.status(0), N)[0].mean())


def test_rounds_are_selected_and_judged_as_a_workers_are(loop: Loop) -> None:
    with mild.Recorder(loop.given_A, clean=loop.clean_A, rounds=[6, 4], name="two") as recorder:
        loop.round(recorder, 6)
        kept = recorder.end_round()
        np.testing.assert_array_equal(kept, recorder.index)
        loop.round(recorder, 4)
        last = recorder.end_round()
    run = _only_run()
    for record, index_N in zip(run.rounds(), (np.arange(N), kept), strict=True):
        np.testing.assert_array_equal(run.index(record.round), index_N)
        dynamics = summarize(run.status(record.round), len(index_N))
        expected = select(dynamics.misclassified_N, dynamics.n_epochs)
        assert (record.cut, record.kept) == (expected.cut, expected.n_kept)
        np.testing.assert_array_equal(run.scores(record.round)["metric"], dynamics.metric_N)
    kept_A = np.isin(np.arange(N), last)
    truth = evaluate(1 - kept_A.astype(int), kept_A, loop.given_A, loop.clean_A)
    assert run.rounds()[1].precision == truth.precision > 0.9
    assert run.rounds()[1].f1_flagged == truth.f1_flagged > 0.8
    assert run.facts()["actual_noise_rate"] == (loop.given_A != loop.clean_A).mean()


def test_the_run_reads_like_any_other(loop: Loop) -> None:
    names = np.array([f"picture {index}.png" for index in range(N)])
    images = np.zeros((N, 100, 50), dtype=np.uint8)
    with mild.Recorder(
        loop.given_A, class_names=list("abcd"), images=images, names=names, epochs=3, name="mine"
    ) as recorder:
        loop.round(recorder, 3)
    run = _only_run()
    assert run.config().recorded
    assert (run.state().state, overview(run).progress) == ("done", 1.0)
    line = overview(run)
    assert (line.name, line.source, line.rounds_done, line.rounds_asked) == (
        "mine",
        "recorded",
        1,
        1,
    )
    assert outcome_of(run)["rounds"][0]["trained_on"] == N
    assert run.instances().clean_N is None
    assert list(run.instances().names) == list(names)
    assert run.thumbnails().shape == (N, 100, 50, 3)
    assert run.facts()["class_names"] == ["a", "b", "c", "d"]
    text = json.dumps(run.config().model_dump(mode="json"))
    assert json.loads(text)["data"]["source"] == json.loads(text)["model"] == "recorded"


def test_it_is_live_while_it_lasts_and_shows_the_epoch_under_way(
    loop: Loop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(open_round, "SHOW_SECONDS", 0.0)
    with mild.Recorder(loop.given_A, epochs=4) as at_work:
        loop.epoch(at_work, 0.5)
        at_work.end_epoch()
        index_B = np.arange(50)
        logits_BC = loop.logits(index_B, 0.5)
        at_work.update(index_B, logits_BC)
        run = _only_run()
        assert run.run_id == at_work.run_id
        state = run.state()
        assert (state.live, state.state, state.pid) == (True, "training", os.getpid())
        assert (state.stage, state.epoch, state.epochs_left) == (0, 1, 3)  # at most one a second
        current_N = np.load(run.folder.round(0) / "current.npy")
        np.testing.assert_array_equal(current_N[:50], logits_BC.argmax(axis=1) == loop.given_A[:50])
        assert (current_N[50:] == 2).all()
        assert run.state().live  # asking has not let go of the lock
    assert not run.state().live


def test_an_exception_in_the_loop_is_the_runs_end_and_goes_on_to_whoever_called(loop: Loop) -> None:
    def train() -> None:
        with mild.Recorder(loop.given_A, epochs=4) as recorder:
            loop.epoch(recorder, 1.0)
            recorder.end_epoch()
            1 / 0  # noqa: B018

    with pytest.raises(ZeroDivisionError):
        train()
    run = _only_run()
    assert run.state().state == "failed"
    assert run.state().sentence == (
        "ZeroDivisionError: division by zero (the whole trace is in worker.log)"
    )
    assert "1 / 0" in run.log_tail()
    assert (run.n_epochs(0), len(run.rounds())) == (1, 0)


def _no_room(error: Exception) -> Any:
    def write(*_: Any, **__: Any) -> None:
        raise error

    return write


def test_a_full_disk_ends_the_run_with_a_sentence_and_keeps_what_was_committed(
    loop: Loop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def train() -> None:
        with mild.Recorder(loop.given_A, epochs=4) as recorder:
            loop.round(recorder, 1)
            full = OSError(errno.ENOSPC, "No space left on device")
            monkeypatch.setattr(RunWriter, "end_epoch", _no_room(full))
            loop.round(recorder, 1)

    with pytest.raises(RunError) as error:
        train()
    run = _only_run()
    assert str(error.value) == (
        f"run {run.run_id} cannot be written (No space left on device); make its folder writable, "
        "or make room on its disk, and start again. Every committed epoch is kept."
    )
    assert (run.state().state, run.state().sentence) == ("failed", str(error.value))
    assert run.status(0).shape[0] == 1


def test_where_not_even_the_failure_can_be_written_the_error_itself_is_seen(
    loop: Loop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def train() -> None:
        with mild.Recorder(loop.given_A, epochs=4):
            full = sqlite3.OperationalError("database or disk is full")
            monkeypatch.setattr(RunWriter, "set_state", _no_room(full))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        train()
    assert _only_run().state().state == "interrupted"


def test_a_folder_that_is_removed_meanwhile_is_a_sentence(loop: Loop) -> None:
    def train() -> None:
        with mild.Recorder(loop.given_A, epochs=2) as recorder:
            loop.round(recorder, 1)
            shutil.rmtree(_only_run().folder.path)
            loop.round(recorder, 1)

    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(RunError, match=r"is missing; copy it back|cannot be written"):
        train()
    assert signal.getsignal(signal.SIGTERM) == before


def test_ctrl_c_stops_the_run(loop: Loop) -> None:
    with pytest.raises(KeyboardInterrupt), mild.Recorder(loop.given_A, epochs=4):
        raise KeyboardInterrupt
    assert _only_run().state().state == "stopped"
    assert _only_run().state().sentence == "Stopped by Ctrl-C; every epoch up to here is kept."


_KILLED = """
import os, signal, sys
import numpy as np
import mild
given = np.arange(40) % 4
with mild.Recorder(given, epochs=9) as recorder:
    for epoch in range(2):
        recorder.update(np.arange(40), np.eye(4)[given])
        recorder.end_epoch()
    recorder.update(np.arange(10), np.eye(4)[given[:10]])
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_loop_killed_with_9_leaves_a_run_that_can_be_read() -> None:
    done = subprocess.run([sys.executable, "-c", _KILLED], cwd=PROJECT, check=False)
    assert done.returncode == -signal.SIGKILL
    run = _only_run()
    assert (run.state().state, run.state().live) == ("interrupted", False)
    assert unpack_status(run.status(0), 40).shape == (2, 40)
    assert unpack_status(run.status(0), 40).all()


def test_a_request_to_stop_is_told_to_the_loop_which_may_heed_it(loop: Loop) -> None:
    before = signal.getsignal(signal.SIGTERM)
    with mild.Recorder(loop.given_A, epochs=50) as recorder:
        for epoch in range(50):
            loop.epoch(recorder, 1.0)
            recorder.end_epoch()
            if epoch == 1:
                jobs.stop(_only_run())
            if recorder.stop_requested:
                break
    assert signal.getsignal(signal.SIGTERM) == before
    state = _only_run().state()
    assert (state.state, _only_run().n_epochs(0)) == ("stopped", 2)
    assert state.sentence == "Stopped on request; every epoch up to here is kept."


def test_a_handler_that_was_there_before_hears_the_request_too_and_is_put_back(loop: Loop) -> None:
    heard: list[int] = []
    before = signal.signal(signal.SIGTERM, lambda number, _: heard.append(number))
    mine = signal.getsignal(signal.SIGTERM)
    try:
        with mild.Recorder(loop.given_A, epochs=1) as recorder:
            os.kill(os.getpid(), signal.SIGTERM)
            assert recorder.stop_requested
            assert signal.getsignal(signal.SIGTERM) is mine
            os.kill(os.getpid(), signal.SIGTERM)
        assert heard == [signal.SIGTERM] * 2
        with mild.Recorder(loop.given_A, epochs=1):
            pass
        assert signal.getsignal(signal.SIGTERM) is mine
    finally:
        signal.signal(signal.SIGTERM, before)


_STUBBORN = """
import os, signal
import numpy as np
import mild
def by_a_trainer(number, frame): ours(number, frame)
with mild.Recorder(np.arange(40) % 4, epochs=9) as recorder:
    ours = signal.getsignal(signal.SIGTERM)
    {over}
    if os.fork() == 0:
        os.kill(os.getpid(), signal.SIGTERM)
        os._exit(0)
    print(os.wait()[1], recorder.stop_requested, flush=True)
    os.kill(os.getpid(), signal.SIGTERM)
    print(recorder.stop_requested, flush=True)
    os.kill(os.getpid(), signal.SIGTERM)
    print("still here")
"""


@pytest.mark.parametrize("over", ["", "signal.signal(signal.SIGTERM, by_a_trainer)"])
def test_a_second_request_ends_the_process_and_a_forked_worker_hears_none(over: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _STUBBORN.replace("{over}", over)],
        cwd=PROJECT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout.splitlines() == [f"{int(signal.SIGTERM)} False", "True"], done.stderr
    assert done.returncode == -signal.SIGTERM
    assert _only_run().state().state == "interrupted"


def test_a_recorder_beside_the_main_thread_touches_no_handler_and_cannot_be_stopped(
    loop: Loop,
) -> None:
    before, refused = signal.getsignal(signal.SIGTERM), []

    def work() -> None:
        with mild.Recorder(loop.given_A, epochs=1):
            assert signal.getsignal(signal.SIGTERM) == before
            with pytest.raises(RunError) as error:
                jobs.stop(_only_run())
            refused.append(str(error.value))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert len(refused) == 1
    assert "does not listen for a request to stop" in refused[0]


def test_what_an_epoch_leaves_out_keeps_its_last_status(loop: Loop) -> None:
    with mild.Recorder(loop.given_A, epochs=3) as recorder:
        seen = [loop.epoch(recorder, 1.0, drop_last=True)]
        recorder.end_epoch()
        for _ in range(2):
            seen.append(loop.epoch(recorder, 0.0, drop_last=True))
            recorder.end_epoch()
    run = _only_run()
    status_EA = unpack_status(run.status(0), N)
    last_A = np.zeros(N, dtype=bool)  # not memorized before the first answer
    for epoch, logits_AC in enumerate(seen):
        answered_A = ~np.isnan(logits_AC[:, 0])
        assert answered_A.sum() == N // B * B
        right_A = np.nan_to_num(logits_AC).argmax(axis=1) == loop.given_A
        last_A = np.where(answered_A, right_A, last_A)
        np.testing.assert_array_equal(status_EA[epoch], last_A)
    (note,) = [item.sentence for item in run.events() if item.kind == "note"]
    assert note == (
        "Epoch 1 of round 1 left out 8 of 200 instances; what an epoch leaves out keeps its last "
        "status."
    )


def test_a_round_with_epochs_gets_its_selection_even_if_nobody_asked(loop: Loop) -> None:
    with mild.Recorder(loop.given_A, rounds=[9, 9]) as recorder:
        loop.round(recorder, 5)  # the loop ends early
        recorder.update([0], loop.logits(np.array([0]), 1.0))
    run = _only_run()
    assert [item.epochs for item in run.rounds()] == [5]
    assert run.state().sentence == f"{run.rounds()[0].kept} samples kept."
    notes = [item.sentence for item in run.events() if item.kind == "note"]
    assert notes == ["Epoch 6 was not ended by end_epoch() and is left out."]


def test_a_loop_that_records_nothing_is_stopped_not_done(loop: Loop) -> None:
    with mild.Recorder(loop.given_A, epochs=2):
        pass
    assert _only_run().state().sentence == "The loop ended before its first epoch."
    assert _only_run().state().state == "stopped"


def test_a_round_that_keeps_too_little_leaves_its_instances_to_the_next(loop: Loop) -> None:
    with mild.Recorder(loop.given_A, rounds=[1, 1], rule="manual", cut=0) as recorder:
        loop.round(recorder, 1)
        np.testing.assert_array_equal(recorder.end_round(), np.arange(N))
        loop.round(recorder, 1)
    assert "Round 1 kept too little to train on." in [
        item.sentence for item in _only_run().events()
    ]


def test_a_recorder_has_one_run_and_a_run_one_recorder(loop: Loop) -> None:
    with mild.Recorder(loop.given_A, epochs=1) as recorder:
        assert not lock.RecordLock(_only_run().folder.lock).acquire()
        with pytest.raises(RecordingError, match="this recorder has its run, my-run-"):
            recorder.start()
        loop.round(recorder, 1)
    recorder.finish()  # again: nothing happens
    with pytest.raises(RecordingError, match="is finished; make a new recorder for another"):
        recorder.update([0], [[1.0, 0, 0, 0]])
    with pytest.raises(RecordingError, match="the recorder is not started; use it in a `with`"):
        mild.Recorder(loop.given_A, epochs=1).update([0], [[1.0, 0, 0, 0]])
    assert len(all_runs()) == 1


EYE = np.eye(C, dtype=np.float32)


@pytest.mark.parametrize(
    ("index", "logits", "expected"),
    [
        (
            [N],
            EYE[:1],
            "index 200 is out of range: there are 200 given labels, positions 0 .. 199.",
        ),
        ([-1], EYE[:1], "index -1 is out of range"),
        ([0, 1], EYE[:1], "index has shape (2,) and logits (1, 4); they need (B,) and (B, C)"),
        ([0], EYE[0], "index has shape (1,) and logits (4,)"),
        ([[0]], EYE[:1], "index has shape (1, 1) and logits (1, 4)"),
        ([0], np.eye(5)[:1], "logits have 5 columns, but there are 4 classes"),
        ([0.0], EYE[:1], "index holds float64; it needs the positions"),
        ([0], EYE[:1].astype(str), "logits hold <U32; they need numbers, one per class"),
        ([0], EYE[:1].astype(complex), "logits hold complex128; they need numbers"),
        ([0, 1], [[1.0, 0.0], [1.0]], "a list has rows of different lengths; hand over an array"),
        ([3, 3], EYE[:2], "instance 3 came twice in one epoch; record it once per epoch"),
        ([7], EYE[:1], "instance 7 came twice in one epoch"),
        (
            [5],
            EYE[:1] * np.nan,
            "the logits of instance 5 are not finite numbers; the training has",
        ),
        ([5], np.where(EYE[:1], np.inf, 0), "the logits of instance 5 are not finite numbers"),
        ([5], EYE[:1] * np.float64(1e300), "the logits of instance 5 are not finite numbers"),
        ([190], EYE[:1], "instance 190 is not in this round: an earlier round flagged it"),
    ],
)
def test_a_batch_that_cannot_be_recorded_is_a_sentence(
    loop: Loop, index: Any, logits: Any, expected: str
) -> None:
    with mild.Recorder(
        loop.given_A, rounds=[1, 1], rule="keep-fraction", keep_fraction=0.5
    ) as here:
        if index == [190]:
            status_A = np.arange(N) < 100
            here.update(np.arange(N), EYE[np.where(status_A, loop.given_A, loop.given_A - 1)])
            here.end_epoch()
            here.end_round()
        here.update([7], EYE[:1])
        with pytest.raises(RecordingError) as error:
            here.update(index, logits)
    assert str(error.value).startswith(expected)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({"given": [[0, 1]]}, "given has shape (1, 2); it needs one label for each"),
        ({"given": [0.0, 1.0]}, "given holds float64; it needs whole numbers"),
        ({"given": ["cat", "dog"]}, "given holds <U3; it needs whole numbers"),
        ({"given": [0, -1]}, "given holds -1; labels count from 0."),
        ({"given": [0, 0]}, "there is only one class; at least two are needed"),
        ({"given": [0, 10**9]}, "given holds 1,000,000,000; a run has at most 65,536 classes."),
        (
            {"class_names": ["a"]},
            "label 1 has no name: class_names has 1; give one name per class.",
        ),
        ({"class_names": "ab"}, "class_names is one str; give a list with one name per class."),
        ({"clean": [0]}, "clean has shape (1,)"),
        ({"clean": [0, 1, 1]}, "clean has 3 entries, but there are 2 given labels"),
        ({"names": ["one"]}, "names has 1 entries, but there are 2 given labels"),
        ({"images": np.zeros((2, 3, 8, 8), np.uint8)}, "images have shape (2, 3, 8, 8); they need"),
        ({"images": np.zeros((2, 8, 8))}, "images hold float64; they need whole numbers 0 .. 255"),
        ({"images": np.zeros((3, 8, 8), np.uint8)}, "images has 3 entries, but there are 2"),
        ({"epochs": None}, "give either epochs, of the only round, or rounds, of each of them."),
        ({"rounds": [1]}, "give either epochs, of the only round, or rounds, of each of them."),
        ({"epochs": None, "rounds": 3}, "rounds is 3; give the epochs of each round, as in rounds"),
        ({"epochs": 0}, "round 1 epochs is 0: must be at least 1 and at most 10,000."),
        ({"rule": "manual"}, "selection: the rule 'manual' needs a cut"),
    ],
)
def test_a_recorder_that_cannot_be_made_is_a_sentence_and_no_run(
    arguments: dict[str, Any], expected: str
) -> None:
    with pytest.raises((RecordingError, ConfigError)) as error:
        mild.Recorder(**{"given": [0, 1], "epochs": 2, **arguments})
    assert str(error.value).startswith(expected)
    assert all_runs() == []


def test_an_argument_that_no_rule_asks_for_is_refused() -> None:
    with pytest.raises(TypeError, match="Recorder has no argument 'epoch'"):
        mild.Recorder(given=[0, 1], epoch=2)


@pytest.mark.parametrize(
    ("misuse", "expected"),
    [
        (lambda at_work, loop: at_work.end_epoch(), "the epoch saw 0 of its 200 instances"),
        (
            lambda at_work, loop: (at_work.update([0], EYE[:1]), at_work.end_epoch()),
            "the epoch saw 1 of its 200 instances; every instance of a round passes once per",
        ),
        (lambda at_work, loop: at_work.end_round(), "round 1 has no epoch yet; call end_epoch()"),
        (
            lambda at_work, loop: at_work.end_epoch(test_accuracy=93.2),
            "test_accuracy is 93.2; it is a share from 0 to 1.",
        ),
        (
            lambda at_work, loop: at_work.end_epoch(learning_rate="high"),
            "learning_rate is 'high'; it needs a number.",
        ),
        (
            lambda at_work, loop: loop.round(at_work, 3),
            "round 1 has had its 2 epochs; call end_round(), or ask for more epochs.",
        ),
        (
            lambda at_work, loop: (
                loop.round(at_work, 2),
                at_work.end_round(),
                loop.round(at_work, 1),
            ),
            "all rounds (1) are recorded; ask for more of them.",
        ),
    ],
)
def test_a_call_out_of_turn_fails_the_run_with_its_sentence(
    loop: Loop, misuse: Callable[..., Any], expected: str
) -> None:
    with pytest.raises(RecordingError) as error, mild.Recorder(loop.given_A, epochs=2) as at_work:
        misuse(at_work, loop)
    assert str(error.value).startswith(expected)
    state = _only_run().state()
    assert (state.state, state.sentence) == ("failed", str(error.value))


class _OnGpu:
    """What the recorder sees of a tensor on a GPU; counts how often it is fetched."""

    fetched = 0
    is_cuda = True
    dtype = "torch.float32"

    def __init__(self, values: Any) -> None:
        self.values = values

    def detach(self) -> _OnGpu:
        return self

    def clone(self) -> _OnGpu:
        return _OnGpu(self.values.copy())

    def numel(self) -> int:
        return int(self.values.size)

    def cpu(self) -> Any:
        _OnGpu.fetched += 1
        return self.values


def test_logits_on_a_gpu_are_fetched_together_not_batch_by_batch(loop: Loop) -> None:
    with mild.Recorder(loop.given_A, epochs=1) as recorder:
        logits_AC = loop.logits(np.arange(N), 0.5)
        expected_A = logits_AC.argmax(axis=1)
        for index_B in np.split(np.arange(N), 10):
            values = logits_AC[index_B]
            recorder.update(index_B, _OnGpu(values))
            values[:] = np.nan  # the loop uses its memory again
            index_B[:] = 0
        assert _OnGpu.fetched == 0
        recorder.end_epoch()
        assert _OnGpu.fetched == 10
    np.testing.assert_array_equal(_only_run().predictions(0)[0], expected_A)


def test_tensors_of_torch_are_taken_as_they_are(loop: Loop) -> None:
    torch = pytest.importorskip("torch")
    with mild.Recorder(torch.from_numpy(loop.given_A), epochs=2) as recorder:
        for dtype in (torch.float32, torch.bfloat16):
            logits_AC = torch.from_numpy(loop.logits(np.arange(N), 0.5)).to(dtype).requires_grad_()
            recorder.update(torch.arange(N), logits_AC)
            recorder.end_epoch()
            found_A = _only_run().predictions(0)[-1]
            np.testing.assert_array_equal(found_A, logits_AC.argmax(dim=1).numpy())


def test_importing_mild_is_instant() -> None:
    code = (
        "import sys, mild\n"
        "assert not {'numpy', 'torch', 'mild.recorder'} & set(sys.modules)\n"
        "mild.Recorder\n"
        "assert 'torch' not in sys.modules\n"
        "mild.Recoder"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert "AttributeError: module 'mild' has no attribute 'Recoder'" in done.stderr


def test_the_loop_in_the_documentation_runs_as_it_stands(loop: Loop) -> None:
    labels, steps = Loop(n_classes=3).given_A, []

    def batches(index_N: Any) -> Any:
        for index_B in np.array_split(loop.rng.permutation(index_N), 5):
            yield index_B, np.eye(3)[labels[index_B]]

    world: dict[str, Any] = {
        "labels": labels,
        "batches": batches,
        "network": lambda images: images + loop.rng.normal(0, 0.7, images.shape),
        "step": lambda *_: steps.append(1),
        "accuracy": lambda: 0.5,
    }
    exec(examples("recorder.md")[0], world)
    run = _only_run()
    assert run.state().state == "done"
    assert [item.epochs for item in run.rounds()] == [3, 2]
    assert run.rounds()[1].kept == len(world["kept"])
    assert run.facts()["class_names"] == ["cat", "dog", "bird"]
    assert len(steps) == 5 * 5
