"""A crowd: many windows on one live run, many workers in the queue, and a home with many runs.

The windows are sessions without a browser (`benchmarks.browser.session`): twenty browsers would
take more of a small machine than the dashboard that is measured. Times are of the server, from the
question to the last message of its answer. Home with many runs is timed in a browser.
"""

from __future__ import annotations

import shutil
import signal
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from benchmarks.browser.dashboard import Dashboard, chromium, serve
from benchmarks.browser.session import Session
from benchmarks.browser.tab import Tab
from benchmarks.large_run import write_large_run
from benchmarks.row import Row
from benchmarks.torture.arena import send, workers_of
from benchmarks.torture.kinds import KINDS, write_images
from mild import jobs
from mild.config import RunConfig, parse
from mild.store import ended_runs
from mild.store.lock import ask
from mild.store.review.decision import Decision, Window
from mild.store.review.decisions import decide
from mild.store.run import Run

PAGES = ("live", "live", "live", "live", "runs", "selection", "review", "dynamics", "rounds")
"""What the windows look at, in turn: most of them watch."""
LOOK_SECONDS = 4.0
"""How long somebody looks at a page that does not poll, before they ask for it again."""
BUDGET_SECONDS, BUDGET_MEGABYTES = 2.0, 1500.0
READ_ALL_SECONDS = 120.0
"""Many runs are read half a second at a time."""


@dataclass(slots=True)
class Crowd:
    """What all windows met."""

    url: str
    run_id: str
    over: threading.Event = field(default_factory=threading.Event)
    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    """Page, or `poll`, -> times of all answers."""
    errors: list[str] = field(default_factory=list)

    def look(self, page: str) -> None:
        """One window, until it is over; it has looked at least once then."""
        session = Session(self.url)
        query = "" if page == "runs" else f"?run={self.run_id}"
        while True:
            answer = session.open(page, query)
            self._note(page, answer.seconds, answer.errors)
            until = time.monotonic() + LOOK_SECONDS
            while time.monotonic() < until and not self.over.is_set():
                pause = min(answer.polling.values(), default=LOOK_SECONDS)
                self.over.wait(min(pause, max(0.0, until - time.monotonic())))
                if answer.polling:
                    answer = session.poll()
                    self._note("poll", answer.seconds, answer.errors)
            if self.over.is_set():
                session.close()
                return

    def _note(self, what: str, seconds: float, errors: list[str]) -> None:
        self.seconds[what].append(seconds)
        self.errors += errors


def run(n_windows: int, n_workers: int, seconds: float, n_runs: int) -> dict[str, Any]:
    """Measure both, and stand them beside what is promised."""
    rows, errors = _crowd(n_windows, n_workers, seconds) if n_windows else ([], [])
    home = _home(n_runs) if n_runs else []
    return {
        "windows": n_windows,
        "workers": n_workers,
        "errors": sorted(set(errors)),
        "rows": [row.as_dict() for row in (*rows, *home)],
    }


def _crowd(n_windows: int, n_workers: int, seconds: float) -> tuple[list[Row], list[str]]:
    with tempfile.TemporaryDirectory(prefix="mild-crowd-") as folder:
        root = Path(folder) / "runs"
        with _at_work(root, Path(folder), n_workers) as watched, serve(root) as dashboard:
            crowd = Crowd(dashboard.url, watched.run_id)
            windows = [
                threading.Thread(target=crowd.look, args=(PAGES[number % len(PAGES)],))
                for number in range(n_windows)
            ]
            used = dashboard.cpu_seconds()
            for window in windows:
                window.start()
            megabytes = _decide_meanwhile(watched, dashboard, seconds)
            crowd.over.set()
            for window in windows:
                window.join()
            rows = [
                Row(what=f"{what}, answer", values=tuple(values), budget=BUDGET_SECONDS)
                for what, values in sorted(crowd.seconds.items())
            ]
            every = [value for values in crowd.seconds.values() for value in values]
            rows.append(Row(what="any answer, 95th percentile", values=(_high(every),)))
            used = (dashboard.cpu_seconds() - used) / max(1, len(every))
            rows.append(Row(what="any answer, processor time of the dashboard", values=(used,)))
            rows.append(
                Row(what="dashboard, RSS", values=(megabytes,), unit="MB", budget=BUDGET_MEGABYTES)
            )
            locked = sum("locked" in error for error in crowd.errors)
            rows.append(Row(what="'database is locked'", values=(locked,), unit="", budget=0))
            return rows, crowd.errors


