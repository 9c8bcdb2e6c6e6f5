"""Faults of the dashboard that somebody looks at, and that started the worker."""

from __future__ import annotations

import signal
import subprocess
import threading

from benchmarks.browser.dashboard import Dashboard, launch
from benchmarks.browser.session import Session
from benchmarks.torture.arena import Broken, is_awake, send, wait
from benchmarks.torture.faults.fault import Fault
from benchmarks.torture.scene import Scene
from mild.store.lock import ask

FAULT_OF_OURS = ("fault of ours", "Error")
"""What a page says where our code failed."""


def _kill_dashboard(scene: Scene) -> None:
    _begin_from_a_page(scene)
    scene.moment(begun=True)
    workers = scene.workers()
    _kill(scene, [])
    if not (scene.run.state().state == "done" or all(map(is_awake, workers))):
        raise Broken("the worker ended with the dashboard that started it")
    _look_again(scene)


def _kill_both(scene: Scene) -> None:
    _begin_from_a_page(scene)
    scene.moment(begun=True)
    workers = scene.workers()
    _kill(scene, workers)
    scene.decide_anew()
    wait(lambda: not any(map(is_awake, workers)), 5, "the worker outlives kill -9")
    _look_again(scene)


def _freeze_dashboard(scene: Scene) -> None:
    _begin_from_a_page(scene)
    scene.moment(begun=True)
    server = scene.processes["dashboard"]
    server.send_signal(signal.SIGSTOP)
    try:
        scene.moment()
    finally:
        server.send_signal(signal.SIGCONT)
    server.terminate()
    wait(lambda: server.poll() is not None, 20, "the dashboard does not end when it is asked to")
    _look_again(scene)


def _begin_from_a_page(scene: Scene) -> None:
    """The worker is the dashboard's child: stopped from outside, resumed by the button."""
    wait(lambda: scene.workers() and ask(scene.run.folder.lock).held == "held", 30, "no worker")
    send(scene.workers(), signal.SIGTERM)
    wait(lambda: not scene.run.state().live, 60, "the worker does not end")
    session = _open(scene)
    if "Resume" in session.last.buttons:
        session.press("Resume")
        wait(lambda: scene.run.state().live or scene.run.state().state == "done", 20, "no resume")
    threading.Thread(target=_watch, args=(session,), daemon=True).start()


def _open(scene: Scene) -> Session:
    server, dashboard = launch(scene.ground.runs)
    scene.processes["dashboard"] = server
    return _pages(scene, dashboard)


def _pages(scene: Scene, dashboard: Dashboard) -> Session:
    session = Session(dashboard.url)
    for page in ("runs", "review", "live"):
        answer = session.open(page, "" if page == "runs" else f"?run={scene.run.run_id}")
        wrong = [text for text in answer.errors if any(word in text for word in FAULT_OF_OURS)]
        if wrong:
            raise Broken(f"page {page}: {wrong[0]}")
    return session


def _watch(session: Session) -> None:
    """As a browser does until its server is gone."""
    try:
        while session.poll().polling:
            pass
    except Exception:  # the server was killed: the connection says so in many ways
        return


def _kill(scene: Scene, workers: list[int]) -> None:
    server: subprocess.Popen[bytes] = scene.processes["dashboard"]
    send([server.pid, *workers], signal.SIGKILL)
    server.wait()


def _look_again(scene: Scene) -> None:
    """Another dashboard shows the run, and says the truth about it."""
    scene.truth()
    _open(scene).close()


KILL_DASHBOARD = Fault(
    name="kill-dashboard",
    what="the dashboard that started the worker is killed while somebody looks at it",
    act=_kill_dashboard,
    order=5,
)
KILL_BOTH = Fault(
    name="kill-both",
    what="dashboard, worker and who decides are killed at once",
    act=_kill_both,
    order=6,
)
STOP_DASHBOARD = Fault(
    name="stop-dashboard",
    what="the dashboard is stopped (SIGSTOP), let go on, and asked to end (SIGTERM)",
    act=_freeze_dashboard,
    order=7,
)
