"""What Windows lacks is not needed to read, select, review and export.

Tried on Linux with it taken away from our own code; libraries, which have builds of their own for
Windows, are imported before. What only Windows itself could show is not shown here.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import PROJECT
from tests.runs_for_tests import write_run

WITHOUT = """
import os, signal, sys
import jinja2, pandas, plotly.graph_objects, pyarrow.parquet, rich.progress, scipy.special, typer

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name in ("fcntl", "grp", "pwd", "resource", "termios"):
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Absent())
for place, names in ((os, ("nice", "sched_getaffinity", "sysconf", "fork", "getuid", "uname")),
                     (signal, ("SIGHUP", "SIGKILL"))):
    for name in names:
        vars(place).pop(name, None)
from mild.cli.main import main
main()
"""


@pytest.mark.parametrize(
    "words",
    [
        "runs --json",
        "export {run} --format csv --output labels.csv",
        "report {run} --output report.html",
        "select {panel}",
    ],
    ids=lambda words: words.split()[0],
)
def test_a_finished_run_is_read_without_what_windows_lacks(words: str, runs_root: Path) -> None:
    run = write_run(runs_root)
    panel = PROJECT / "benchmarks" / "panel" / "digits-sym40-e40-memorizing.npz"
    filled = words.format(run=run.run_id, panel=panel).split()
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT, *filled],
        capture_output=True, text=True, check=False, cwd=runs_root.parent,
        env=os.environ | {"PYTHONPATH": str(PROJECT)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
