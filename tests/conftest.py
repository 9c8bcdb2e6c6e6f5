"""Every test has a runs folder of its own; none writes to the project's `./runs`."""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from mild.store import lock
from mild.store.folder import run_folders
from tests import order, scratch

PROJECT = Path(__file__).resolve().parent.parent

collect_ignore = ["jobs/fake_slurm", "recorder/lightning_loop.py"]
"""Programs that tests start, told by their environment what to do; and what imports Lightning: to
look for examples in it would load that in every process."""

# How long an example takes says more about who else uses the machine than about the product.
settings.register_profile("shared machine", deadline=None)
settings.load_profile("shared machine")

# Started in the background of a script, tests and what they start would ignore the key for it.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


MOST_PROCESSES = 8
"""Each loads PyTorch and streamlit, and takes a gigabyte."""


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Every core for the whole suite; one process, which starts sooner, for what is named."""
    if config.args_source is not pytest.Config.ArgsSource.TESTPATHS:
        return 0
    return min(os.cpu_count() or 1, MOST_PROCESSES)


_scratch = pytest.StashKey[Path | None]()


def pytest_configure(config: pytest.Config) -> None:
    """In xdist's workers, which inherit the variable, this does nothing."""
    config.stash[_scratch] = scratch.begin()


def pytest_unconfigure(config: pytest.Config) -> None:
    if (folder := config.stash.get(_scratch, None)) is not None:
        scratch.end(folder)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """After pytest-randomly, whose order stays among what is equally long."""
    items.sort(key=lambda item: -order.seconds(item.nodeid.partition("::")[0]))


def pytest_collection_finish() -> None:
    """What is imported by now stays: to look for garbage among it takes 0.1 s each time."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def _project_runs_untouched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Whatever asks for no runs folder of its own lands in a temporary one."""
    runs = PROJECT / "runs"
    was_there = runs.exists()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MILD_RUNS_DIR", str(tmp_path_factory.mktemp("session") / "runs"))
        patch.setenv("XDG_CONFIG_HOME", str(tmp_path_factory.mktemp("settings")))
        yield
    assert was_there or not runs.exists(), "a test wrote to the project's ./runs"


@pytest.fixture(autouse=True)
def _own_main(monkeypatch: pytest.MonkeyPatch) -> None:
    """Streamlit's test driver puts its script in the place of the main module, and leaves it there.

    A process that a later test starts would run that script.
    """
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])


@pytest.fixture(autouse=True)
def runs_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The runs folder of this test, not made yet; workers left there are ended."""
    root = tmp_path / "runs"
    monkeypatch.setenv("MILD_RUNS_DIR", str(root))
    yield root
    end_workers(root)


def end_workers(root: Path) -> None:
    """Kill whoever still works on a run in this folder."""
    if not root.is_dir():
        return
    for folder in run_folders(root):
        pid = lock.holder(folder.lock)
        if pid is not None and pid != os.getpid():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
