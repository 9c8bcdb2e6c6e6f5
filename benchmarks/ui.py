"""Time the dashboard in a real Chromium, on runs of several sizes from `benchmarks.large_run`.

For each page the time from asking for its address to the end of its script and of its drawing, in a
browser tab of its own, the second time it is asked for; and what the server sent over the socket.
"""

from __future__ import annotations

import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.large_run import write_large_run

PROJECT = Path(__file__).resolve().parents[1]
PAGES = ("", "live", "dynamics", "selection", "review", "rounds", "compare", "learn")
SIZES = ((1_797, 20), (50_000, 100), (1_000_000, 30))
"""Instances and epochs of each run."""
REPEATS = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class PageTime:
    """One page on one run."""

    page: str
    n: int
    first_seconds: float
    warm_seconds: float
    """Median of the times after the first."""
    kilobytes: float
    """Sent by the server over the socket for one load."""


def run(sizes: tuple[tuple[int, int], ...] = SIZES) -> dict[str, Any]:
    """Write the runs, serve them, and look at every page of each."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        runs = {n: write_large_run(root, n=n, n_epochs=epochs).run_id for n, epochs in sizes}
        with _dashboard(root) as (url, pid, started), _browser() as browser:
            first = _load(browser, url)[0]
            times = [_time(browser, url, page, n, runs[n]) for n in runs for page in PAGES]
            return {
                "server_answers_seconds": started,
                "first_page_seconds": first,
                "server_megabytes": _resident_megabytes(pid),
                "pages": [asdict(item) for item in times],
            }


def _time(browser: Any, url: str, page: str, n: int, run_id: str) -> PageTime:
    loads = [_load(browser, f"{url}/{page}?run={run_id}") for _ in range(1 + REPEATS)]
    return PageTime(
        page=page or "runs",
        n=n,
        first_seconds=loads[0][0],
        warm_seconds=statistics.median(seconds for seconds, _ in loads[1:]),
        kilobytes=loads[-1][1] / 1000,
    )


def _load(browser: Any, url: str) -> tuple[float, int]:
    """Seconds until a page is there, and bytes received for it."""
    page = browser.new_page(viewport={"width": 1400, "height": 1200})
    received = [0]

    def count(frame: str | bytes) -> None:
        received[0] += len(frame)

    page.on("websocket", lambda opened: opened.on("framereceived", count))
    began = time.perf_counter()
    page.goto(url)
    page.locator("[data-testid='stApp'][data-test-script-state='notRunning']").wait_for()
    page.locator("h1").first.wait_for()
    page.wait_for_function("document.querySelectorAll('[data-testid=stSkeleton]').length === 0")
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    seconds = time.perf_counter() - began
    page.close()
    return seconds, received[0]


@contextmanager
def _dashboard(root: Path) -> Iterator[tuple[str, int, float]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url, began = f"http://127.0.0.1:{port}", time.perf_counter()
    server = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)],
        cwd=PROJECT,
        env=os.environ | {"MILD_RUNS_DIR": str(root)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while True:
            try:
                urllib.request.urlopen(f"{url}/_stcore/health", timeout=1)
                break
            except OSError:
                time.sleep(0.02)
        yield url, server.pid, time.perf_counter() - began
    finally:
        server.terminate()
        server.wait()


@contextmanager
def _browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=["--headless", "--no-sandbox", "--disable-gpu"],
        )
        yield browser
        browser.close()


def _resident_megabytes(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return float(line.split()[1]) / 1024
    return float("nan")
