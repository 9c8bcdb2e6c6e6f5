"""The folder of a run, as the tests of reviews need it."""

from __future__ import annotations

from pathlib import Path

import pytest

from mild.store.folder import RunFolder


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    """A run about which nobody has decided anything."""
    path = tmp_path / "run-1"
    path.mkdir()
    return RunFolder(path)
