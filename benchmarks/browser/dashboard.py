"""A dashboard of its own on a free port, a Chromium, and what their processes use."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[2]
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu"]
SIZE: Any = {"width": 1400, "height": 1200}


@dataclass(frozen=True, kw_only=True, slots=True)
class Dashboard:
    """A server that answers."""

    url: str
    pid: int
    started_seconds: float
    """From its launch until it answered."""

    def cpu_seconds(self) -> float:
        """Return the processor time the server has used so far."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def megabytes(self) -> float:
        """Return the memory it holds now."""
        for line in Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return float(line.split()[1]) / 1024
        return float("nan")

    def has_loaded(self, library: str) -> bool:
        """Tell whether a file of this library is mapped into its memory."""
        return library in Path(f"/proc/{self.pid}/maps").read_text()


@contextmanager
def serve(root: Path) -> Iterator[Dashboard]:
    """Serve the dashboard on the runs below `root`, until the block ends."""
    server, dashboard = launch(root)
    try:
        yield dashboard
    finally:
        server.terminate()
        server.wait()


def launch(root: Path) -> tuple[subprocess.Popen[bytes], Dashboard]:
    """Start a dashboard and wait until it answers; the caller ends it."""
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
        _wait_for(url, server)
    except BaseException:
        server.kill()
        server.wait()
        raise
    seconds = time.perf_counter() - began
    return server, Dashboard(url=url, pid=server.pid, started_seconds=seconds)


def find_chromium() -> str:
    """Find the browser.

    Raises
    ------
    FileNotFoundError
        If none is installed.
    """
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        raise FileNotFoundError("no Chromium is installed; install the package `chromium`.")
    return found


@contextmanager
def chromium() -> Iterator[Any]:
    """Start a browser without a window, until the block ends.

    Raises
    ------
    FileNotFoundError
        If none is installed.
    """
    from playwright.sync_api import sync_playwright

    found = find_chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield browser
        browser.close()


def _wait_for(url: str, server: subprocess.Popen[bytes]) -> None:
    while True:
        try:
            urllib.request.urlopen(f"{url}/_stcore/health", timeout=1)
            return
        except OSError as error:
            if server.poll() is not None:
                raise ChildProcessError("the dashboard ended before it answered.") from error
            time.sleep(0.02)
