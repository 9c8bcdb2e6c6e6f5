"""Time the dashboard in a real Chromium, on runs of several sizes from `benchmarks.large_run`.

*Warm* is a page asked for again by its link in the menu of an open tab, its run looked at before;
*first* the same, the run not looked at before. A *new tab* loads the program of the page as well,
from what the browser has kept of it. Every row of the result stands beside its budget.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.browser import actions
from benchmarks.browser.dashboard import SIZE, Dashboard, chromium, serve
from benchmarks.browser.tab import NAMES, Tab
from benchmarks.large_run import write_large_run
from benchmarks.row import Row
from benchmarks.selection import long_status

SIZES = ((1_797, 20), (50_000, 100), (1_000_000, 30))
"""Instances and epochs of each run."""
REPEATS = 3
BUDGET_FIRST_SECONDS = 2.5
BUDGET_WARM_SECONDS = 1.0
WARM_AT_MOST = 50_000
"""Instances up to which the budget of a warm load holds."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PageTime:
    """One page on one run."""

    page: str
    n: int
    first_seconds: float
    warm_seconds: float
    """Median of the times after the first."""
    warm_best_seconds: float
    new_tab_seconds: float | None
    """Of one run alone: most of it is the program, not the data."""
    warm_cpu_seconds: float
    """Of the server, for one warm load."""
    kilobytes: float
    """Sent by the server for one load, the largest."""


def run(sizes: tuple[tuple[int, int], ...] = SIZES) -> dict[str, Any]:
    """Write the runs, serve them, look at every page of each, and do what people do there."""
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        root = Path(folder)
        runs = {}
        for n, n_epochs in sizes:
            _say(f"writing {n:,} x {n_epochs}")
            runs[n] = write_large_run(root, n=n, n_epochs=n_epochs).run_id
        _say("first pages")
        rows, started = _first_pages(browser, root)
        with serve(root) as dashboard:
            pages = []
            for n, run_id in runs.items():
                _say(f"pages of {n:,} instances")
                in_new_tabs = n == WARM_AT_MOST or len(sizes) == 1
                pages += _pages(browser, dashboard, n, run_id, in_new_tabs)
                _say(f"actions on {n:,} instances")
                rows += actions.on_one_run(browser, dashboard, n, run_id)
            _say("polling")
            rows += actions.polling(browser, dashboard, root)
            rows += _about(pages)
            rows.append(Row.of_fact("torch in the server", dashboard.has_loaded("libtorch"), False))
            megabytes = dashboard.megabytes()
        _say("status of a long round")
        rows += long_status.measure(root / "long")
        return {
            "server_answers_seconds": started,
            "server_megabytes": megabytes,
            "pages": [asdict(item) for item in pages],
            "rows": [row.as_dict() for row in rows],
        }


def _first_pages(browser: Any, root: Path) -> tuple[list[Row], float]:
    """Time a cold server and a browser that never saw it."""
    seconds, started = [], []
    for _ in range(REPEATS):
        with serve(root) as dashboard:
            context = browser.new_context(viewport=SIZE)
            seconds.append(Tab(context).open(dashboard.url, "runs").seconds)
            started.append(dashboard.started_seconds)
            context.close()
    row = Row(
        what="first page of a server just started",
        values=tuple(seconds),
        budget=BUDGET_FIRST_SECONDS,
    )
    return [row], median(started)


def _pages(
    browser: Any, dashboard: Dashboard, n: int, run_id: str, in_new_tabs: bool
) -> list[PageTime]:
    """Go round the menu several times in one tab; then open each page in a tab of its own."""
    context = browser.new_context(viewport=SIZE)
    tab = Tab(context)
    tab.open(dashboard.url, "live", f"?run={run_id}")
    seconds: dict[str, list[float]] = {page: [] for page in NAMES}
    cpu: dict[str, list[float]] = {page: [] for page in NAMES}
    sent = dict.fromkeys(NAMES, 0.0)
    for _ in range(1 + REPEATS):
        for page in NAMES:
            before = dashboard.cpu_seconds()
            answer = tab.follow(page)
            seconds[page].append(answer.seconds)
            cpu[page].append(dashboard.cpu_seconds() - before)
            sent[page] = max(sent[page], answer.kilobytes)
    tab.close()
    found = [
        PageTime(
            page=page,
            n=n,
            first_seconds=seconds[page][0],
            warm_seconds=median(seconds[page][1:]),
            warm_best_seconds=min(seconds[page][1:]),
            new_tab_seconds=_new_tab(context, dashboard.url, page, run_id) if in_new_tabs else None,
            warm_cpu_seconds=median(cpu[page][1:]),
            kilobytes=sent[page],
        )
        for page in NAMES
    ]
    context.close()
    return found


def _new_tab(context: Any, url: str, page: str, run_id: str) -> float:
    tab = Tab(context)
    seconds = tab.open(url, page, f"?run={run_id}").seconds
    tab.close()
    return seconds


def _about(pages: Iterable[PageTime]) -> list[Row]:
    """List the slowest page of each size, against the budget where there is one."""
    rows = []
    for n in dict.fromkeys(item.n for item in pages):
        mine = [item for item in pages if item.n == n]
        slowest = max(mine, key=lambda item: item.warm_seconds)
        rows.append(
            Row(
                what=f"slowest warm load ({slowest.page})",
                n=n,
                values=(slowest.warm_seconds,),
                best=slowest.warm_best_seconds,
                budget=BUDGET_WARM_SECONDS if n <= WARM_AT_MOST else None,
            )
        )
        largest = max(mine, key=lambda item: item.kilobytes)
        rows.append(
            Row(
                what=f"most that a page sends ({largest.page})",
                n=n,
                values=(largest.kilobytes,),
                unit="kB",
                budget=actions.BUDGET_KILOBYTES,
            )
        )
    return rows


def _say(what: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {what}", file=sys.stderr, flush=True)
