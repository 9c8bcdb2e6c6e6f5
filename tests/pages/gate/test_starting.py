"""A dashboard that is to listen elsewhere ends with a sentence; the command says it as well."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from mild.access.door import UNSAFE
from tests.conftest import PROJECT

STREAMLIT = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", "0"]
SHOW = [sys.executable, "-m", "mild", "show", "--no-browser"]


@pytest.mark.parametrize(
    ("command", "address", "at"),
    [
        ([*SHOW, "--address", ""], None, "at every address of this machine"),
        (STREAMLIT, "0.0.0.0", "at 0.0.0.0"),
    ],
)
def test_it_refuses_to_start_where_others_could_reach_it(
    command: list[str], address: str | None, at: str, runs_root: Path
) -> None:
    done = subprocess.run(
        command, capture_output=True, text=True, cwd=PROJECT, timeout=60, check=False,
        env=os.environ | ({"STREAMLIT_SERVER_ADDRESS": address} if address else {}),
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.startswith(f"The dashboard is to listen {at}, where others can reach it")
    assert UNSAFE in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout.strip() == ""
