"""One wheel, built once, and an environment that has it and nothing of the clone."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import PROJECT, end_workers

Done = subprocess.CompletedProcess[str]


@dataclass(frozen=True)
class Environment:
    """A virtual environment, and a folder to stand in that is not the clone."""

    folder: Path
    elsewhere: Path

    @property
    def variables(self) -> dict[str, str]:
        """Those of this process without any that helps to find the clone or the runs."""
        ours = ("PYTHONPATH", "PYTHONSAFEPATH", "MILD_RUNS_DIR")
        return {name: value for name, value in os.environ.items() if name not in ours}

    def run(self, program: str, *words: str, timeout: float = 180, **more: str) -> Done:
        """Run a program of the environment, `more` being variables."""
        return subprocess.run(
            [str(self.folder / "bin" / program), *words],
            capture_output=True, text=True, check=False, timeout=timeout,
            cwd=self.elsewhere, env=self.variables | more,
        )  # fmt: skip


@pytest.fixture(scope="session")
def distributions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sdist, and the wheel that was built from it."""
    folder = tmp_path_factory.mktemp("dist")
    done = subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(PROJECT)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture(scope="session")
def wheel(distributions: Path) -> Path:
    (found,) = distributions.glob("*.whl")
    return found


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Environment]:
    """The wheel as pip installs it; libraries are borrowed from the environment of the tests."""
    folder, elsewhere = tmp_path_factory.mktemp("venv"), tmp_path_factory.mktemp("elsewhere")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    python = str(folder / "bin" / "python")
    pip = [sys.executable, "-m", "pip", "--python", python, "install", "-q"]
    subprocess.run([*pip, "--no-deps", "--no-index", str(wheel)], check=True)
    (libraries,) = folder.glob("lib/python*/site-packages")
    (libraries / "borrowed.pth").write_text(sysconfig.get_path("purelib"))
    yield Environment(folder, elsewhere)
    end_workers(elsewhere / "runs")
