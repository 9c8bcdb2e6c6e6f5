"""What is released: every file of the product, once, under one version, with its dependencies."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
import zipfile
from email import message_from_bytes
from pathlib import Path

import pytest

import mild
from tests.conftest import PROJECT

BESIDE = ("app.py", "pages", "assets", ".streamlit/config.toml", "benchmarks")
"""What stands beside `mild/` in a clone and inside it in a wheel."""
PYPROJECT = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def _files(name: str) -> list[Path]:
    place = PROJECT / name
    found = [place] if place.is_file() else [path for path in place.rglob("*") if path.is_file()]
    return [path for path in found if "__pycache__" not in path.parts]


def _metadata(wheel: Path) -> dict[str, list[str]]:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = [name for name in archive.namelist() if name.endswith("dist-info/METADATA")]
        message = message_from_bytes(archive.read(name))
    return {key: [str(item) for item in message.get_all(key, [])] for key in set(message.keys())}


def test_every_file_of_the_product_is_in_the_wheel_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        found = {name for name in archive.namelist() if ".dist-info/" not in name}
    wanted = {path.relative_to(PROJECT).as_posix() for path in _files("mild")}
    wanted |= {
        f"mild/top_level/{path.relative_to(PROJECT).as_posix()}"
        for name in BESIDE
        for path in _files(name)
    }
    assert found == wanted
    assert {"mild/lesson/demo.npz", "mild/report/report.html", "mild/py.typed"} <= found


def test_there_is_one_version(wheel: Path) -> None:
    assert _metadata(wheel)["Version"] == [mild.__version__]
    assert "version" not in PYPROJECT
    citation = (PROJECT / "CITATION.cff").read_text(encoding="utf-8")
    assert re.search(r"^version: (.+)$", citation, re.MULTILINE)[1] == mild.__version__
    changes = (PROJECT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(r"^## (\d\S+)", changes, re.MULTILINE)[1] == mild.__version__


def test_the_wheel_brings_the_command_and_its_extras(wheel: Path) -> None:
    assert PYPROJECT["scripts"] == {"mild": "mild.cli.main:main"}
    extras = PYPROJECT["optional-dependencies"]
    assert sorted(_metadata(wheel)["Provides-Extra"]) == sorted(extras)
    assert {"all", "dashboard", "hf", "remote", "slurm", "train"} <= set(extras)


def test_requirements_are_those_of_the_package_with_all_extras() -> None:
    extras = PYPROJECT["optional-dependencies"]
    wanted = {*PYPROJECT["dependencies"], *extras["dashboard"], *extras["train"]}
    lines = (PROJECT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    assert {line.partition("#")[0].strip() for line in lines} - {""} == wanted
    assert extras["all"] == ["mild[dashboard,train]"]


def test_the_core_needs_neither_torch_nor_streamlit_nor_scikit_learn() -> None:
    names = {re.match(r"[\w-]+", item)[0] for item in PYPROJECT["dependencies"]}
    assert names.isdisjoint({"torch", "torchvision", "streamlit", "plotly", "scikit-learn"})


@pytest.mark.filterwarnings("ignore")
def test_both_files_are_as_an_index_of_packages_wants_them(distributions: Path) -> None:
    files = sorted(str(path) for path in distributions.iterdir())
    done = subprocess.run(
        [sys.executable, "-m", "twine", "check", "--strict", *files],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert [Path(path).suffix for path in files] == [".whl", ".gz"]
