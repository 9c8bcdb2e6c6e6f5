"""What people do on the pages, timed: the cut, a row, a decision, a page of images, a poll."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.browser.dashboard import PROJECT, SIZE, Dashboard
from benchmarks.browser.tab import Answer, Tab
from benchmarks.row import Row

BUDGET_KILOBYTES = 300.0
RELEASES, REPEATS = 20, 5
RELEASE_BUDGETS = ((50_000, 0.15), (1_000_000, 0.3))
"""Instances up to which exact numbers must stand so many seconds after the cut is let go."""
DETECTORS_AT_MOST = 100_000
POLLED = ((1_797, 0.3), (50_000, 3.0))
"""Instances of a run that trains, and seconds between its epochs."""
POLL_SECONDS = 10.0
BUDGET_POLLING = 5.0
"""Per cent of a core."""


def on_one_run(browser: Any, dashboard: Dashboard, n: int, run_id: str) -> list[Row]:
    """Time every action on a run of `n` instances."""
    context = browser.new_context(viewport=SIZE)
    tab = Tab(context)
    done: dict[str, list[Answer]] = {}
    for page in ("selection", "dynamics", "review", "compare"):
        tab.open(dashboard.url, page, f"?run={run_id}")
        done |= _ACTIONS[page](tab, n)
    context.close()
    rows = []
    for what, answers in done.items():
        budget = next((most for size, most in RELEASE_BUDGETS if n <= size), None)
        seconds = tuple(item.seconds for item in answers)
        rows.append(Row(what=what, n=n, values=seconds, budget=budget if "cut" in what else None))
    most, what = max((item.kilobytes, what) for what in done for item in done[what])
    sent = f"most sent by an action ({what})"
    rows.append(Row(what=sent, n=n, values=(most,), unit="kB", budget=BUDGET_KILOBYTES))
    return rows


def polling(browser: Any, dashboard: Dashboard, root: Path) -> list[Row]:
    """Measure a tab on the live page of a training run: the server's share of a core, and bytes."""
    rows = []
    for n, every in POLLED:
        with _training(root, n, every) as run_id:
            context = browser.new_context(viewport=SIZE)
            tab = Tab(context)
            tab.open(dashboard.url, "live", f"?run={run_id}")
            tab.page.locator(".st-key-memorized svg").first.wait_for(timeout=60_000)
            tab.page.wait_for_timeout(3000)
            cpu, began, sent = dashboard.cpu_seconds(), time.perf_counter(), tab.received_kilobytes
            tab.page.wait_for_timeout(1000 * POLL_SECONDS)
            passed = time.perf_counter() - began
            used = dashboard.cpu_seconds() - cpu
            context.close()
        what = f"one polling session, an epoch every {every:g} s"
        share, kilobytes = 100 * used / passed, (tab.received_kilobytes - sent) / passed
        rows.append(Row(what=what, n=n, values=(share,), unit="% of a core", budget=BUDGET_POLLING))
        rows.append(
            Row(what=f"{what}: sent per second", n=n, values=(kilobytes,), unit="kB",
                budget=BUDGET_KILOBYTES)
        )  # fmt: skip
    return rows


@contextmanager
def _training(root: Path, n: int, every: float) -> Iterator[str]:
    """Keep a process writing a run until the block ends."""
    asked = [f"--n={n}", "--epochs=400", f"--every={every}", f"--root={root}"]
    writer = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.large_run", *asked],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert writer.stdout is not None
        yield writer.stdout.readline().strip()
    finally:
        writer.kill()
        writer.communicate()


def _selection(tab: Tab, n: int) -> dict[str, list[Answer]]:
    places = [0.25 + 0.05 * (i % 10) for i in range(RELEASES)]
    released = [tab.release_cut(place) for place in places]
    slider = tab.page.locator("[data-testid=stSlider] input").first

    def earlier() -> None:
        slider.focus()
        tab.page.keyboard.press("ArrowLeft")

    return {
        "exact numbers after the cut is let go": released,
        "what if it had stopped an epoch earlier": _several(tab, earlier),
    }


def _dynamics(tab: Tab, n: int) -> dict[str, list[Answer]]:
    picture = tab.page.locator("canvas.picture")
    picture.wait_for()
    places = iter(range(150, 460, 38))
    return {
        "a row of the status matrix chosen": _several(
            tab, lambda: picture.click(position={"x": 300, "y": next(places)})
        )
    }


def _review(tab: Tab, n: int) -> dict[str, list[Answer]]:
    tab.page.locator(".tile").first.focus()
    press = tab.page.keyboard.press
    return {
        "an image kept": _several(tab, lambda: press("k")),
        "the next page of images": _several(tab, lambda: press("n")),
    }


def _compare(tab: Tab, n: int) -> dict[str, list[Answer]]:
    if n > DETECTORS_AT_MOST:
        return {}
    tabs = ("Detectors on one run", "Rules and epochs on one run")
    return {
        f"{name}, the first time": [tab.act(tab.page.get_by_role("tab", name=name).click)]
        for name in tabs
    }


def _several(tab: Tab, action: Callable[[], object]) -> list[Answer]:
    return [tab.act(action) for _ in range(REPEATS)]


_ACTIONS: dict[str, Callable[[Tab, int], dict[str, list[Answer]]]] = {
    "selection": _selection,
    "dynamics": _dynamics,
    "review": _review,
    "compare": _compare,
}
