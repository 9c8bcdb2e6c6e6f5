"""A run on a disk that may only be read opens on every page, says so, and keeps no decision."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from mild.store.review.decision import Decision, Window
from mild.store.review.decisions import decide
from tests.conftest import PROJECT
from tests.runs_for_tests import write_run

_MOUNTED = """
mount --bind "$1" "$1" && mount -o remount,ro,bind "$1" && shift && exec "$@"
"""
_OPEN = """
import sys
from streamlit.testing.v1 import AppTest
from mild.store.review.decision import Decision, Window
from mild.store.review.decisions import decide
from mild.store.run import open_run
from mild.errors import RunError
for page in ("live", "dynamics", "selection", "review", "rounds", "compare", "runs"):
    app = AppTest.from_file("app.py", default_timeout=100)
    app.query_params["run"] = sys.argv[1]
    if page != "runs":
        app.switch_page(f"pages/{page}.py")
    app.run()
    told = [item.value for item in app.info]
    print(page, len(app.exception), len(app.error), any("may only be read here" in t for t in told))
try:
    decide(open_run(sys.argv[1]).folder, {1: Decision("keep")}, Window("w", 0))
except RunError as error:
    print(error)
"""


def _can_mount() -> bool:
    if shutil.which("unshare") is None:
        return False
    asked = ["unshare", "--mount", "true"]
    return subprocess.run(asked, capture_output=True, check=False).returncode == 0


@pytest.mark.slow
@pytest.mark.skipif(not _can_mount(), reason="needs leave to mount")
def test_every_page_opens_a_run_on_a_disk_that_may_only_be_read(runs_root: Path) -> None:
    run = write_run(runs_root)
    decide(run.folder, {3: Decision("drop")}, Window("before", 0))
    done = subprocess.run(
        ["unshare", "--mount", "sh", "-c", _MOUNTED, "sh", str(runs_root),
         sys.executable, "-c", _OPEN, run.run_id],
        capture_output=True, text=True, cwd=PROJECT, check=False,
        env=os.environ | {"MILD_RUNS_DIR": str(runs_root)},
    )  # fmt: skip
    *pages, refused = done.stdout.splitlines()
    assert pages == [
        f"{page} 0 0 {page not in ('compare', 'runs')}"  # which are about many runs
        for page in ("live", "dynamics", "selection", "review", "rounds", "compare", "runs")
    ], done.stderr
    assert "may only be read here, so nothing can be decided about it" in refused
