"""No cache grows with what people look at: each has a bound, or keys that are few by themselves."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
CACHES = {
    "per_run", "newest_per_run", "per_server", "cache", "lru_cache", "cache_resource", "cache_data",
}  # fmt: skip
FEW = {
    "mild/ui/learn/recorded.py": "the recorded runs that come with the product",
    "mild/ui/frame/shell.py": "the pages",
    "mild/store/reading/checked_values.py": "kinds of records",
}
"""Files whose caches have few keys by themselves, and what these are."""


def _unbounded(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.FunctionDef) or not node.args.args:
            continue
        for decorator in node.decorator_list:
            called = decorator.func if isinstance(decorator, ast.Call) else decorator
            name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
            if name in CACHES and not _has_bound(decorator):
                yield f"{path.relative_to(PROJECT)}: {node.name}"


def _has_bound(decorator: ast.expr) -> bool:
    if not isinstance(decorator, ast.Call):
        return False
    bounds = [item.value for item in decorator.keywords if item.arg in ("max_entries", "maxsize")]
    values = [*decorator.args, *bounds]
    return any(isinstance(value, ast.Constant) and type(value.value) is int for value in values)


def test_every_cache_with_arguments_has_a_bound() -> None:
    files = [*(PROJECT / "mild").rglob("*.py"), *(PROJECT / "pages").rglob("*.py")]
    found = [line for path in sorted(files) for line in _unbounded(path)]
    assert {line.partition(":")[0] for line in found} <= FEW.keys()


def test_the_search_finds_a_cache_without_a_bound() -> None:
    assert list(_unbounded(PROJECT / "mild" / "ui" / "learn" / "recorded.py"))
