"""Everything that starts, stops, deletes, decides or writes out asks for the role by itself."""

from __future__ import annotations

import ast
import importlib
import importlib.util
import inspect
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mild import jobs
from mild.access import Role, current_user, needs
from mild.config import presets
from mild.errors import AccessError
from mild.export.folders import image_folder
from mild.store.folder import RunFolder
from mild.store.lifecycle import remove
from mild.store.review import about, checks, cuts, decisions
from mild.store.run import all_runs
from tests.access.as_role import asking

UI = Path(__file__).resolve().parents[2] / "mild" / "ui"
OWNERS: tuple[Callable[..., Any], ...] = (
    jobs.start, jobs.create, jobs.launch, jobs.launch_all, jobs.resume, jobs.branch, jobs.stop,
    remove.delete_run, remove.restore_run, remove.empty_trash, cuts.give_cut,
)  # fmt: skip
REVIEWERS: tuple[Callable[..., Any], ...] = (
    decisions.decide, decisions.undo, decisions.redo, checks.add_sample, checks.answer,
    checks.undo_answer, about.rename, about.tag, image_folder.write,
)  # fmt: skip
_WRITES = re.compile(
    r"\b(writing|_write|rmtree|launch|create_run|branch_run|requeue)\(|\.rename\(|LAUNCHERS\["
)
HARMLESS = {
    ("mild.jobs", "look_after"),  # writes down what a cluster says, whoever looks
    ("mild.jobs.sweeps", "stop"),  # stops by jobs.stop
    ("mild.jobs.sweeps", "launch"),  # starts by jobs.create and jobs.launch_all
}


def test_whoever_works_at_this_machine_is_its_owner() -> None:
    assert current_user().role is Role.OWNER
    assert current_user().words == ""


@pytest.mark.parametrize("action", OWNERS, ids=lambda action: action.__name__)
def test_what_an_owner_does_is_refused_to_a_reviewer(action: Callable[..., Any]) -> None:
    with asking(Role.REVIEWER), pytest.raises(AccessError, match="needs the role owner, and Vera"):
        action()


@pytest.mark.parametrize("action", REVIEWERS, ids=lambda action: action.__name__)
def test_what_a_reviewer_does_is_refused_to_a_viewer(action: Callable[..., Any]) -> None:
    with asking(Role.VIEWER), pytest.raises(AccessError, match="needs the role reviewer, and Vera"):
        action()


def test_a_run_asked_for_by_a_reviewer_is_not_even_made() -> None:
    with asking(Role.REVIEWER), pytest.raises(AccessError):
        jobs.start(presets.preset("demo"))
    assert all_runs() == []


def test_the_role_is_asked_for_each_time(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    with asking(Role.REVIEWER):
        about.rename(folder, "first")
        with asking(Role.VIEWER), pytest.raises(AccessError):
            about.rename(folder, "second")
    assert about.about(folder).name == "first"


def test_somebody_without_a_role_is_asked_to_sign_in() -> None:
    look = needs(Role.VIEWER, "Looking at runs")(lambda: None)
    with asking(Role.NONE), pytest.raises(AccessError) as caught:
        look()
    assert str(caught.value) == (
        "Looking at runs is for people who have signed in and have the role viewer."
    )


def test_nothing_that_pages_import_writes_without_asking() -> None:
    unguarded = [
        f"{module}.{name}"
        for module, name in sorted(_imported_by_pages())
        if (module, name) not in HARMLESS
        and _writes(found := getattr(importlib.import_module(module), name))
        and not hasattr(found, "needs")
    ]
    assert unguarded == []


def _imported_by_pages() -> set[tuple[str, str]]:
    """Functions of jobs, store and export by the module and the name that a page knows."""
    found = set()
    for path in UI.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                found |= {(node.module, alias.name) for alias in node.names}
    wanted = ("mild.jobs", "mild.store", "mild.export")
    functions = set()
    for module, name in found:
        if not module.startswith(wanted):
            continue
        whole = f"{module}.{name}"
        if _is_module(module, whole):
            own = inspect.getmembers(importlib.import_module(whole), inspect.isfunction)
            functions |= {(whole, item) for item, _ in own if not item.startswith("_")}
        else:
            functions.add((module, name))
    return functions | {("mild.jobs", name) for name in jobs.__all__}


def _is_module(module: str, whole: str) -> bool:
    """Whether what is imported is a module itself, whose functions a page then calls by it."""
    is_package = hasattr(importlib.import_module(module), "__path__")
    return is_package and importlib.util.find_spec(whole) is not None


def _writes(found: object) -> bool:
    """Whether a function changes a run: by its own text, or because it belongs to jobs."""
    if not inspect.isfunction(found) or found.__name__ in ("writing", "store_cut"):
        return False  # what others write with; of a run that is just being made
    return _WRITES.search(inspect.getsource(inspect.unwrap(found))) is not None
