"""requirements.lock has a version of every package that we ask for, and it is one that will do."""

from __future__ import annotations

import re
from importlib.metadata import distribution

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from docs.make_lock import LOCK, installed, locked, wanted
from tests.conftest import PROJECT


def _listed() -> list[Requirement]:
    lines = (PROJECT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    return [Requirement(text) for line in lines if (text := line.partition("#")[0].strip())]


def test_the_lock_satisfies_the_requirements_and_every_extra() -> None:
    versions = locked()
    for asked in (*_listed(), *wanted()):
        version = versions.get(canonicalize_name(asked.name))
        assert version is not None, asked.name
        assert asked.specifier.contains(version, prereleases=True), (asked, version)


def test_the_lock_says_on_what_the_tests_ran_and_when() -> None:
    head = LOCK.read_text(encoding="utf-8").splitlines()[0]
    assert re.fullmatch(r"# .+: Linux, Python 3\.\d+\.\d+, \d{4}-\d\d-\d\d\.", head)


def test_what_is_needed_in_turn_is_found() -> None:
    found = installed([Requirement("pandas")])
    assert found.keys() >= {"pandas", "numpy"}
    assert found["pandas"] == distribution("pandas").version
