"""A file that cannot be reached is a sentence on a page; a drive that is gone is no bug."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from mild.store.run import Run
from tests.pages.conftest import OpenPage
from tests.runs_for_tests import write_run


def test_a_page_says_that_a_drive_is_gone(
    runs_root: Path, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = write_run(runs_root, n=60)
    path = str(run.folder.database)

    def gone(self: Run) -> None:
        raise OSError(errno.ENOTCONN, os.strerror(errno.ENOTCONN), path)

    monkeypatch.setattr(Run, "epochs", gone)
    app = open_page("live", run=run.run_id)
    assert not app.exception
    said = " ".join(item.value.replace("\\", "") for item in app.error)
    assert f"A file or folder cannot be reached ({path}: Transport endpoint" in said
    assert "See that its disk or network drive is there" in said
