"""Endurance: what a day of polling leaves in memory, and how a run with a long history reads.

A window polls once a second. Here as many polls follow each other without a pause: of the reading
layer in a process of its own, and of the live page on a real dashboard. The run they look at gets a
new epoch after every minute's worth of polls.
"""

from __future__ import annotations

import multiprocessing
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from benchmarks.browser.dashboard import Dashboard, serve
from benchmarks.browser.session import Session
from benchmarks.large_run import write_large_run
from benchmarks.row import Row
from mild.config import parse
from mild.store.folder import RunFolder
from mild.store.lock import RecordLock
from mild.store.overview import overview, progress
from mild.store.run import Run
from mild.store.schema import EpochRecord
from mild.store.writer import EpochArrays, RunWriter, create_run

N, N_CLASSES, N_EPOCHS = 2_000, 10, 10_000
POLL_SECONDS = 1.0
EPOCH_POLLS = 60
"""An epoch takes a minute of a window that polls."""
WARM_HOURS = 1.0
"""Before memory counts: until every cache is as full as it gets; a fifth of a shorter time."""
TOLD_HOURS = (1, 6, 12, 24)
"""When memory is told."""
MOST_GROWTH_MEGABYTES = 40.0
MOST_HISTORY_SECONDS = 0.1


class Live:
    """A run at work whose worker is this process: it trains when it is told to."""

    def __init__(self, root: Path) -> None:
        self.run = Run(create_run(parse({"rounds": [N_EPOCHS]}), root))
        self._lock = RecordLock(self.run.folder.lock)
        self._lock.acquire()
        self._writer = RunWriter(self.run.folder)
        self._rng, self._epoch = np.random.default_rng(0), 0
        given_N = self._rng.integers(0, N_CLASSES, N)
        self._writer.instances(given_N=given_N, clean_N=None, names=("",) * N)
        self._writer.facts(n_instances=N, class_names=[f"class {k}" for k in range(N_CLASSES)])
        self._writer.set_state("training", "Round 1 of 1.")
        self._writer.begin_round(0, np.arange(N), N_CLASSES)
        self._given_N = given_N
        self.train()

    def train(self) -> None:
        """One more epoch."""
        self._epoch += 1
        memorized_N = self._rng.random(N) < min(0.95, 0.3 + 0.01 * self._epoch)
        record = EpochRecord(
            stage=0, epoch=self._epoch, learning_rate=0.1, train_loss=1.0 / self._epoch,
            memorized_share=float(memorized_N.mean()), test_accuracy=0.9, seconds=60.0,
            recorded=time.time(),
        )  # fmt: skip
        taken_N = np.where(memorized_N, self._given_N, 0)
        rows = EpochArrays(
            status_N=memorized_N, predictions_N=taken_N, losses_N=np.ones(N), margins_N=np.ones(N)
        )
        self._writer.end_epoch(record, rows, epochs_left=N_EPOCHS - self._epoch)

    def close(self) -> None:
        """The end of it."""
        self._writer.set_state("stopped", "Enough.")
        self._writer.close()
        self._lock.release()


def run(hours: float, n_events: int, say: Callable[[str], object]) -> dict[str, Any]:
    """Poll for so many simulated hours, then read a history of so many lines."""
    n_polls = max(100, round(hours * 3600 / POLL_SECONDS))
    with tempfile.TemporaryDirectory(prefix="mild-endurance-") as folder:
        rows = _reading(Path(folder) / "reading", n_polls, say)
        rows += _page(Path(folder) / "page", n_polls, say)
        rows += _long_history(Path(folder) / "events", n_events) if n_events else []
    return {"hours": hours, "polls": n_polls, "rows": [row.as_dict() for row in rows]}


# --- memory ---


def _reading(root: Path, n_polls: int, say: Callable[[str], object]) -> list[Row]:
    """In another process, so that what is written here does not count."""
    live = Live(root)
    here, there = multiprocessing.get_context("spawn").Pipe()
    reader = multiprocessing.get_context("spawn").Process(
        target=_read_on, args=(root, live.run.run_id, there)
    )
    reader.start()
    process = psutil.Process(reader.pid)

    def poll(n: int) -> None:
        here.send(n)
        here.recv()

    try:
        return _grown("reading a live run", live, poll, process, n_polls, say)
    finally:
        here.send(0)
        reader.join()
        live.close()


def _read_on(root: Path, run_id: str, pipe: Any) -> None:
    """What the live page and home read, as often as is asked for."""
    while n := pipe.recv():
        for _ in range(n):
            look(Run(RunFolder(root / run_id)))
        pipe.send(n)


