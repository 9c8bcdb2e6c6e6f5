"""Who may import whom: in fresh interpreters, and by reading the source."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

from tests.conftest import PROJECT

HEAVY = {"torch", "torchvision", "streamlit", "plotly"}
NOT_PULLED_IN = {
    "mild.core.selection": HEAVY | {"mild.store", "mild.data", "mild.config"},
    "mild.core.evaluation": HEAVY | {"mild.store", "mild.data", "mild.config"},
    "mild.data.load": HEAVY | {"mild.store", "mild.training"},
    "mild.data.preview": HEAVY | {"mild.store", "mild.training"},
    "mild.store.run": HEAVY | {"mild.training", "mild.jobs", "mild.analysis", "mild.data"},
    "mild.store.writer": HEAVY | {"mild.training", "mild.jobs", "mild.analysis", "mild.data"},
    "mild.store.overview": HEAVY | {"mild.training", "mild.jobs"},
    "mild.jobs": HEAVY | {"mild.training", "sklearn"},
    "mild.preflight": HEAVY | {"mild.training", "mild.ui", "sklearn"},
    "mild.analysis.outcome": HEAVY | {"mild.training"},
    "mild": HEAVY | {"numpy", "pydantic", "mild.recorder"},
    "mild.recorder": HEAVY | {"mild.training", "mild.jobs", "sklearn"},
    "mild.analysis": HEAVY | {"mild.training", "mild.jobs", "mild.ui"},
    "mild.analysis.rounds.judging": HEAVY | {"mild.training", "mild.jobs", "mild.data"},
    "mild.analysis.checks.spot_checks": HEAVY | {"mild.training", "mild.jobs", "mild.ui"},
    "mild.analysis.checks.rounds": HEAVY | {"mild.training", "mild.jobs", "mild.ui"},
    "mild.cli.main": HEAVY | {"mild.training", "mild.ui", "sklearn", "pandas", "psutil", "jinja2"},
    "mild.training.runtime.device": HEAVY,
    "mild.training.worker": HEAVY | {"mild.ui", "mild.figures"},
    "mild.training.loop.rounds": {"streamlit", "plotly", "mild.ui", "mild.figures"},
    "mild.ui": {"torch", "torchvision", "mild.training"},
    "mild.figures": {"torch", "torchvision", "streamlit", "mild.training", "mild.store"},
}
ONLY_IN = {
    "streamlit": ("app.py", "pages/", "mild/ui/"),
    "plotly": ("mild/figures/",),
    "torch": ("mild/training/", "mild/data/"),
    "torchvision": ("mild/training/", "mild/data/"),
    "subprocess": ("mild/jobs/",),
    "sqlite3": ("mild/store/",),
    "typer": ("mild/cli/",),
    # unpicklers of numbers alone
    "pickle": ("mild/data/sources/packed.py", "mild/data/labels/overlay_file.py"),
    "multiprocessing": (),
}


def _sources() -> list[str]:
    """Python files of the product, relative to the project."""
    files = [PROJECT / "app.py", *PROJECT.glob("pages/**/*.py"), *PROJECT.glob("mild/**/*.py")]
    return [file.relative_to(PROJECT).as_posix() for file in files if file.is_file()]


@cache
def _imported(source: str) -> tuple[str, ...]:
    """Full names of what a file imports, anywhere in it; not what only the type checker reads."""
    return tuple(_imports(source))


def _imports(source: str) -> Iterator[str]:
    tree = ast.parse((PROJECT / source).read_text(encoding="utf-8"))
    for_types = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if id(node) in for_types:
            continue
        if isinstance(node, ast.Import):
            yield from (item.name for item in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{source}: relative import in line {node.lineno}"
            yield from (f"{node.module}.{item.name}" for item in node.names)


def _within(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


def _loaded_by(statement: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", f"import sys\n{statement}\nprint(*sys.modules)"],
        capture_output=True,
        text=True,
        cwd=PROJECT,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


LIGHT = ("mild",)
"""Must not load what all others are forked with."""
_FORKS = """
import os, sys
import numpy, pydantic

for module in sys.argv[1:]:
    if (child := os.fork()) == 0:
        __import__(module)
        print(module, *sys.modules, flush=True)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0, module
