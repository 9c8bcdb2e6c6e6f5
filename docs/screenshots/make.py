"""Take a screenshot of every page, light and dark, of the demo and of a run to compare it with.

    python docs/screenshots/make.py            # all pages, about a minute
    python docs/screenshots/make.py selection  # some of them

Needs what tests/requirements.txt lists, and a Chromium.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parents[1]
PAGES = (
    "runs", "new_run", "live", "dynamics", "selection", "review", "rounds", "compare", "learn",
)  # fmt: skip
THEMES = ("light", "dark")
OTHER = (
    "train --name fewer-epochs --data digits --noise symmetric --rate 0.4 --rounds 8,8 --final none"
)
"""The run that the demo is compared with."""
SIZE = {"width": 1400, "height": 1150}


def main(wanted: list[str]) -> None:
    """Train the demo, serve it, look at it."""
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"MILD_RUNS_DIR": folder}
        for command in ("demo", OTHER):
            asked = [sys.executable, "-m", "mild", *command.split()]
            subprocess.run(asked, cwd=PROJECT, env=environment, check=True)
        run_id = next(path.name for path in Path(folder).glob("demo-*"))
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        serve = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
        server = subprocess.Popen(serve, cwd=PROJECT, env=environment, stdout=subprocess.DEVNULL)
        try:
            take(f"http://127.0.0.1:{port}", run_id, wanted)
        finally:
            server.terminate()
            server.wait()


def take(url: str, run_id: str, wanted: list[str]) -> None:
    """Take one PNG per page and theme."""
    while True:
        try:
            urllib.request.urlopen(f"{url}/_stcore/health", timeout=1)
            break
        except OSError:
            time.sleep(0.2)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--headless", "--no-sandbox"]
        )
        for theme in THEMES:
            for name in wanted:
                _take_one(browser, url, run_id, name, theme)
        browser.close()


def _take_one(browser: Browser, url: str, run_id: str, name: str, theme: str) -> None:
    page = browser.new_page(viewport=SIZE, color_scheme=theme)
    page.goto(f"{url}/{'' if name == 'runs' else name}?run={run_id}")
    page.locator("[data-testid='stApp'][data-test-script-state='notRunning']").wait_for()
    page.wait_for_timeout(6000)  # charts come after the page, late on a busy machine
    page.screenshot(path=HERE / f"{name}-{theme}.png")
    page.close()


if __name__ == "__main__":
    main(sys.argv[1:] or list(PAGES))