def look(run: Run) -> float:
    """Read once what the live page and home read; the share that is done."""
    _ = run.epochs(), run.rounds(), run.rounds_begun(), overview(run), run.log_tail()
    _ = np.array(run.status(0)[-1])
    return progress(run.state(), run.config())


def _page(root: Path, n_polls: int, say: Callable[[str], object]) -> list[Row]:
    live = Live(root)
    try:
        with _window(root, live.run) as (dashboard, session):
            process = psutil.Process(dashboard.pid)

            def poll(n: int) -> None:
                for _ in range(n):
                    answer = session.poll()
                    if answer.errors or not answer.polling:
                        raise AssertionError(f"the live page does not go on: {answer.errors}")

            return _grown("the live page", live, poll, process, n_polls, say)
    finally:
        live.close()


@contextmanager
def _window(root: Path, run: Run) -> Iterator[tuple[Dashboard, Session]]:
    with serve(root) as dashboard:
        session = Session(dashboard.url)
        session.open("live", f"?run={run.run_id}")
        yield dashboard, session
        session.close()


def _grown(
    what: str, live: Live, poll: Callable[[int], None], process: psutil.Process, n_polls: int,
    say: Callable[[str], object],
) -> list[Row]:  # fmt: skip
    """Memory after so many hours, and since caches were warm."""
    told: dict[float, float] = {}  # hours -> MB
    warm, done, began = min(WARM_HOURS, 0.2 * n_polls * POLL_SECONDS / 3600), 0, time.monotonic()
    marks = sorted({warm, *TOLD_HOURS})
    while done < n_polls:
        n = min(EPOCH_POLLS, n_polls - done)
        poll(n)
        live.train()
        done += n
        hours, megabytes = done * POLL_SECONDS / 3600, _own_megabytes(process.pid)
        for mark in marks:
            if hours >= mark and mark not in told:
                told[mark] = megabytes
        if done // EPOCH_POLLS % 60 == 0:
            say(f"{what}: {hours:.1f} h, {done:,} polls, {megabytes:.1f} MB")
    seconds = (time.monotonic() - began) / n_polls
    memory = [
        Row(what=f"{what}: memory after {mark:g} h", values=(at,), unit="MB")
        for mark, at in told.items()
    ]
    return [
        Row(what=f"{what}: a poll", values=(seconds,)),
        *memory,
        Row(
            what=f"{what}: grown since {warm:g} h, after {n_polls:,} polls",
            values=(megabytes - told[warm],), unit="MB", budget=MOST_GROWTH_MEGABYTES,
        ),
    ]  # fmt: skip


def _own_megabytes(pid: int) -> float:
    """Memory that is the process's own; pages of files come and go with what else is running."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    kilobytes = [line.split()[1] for line in lines if line.startswith(("RssAnon:", "VmSwap:"))]
    return sum(map(int, kilobytes)) / 1024


# --- a long history ---


def _long_history(root: Path, n_events: int) -> list[Row]:
    """A run whose history has very many lines, as it is read, watched and resumed."""
    root.mkdir(parents=True)
    made = write_large_run(root, n=300, n_epochs=8)
    run = Run(made.folder)
    with closing(sqlite3.connect(run.folder.database)) as database, database:
        database.executemany(
            "INSERT INTO events (time, kind, sentence) VALUES (?, 'skipped', ?)",
            ((float(k), f"photo {k}.jpg cannot be read") for k in range(n_events)),
        )
    with _window(root, run) as (_, session):
        session.open("live", f"?run={run.run_id}")
        pages = [session.open("live", f"?run={run.run_id}").seconds for _ in range(3)]
    of = f"of {n_events:,} lines"
    return [
        Row(what=f"the live page, with a history {of}", values=tuple(pages), budget=1.0),
        Row(
            what=f"the last lines {of}", values=_timed(lambda: run.events(last=40)),
            budget=MOST_HISTORY_SECONDS,
        ),
        Row(what=f"one more line {of}", values=_timed(lambda: _one_more(run)), budget=1.0),
        Row(what=f"a line of home {of}", values=_timed(lambda: overview(run)), budget=1.0),
    ]  # fmt: skip


def _one_more(run: Run) -> None:
    writer = RunWriter(run.folder)
    writer.event("note", "one more")
    writer.close()


def _timed(what: Callable[[], object]) -> tuple[float, ...]:
    times = []
    for _ in range(3):
        began = time.perf_counter()
        what()
        times.append(time.perf_counter() - began)
    return tuple(times)
