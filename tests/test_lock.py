"""requirements.lock has a version of every package that we ask for, and it is one that will do."""

from __future__ import annotations

import re
import runpy
import subprocess
from importlib.metadata import distribution

import pytest
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


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("", "Nothing was audited: the advisories of PyPI cannot be reached from here."),
        (
            '{"dependencies": [{"name": "a", "skip_reason": "not found"}]}',
            "Nothing was audited: the advisories of PyPI cannot be reached from here.",
        ),
        (
            '{"dependencies": [{"name": "a", "version": "1", "vulns": '
            '[{"id": "PYSEC-1", "fix_versions": ["2"]}, {"id": "CVE-2", "fix_versions": []}]}, '
            '{"name": "b", "version": "3", "vulns": []}, {"name": "c", "skip_reason": "?"}]}',
            "2 of 3 packages of requirements.lock were audited.\n"
            "a 1: PYSEC-1, mended in 2\na 1: CVE-2, mended in no version yet",
        ),
    ],
)
def test_an_audit_says_what_it_found_and_what_it_could_not_ask(
    answer: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = subprocess.CompletedProcess([], 1, stdout=answer)
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: done)
    assert runpy.run_path(str(PROJECT / ".ci" / "audit.py"))["main"]() == said
