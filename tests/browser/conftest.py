"""A dashboard of its own on a free port, and a real Chromium to look at it."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import (
    Browser,
    Error,
    Page,
    Request,
    ViewportSize,
    expect,
    sync_playwright,
)

from tests.conftest import end_workers

PROJECT = Path(__file__).resolve().parents[2]
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-threaded-animation",
]  # fmt: skip
"""The last: without a graphics card, whatever moves is painted sixty times a second, which took a
fifth of the browser's time."""
SIZE: ViewportSize = {"width": 1400, "height": 1200}
SERVER_SECONDS = 60
BETWEEN = "/_stcore/health"
"""Next to nothing, but of the dashboard's own site: to leave that would end the process with its
scripts, and to load and compile them anew takes as long as all that a page does."""
expect.set_options(timeout=15_000)  # milliseconds; the usual five are few on a busy machine


@dataclass(frozen=True)
class Dashboard:
    """A server that runs, the process behind it, and the runs it shows."""

    url: str
    pid: int
    runs_root: Path


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium; absent, the test fails where MILD_REQUIRE_BROWSER=1 and is skipped elsewhere."""
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        message = "no Chromium is installed; install the package `chromium` to run browser tests"
        if os.environ.get("MILD_REQUIRE_BROWSER") == "1":
            pytest.fail(message)
        pytest.skip(message)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield browser
        browser.close()


def free_port() -> int:
    """A port of this machine that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(
    runs_root: Path, *, port: int | None = None, environment: Mapping[str, str] | None = None
) -> Iterator[Dashboard]:
    """A server on a free port that nobody has asked for anything."""
    port = port or free_port()
    log = runs_root.with_name("server.log").open("wb")
    process = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)],
        cwd=PROJECT,
        stdout=log,
        stderr=subprocess.STDOUT,
        env={**os.environ, "MILD_RUNS_DIR": str(runs_root), **(environment or {})},
    )
    url = f"http://127.0.0.1:{port}"
    try:
        wait_for_server(url)
        yield Dashboard(url=url, pid=process.pid, runs_root=runs_root)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)
        log.close()
        end_workers(runs_root)


@pytest.fixture(scope="session")
def _server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dashboard]:
    with serving(tmp_path_factory.mktemp("dashboard") / "runs") as dashboard:
        yield dashboard


@pytest.fixture
def dashboard(_server: Dashboard) -> Iterator[Dashboard]:
    """A server that has been at work before, without any run."""
    yield _server
    end_workers(_server.runs_root)
    shutil.rmtree(_server.runs_root, ignore_errors=True)


@pytest.fixture(scope="session")
def _cold_port() -> int:
    """Of all servers that are a single test's: the browser keeps scripts by their address."""
    return free_port()


@pytest.fixture
def cold_dashboard(runs_root: Path, _cold_port: int) -> Iterator[Dashboard]:
    """A server of this test's own, which nobody has asked for anything."""
    with serving(runs_root, port=_cold_port) as dashboard:
        yield dashboard


@pytest.fixture(scope="session")
def _tab(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport=SIZE)
    yield context.new_page()
    context.close()


@pytest.fixture
def page(_tab: Page, _server: Dashboard) -> Iterator[Page]:
    """A page that fails the test on a script error or a request that leaves this machine.

    Its tab is that of the tests before, in which the dashboard's scripts are loaded; what they
    left behind is gone.
    """
    faults: list[str] = []
    stop_watching = watch(_tab, faults)
    yield _tab
    stop_watching()
    for other in _tab.context.pages:  # one in front of it would have it drawn once in a while
        if other is not _tab:
            other.close()
    _tab.bring_to_front()
    if _tab.url != "about:blank":
        _tab.evaluate("localStorage.clear(); sessionStorage.clear()")
        _tab.goto(f"{_server.url}{BETWEEN}")
    _tab.context.clear_cookies()
    _tab.set_viewport_size(SIZE)
    _tab.emulate_media(color_scheme="light")
    assert not faults


def watch(page: Page, faults: list[str]) -> Callable[[], None]:
    """Note script errors, and requests that leave this machine, also from tabs that it opens.

    What is returned stops it.
    """

    def on_error(error: Error) -> None:
        faults.append(str(error))

    def on_request(request: Request) -> None:
        _note_if_it_leaves(request.url, faults)

    def stop() -> None:
        page.remove_listener("pageerror", on_error)
        page.context.remove_listener("request", on_request)

    page.on("pageerror", on_error)
    page.context.on("request", on_request)
    return stop


def wait_for_server(url: str) -> None:
    deadline = time.monotonic() + SERVER_SECONDS
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{url}/_stcore/health", timeout=1) as answer:
                if answer.read() == b"ok":
                    return
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"the dashboard did not answer within {SERVER_SECONDS} s")


def go_to(page: Page, address: str) -> None:
    """To a page of the dashboard; from another one as links do, which loads nothing anew."""
    if page.get_by_test_id("stApp").count():
        page.evaluate(_FOLLOW, address)
        wait_until_quiet(page)
    else:
        page.goto(address)


_FOLLOW = """address => {
  history.pushState({}, '', address);
  dispatchEvent(new PopStateEvent('popstate'));
}"""


def wait_until_quiet(page: Page) -> None:
    """Wait until streamlit has run the page's script to its end."""
    page.wait_for_timeout(250)  # a widget's own delay before it tells the server
    app = "[data-testid='stApp']"
    page.locator(f"{app}[data-test-connection-state='CONNECTED']").wait_for(state="attached")
    page.locator(f"{app}[data-test-script-state='notRunning']").wait_for(state="attached")
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0, timeout=20_000)
    expect(page.get_by_test_id("stException")).to_have_count(0)


def _note_if_it_leaves(url: str, faults: list[str]) -> None:
    local = ("http://127.0.0.1", "ws://127.0.0.1", "data:", "blob:")
    if not url.startswith(local):
        faults.append(f"request to {url}")