"""


@pytest.fixture(scope="module")
def loaded() -> dict[str, set[str]]:
    """What each module loads, in a fork of an interpreter that has numpy and pydantic."""
    modules = [module for module in NOT_PULLED_IN if module not in LIGHT]
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", _FORKS, *modules],
        capture_output=True,
        text=True,
        cwd=PROJECT,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    lines = [line.split() for line in done.stdout.splitlines()]
    found = {module: set(names) for module, *names in lines}
    return found | {module: _loaded_by(f"import {module}") for module in LIGHT}


@pytest.mark.parametrize("module", NOT_PULLED_IN)
def test_a_module_does_not_pull_in(module: str, loaded: dict[str, set[str]]) -> None:
    assert module in loaded[module]
    assert loaded[module] & NOT_PULLED_IN[module] == set()


def test_one_file_keeps_values_for_the_whole_server() -> None:
    found = {source for source in _sources() if "st.cache_" in (PROJECT / source).read_text()}
    assert found == {"mild/ui/cache/decorators.py"}


def test_asking_for_the_digits_and_reading_a_run_do_not_pull_in_torch() -> None:
    statement = (
        "from mild.config import presets\n"
        "from mild.data import load\n"
        "from mild.store.run import all_runs\n"
        "config = presets.preset('demo')\n"
        "load.load(config.data, seed=0), load.problems(config.data), all_runs()"
    )
    assert _loaded_by(statement) & HEAVY == set()


def test_the_dashboards_own_modules_import_without_torch_installed() -> None:
    block = (
        "class NoTorch:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.split('.')[0] in ('torch', 'torchvision'):\n"
        "            raise ModuleNotFoundError(name)\n"
        "sys.meta_path.insert(0, NoTorch())\n"
    )
    _loaded_by(
        f"{block}import mild.ui, mild.figures, mild.jobs, mild.store.run, mild.analysis.outcome"
    )


@pytest.mark.parametrize("package", ONLY_IN)
def test_a_package_is_imported_only_where_it_belongs(package: str) -> None:
    strays = [
        source
        for source in _sources()
        if not source.startswith(ONLY_IN[package])
        and any(_within(name, package) for name in _imported(source))
    ]
    assert strays == []


def test_a_room_imports_only_the_rooms_below_it() -> None:
    assert lint_imports(config_filename=str(PROJECT / ".importlinter"), no_cache=True) == 0


def test_nothing_of_ours_imports_the_pages_or_the_app() -> None:
    for source in _sources():
        assert not any(_within(name, "pages") or _within(name, "app") for name in _imported(source))


def test_the_app_and_its_pages_know_nothing_of_training() -> None:
    strays = [
        source
        for source in _sources()
        if not source.startswith("mild/")
        and any(_within(name, "mild.training") for name in _imported(source))
    ]
    assert strays == []


def test_importing_does_no_work(tmp_path: Path) -> None:
    before = set(tmp_path.iterdir())
    code = "import mild.jobs, mild.store.run, mild.data.load, mild.training.worker, threading\n"
    done = subprocess.run(
        [sys.executable, "-c", f"{code}print(threading.active_count())"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={"PYTHONPATH": str(PROJECT), "PATH": "", "HOME": str(tmp_path)},
        check=True,
    )
    assert done.stdout == "1\n"
    assert set(tmp_path.iterdir()) == before


def test_the_source_names_no_path_of_one_machine() -> None:
    for source in _sources():
        text = Path(PROJECT / source).read_text(encoding="utf-8")
        for path in ("/work/", "/tmp/", "../shared"):
            assert path not in text, source


def test_no_page_imports_another_pages_folder() -> None:
    # Not in .importlinter: pages are what lies in pages/, so that a new one is held as well.
    pages = {path.stem for path in (PROJECT / "pages").glob("*.py")}
    strays = [
        (source, name)
        for source in _sources()
        if source.startswith("mild/ui/") and source.split("/")[2] in pages
        for name in _imported(source)
        for page in pages - {source.split("/")[2]}
        if _within(name, f"mild.ui.{page}")
    ]
    assert strays == []


def test_what_pages_share_imports_no_pages_folder() -> None:
    pages = {path.stem for path in (PROJECT / "pages").glob("*.py")}
    strays = [
        (source, name)
        for source in _sources()
        if source.startswith("mild/ui/") and source.split("/")[2] not in pages
        for name in _imported(source)
        if any(_within(name, f"mild.ui.{page}") for page in pages)
    ]
    assert strays == []
