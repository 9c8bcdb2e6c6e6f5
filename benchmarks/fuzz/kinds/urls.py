"""urls: every page of a running dashboard at hostile addresses, as a browser asks for them."""

from __future__ import annotations

from pathlib import Path
from subprocess import Popen
from urllib.parse import urlencode

from benchmarks.browser.dashboard import launch
from benchmarks.browser.session import Answer, Session
from benchmarks.fuzz.kind import Case, Kind
from benchmarks.fuzz.kinds.addresses import query
from benchmarks.fuzz.kinds.pages import PAGES
from benchmarks.fuzz.small_run import write_small_run
from benchmarks.fuzz.values import Random, text

OURS = "the fault is ours"
"""Stands on a page that met an error which nobody foresaw."""
_servers: list[Popen[bytes]] = []


def _prepare(folder: Path) -> Case:
    root = folder / "runs"
    run = write_small_run(root)
    server, dashboard = launch(root)
    _servers.append(server)
    window = Session(dashboard.url)
    for page in PAGES:  # what a server does once, it does before the clock runs
        check(window.open(page, f"run={run.run_id}"), page)

    def case(rng: Random) -> None:
        asked = query(rng)
        if rng.random() < 0.8:
            asked["run"] = run.run_id
        page = PAGES[rng.integers(len(PAGES))] if rng.random() < 0.95 else _whole(text(rng))
        words = urlencode(asked, errors="surrogatepass") if rng.random() < 0.9 else text(rng)
        check(window.open(page, _whole(words)), f"{page}?{words}")

    return case


def _finish() -> None:
    while _servers:
        server = _servers.pop()
        server.terminate()
        server.wait()


def check(answer: Answer, asked: str) -> None:
    """Fail where the answer to an address is a trace, a fault of ours, or none."""
    faults = [*answer.traces, *(error for error in answer.errors if OURS in error)]
    if faults or answer.seconds == 0.0:
        raise AssertionError(f"{asked[:200]}: {faults or 'no answer'}")


def _whole(words: str) -> str:
    """What a message can hold: text without half characters."""
    return words.encode("utf-8", "replace").decode()


URLS = Kind(
    name="urls",
    about="every page of a running dashboard at hostile addresses",
    prepare=_prepare,
    finish=_finish,
)
