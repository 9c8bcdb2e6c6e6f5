"""`delete` and `trash --empty` ask whoever sits at a terminal, and nobody else."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from mild.store.lifecycle.remove import trashed
from mild.store.run import all_runs
from tests.in_process import command
from tests.runs_for_tests import write_run


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def _at_a_terminal(monkeypatch: pytest.MonkeyPatch, answer: str) -> None:
    monkeypatch.setattr(sys, "stdin", _Terminal(answer))


def test_a_run_is_deleted_and_for_good_only_after_a_yes(
    runs_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = write_run(runs_root, n=60).run_id
    for answer, n_left in (("n\n", 1), ("\n", 1), ("y\n", 0)):
        _at_a_terminal(monkeypatch, answer)
        assert command(["delete", run_id]).returncode == n_left
        assert len(all_runs(runs_root)) == n_left
    for answer, n_left in (("n\n", 1), ("y\n", 0)):
        _at_a_terminal(monkeypatch, answer)
        assert command(["trash", "--empty"]).returncode == n_left
        assert len(trashed(runs_root)) == n_left


@pytest.mark.parametrize("said", ["--yes", "--json"])
def test_who_has_said_yes_or_is_a_program_is_not_asked(
    runs_root: Path, monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    run_id = write_run(runs_root, n=60).run_id
    _at_a_terminal(monkeypatch, "")
    assert command(["delete", run_id, said]).returncode == 0
    assert command(["trash", "--empty", said]).returncode == 0
    assert not all_runs(runs_root)
    assert not trashed(runs_root)