def _decide_meanwhile(run: Run, dashboard: Dashboard, seconds: float) -> float:
    """Decide about images all the time; the most memory that the server held."""
    window, most, number = Window("crowd", 0), 0.0, 0
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        number += 1
        decide(run.folder, {number % 300: Decision("keep" if number % 2 else "drop")}, window)
        most = max(most, dashboard.megabytes())
        time.sleep(0.25)
    return most


@contextmanager
def _at_work(root: Path, folder: Path, n_workers: int) -> Iterator[Run]:
    """A run that trains for long, and others that wait for it, each with its worker."""
    data = write_images(folder / "images.npz")
    runs = [jobs.start(_long(data), root=root) for _ in range(1 + n_workers)]
    try:
        until = time.monotonic() + 120
        while len(runs[0].epochs()) < 2 or not all(_has_worker(run) for run in runs):
            if time.monotonic() > until:
                raise TimeoutError("the workers do not come")
            time.sleep(0.2)
        yield runs[0]
    finally:
        for run in runs:
            send(workers_of(run), signal.SIGKILL)


def _long(data: Path) -> RunConfig:
    settings = KINDS["several rounds"].config(data).model_dump(mode="json")
    settings["rounds"] = [{"epochs": 6}, {"epochs": 10_000}]
    return parse(settings)


def _has_worker(run: Run) -> bool:
    return ask(run.folder.lock).held == "held"


def _high(values: list[float]) -> float:
    return quantiles(values, n=20)[-1] if len(values) > 1 else median(values)


def _home(n_runs: int) -> list[Row]:
    """Home with many runs, in a browser: first of all, again, and on the next server."""
    with tempfile.TemporaryDirectory(prefix="mild-home-") as folder, chromium() as browser:
        root = Path(folder)
        _many(root, n_runs)
        with serve(root) as dashboard:
            first = _opened(browser, dashboard)
            _read_all(browser, dashboard, root)
            warm = [_opened(browser, dashboard) for _ in range(3)]
        later = []
        for _ in range(3):
            with serve(root) as dashboard:
                later.append(_opened(browser, dashboard))
    what = f"home with {n_runs:,} runs"
    times = (
        ("first of all", (first,)),
        ("first page of a server begun later", tuple(later)),
        ("again, in a new tab", tuple(warm)),
    )
    return [Row(what=f"{what}, {when}", values=of, budget=BUDGET_SECONDS) for when, of in times]


def _read_all(browser: Any, dashboard: Dashboard, root: Path) -> None:
    """Leave home open until every run has been read, and that is written down."""
    context = browser.new_context()
    tab = Tab(context)
    tab.open(dashboard.url, "runs")
    until = time.monotonic() + READ_ALL_SECONDS
    while not (root / ended_runs.NAME).exists() and time.monotonic() < until:
        tab.page.wait_for_timeout(500)
    context.close()


def _opened(browser: Any, dashboard: Dashboard) -> float:
    context = browser.new_context()
    tab = Tab(context)
    seconds = tab.open(dashboard.url, "runs").seconds
    context.close()
    return seconds


def _many(root: Path, n_runs: int) -> None:
    """Copies of one finished run, whose files are linked where nobody writes them."""
    origin = write_large_run(root, n=300, n_epochs=8).folder.path
    for number in range(n_runs - 1):
        target = root / f"{origin.name[:-4]}{number:04x}"
        if target != origin:
            shutil.copytree(origin, target, ignore=shutil.ignore_patterns("rounds", "*.npy"))
