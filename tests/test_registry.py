"""What the files of a package define is collected, in order, each name once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from mild.registry import collect


@dataclass(frozen=True)
class Thing:
    name: str
    order: int = 50


@pytest.fixture
def package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Path:
    """An empty package, of another name in every test, because Python keeps what it imported."""
    folder = tmp_path / f"package_of_{request.node.name}"
    folder.mkdir()
    monkeypatch.syspath_prepend(tmp_path)
    return folder


def _add(package: Path, file: str, *lines: str) -> None:
    text = "\n".join(["from tests.test_registry import Thing", *lines, ""])
    (package / f"{file}.py").write_text(text, encoding="utf-8")


def _collected(package: Path) -> list[str]:
    return list(collect(Thing, package.name, [str(package)]))


def test_every_file_adds_what_it_binds_in_order_and_then_by_name(package: Path) -> None:
    _add(package, "a", "LAST = Thing('last', order=90)", "B = Thing('b')")
    _add(package, "b", "A = Thing('a')", "FIRST = Thing('first', order=10)", "text = 'no thing'")
    assert _collected(package) == ["first", "a", "b", "last"]


def test_a_thing_that_another_file_imports_is_still_one(package: Path) -> None:
    _add(package, "a", "A = Thing('a')")
    _add(package, "b", f"from {package.name}.a import A", "B = Thing('b')")
    assert _collected(package) == ["a", "b"]


def test_two_things_of_one_name_are_refused(package: Path) -> None:
    _add(package, "a", "A = Thing('same')")
    _add(package, "b", "B = Thing('same')")
    with pytest.raises(ValueError, match=r"\.b calls its Thing 'same', a name that another file"):
        _collected(package)
