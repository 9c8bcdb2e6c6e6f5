"""The examples of CONTRIBUTING.md, put where they say, add what they promise, and nothing else."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import PROJECT

pytestmark = pytest.mark.slow


def _examples() -> dict[str, str]:
    """Path -> what is to be put there, from the first line of every Python block."""
    text = (PROJECT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    found: dict[str, str] = {}
    for code in re.findall(r"```python\n(.*?)```", text, re.DOTALL):
        first, _, rest = code.partition("\n")
        found[first.removeprefix("# ")] = rest
    return found


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """A copy of the project with every example in it, and what is to be met there."""
    copy = tmp_path_factory.mktemp("project")
    unwritten = shutil.ignore_patterns("__pycache__")
    for folder in ("mild", "pages", "assets", ".streamlit"):
        shutil.copytree(PROJECT / folder, copy / folder, ignore=unwritten)
    shutil.copy(PROJECT / "app.py", copy)
    for name, code in _examples().items():
        assert not (copy / name).exists(), "adding a thing is adding its file"
        (copy / name).write_text(code, encoding="utf-8")
    root = tmp_path_factory.mktemp("runs")
    done = subprocess.run(
        [sys.executable, "-m", "tests.docs.contributed", str(root)],
        capture_output=True,
        text=True,
        cwd=copy,
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(copy), str(PROJECT)]),
            "MILD_RUNS_DIR": str(root),
            "COLUMNS": "400",
        },
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def test_there_is_an_example_of_every_kind() -> None:
    rooms = {Path(name).parent.as_posix() for name in _examples()}
    assert rooms == {
        "mild/core/selection/rules", "mild/core/noise/models", "mild/core/detectors",
        "mild/export/formats", "pages", "mild/data/sources", "mild/training/models/architectures",
    }  # fmt: skip


def test_a_selection_rule_is_a_setting_an_option_and_a_widget(found: dict[str, Any]) -> None:
    assert found["options"] == "python -m mild train --rule noisy-quantile --quantile 0.3"
    for command in ("select", "branch", "train"):
        assert "--quantile" in found["help"][command]
    for command in ("select", "branch"):
        assert "noisy-mode|noisy-quantile|keep-fraction" in found["help"][command]
    label = "noisy-quantile: up to a quantile of the mislabeled component that you set"
    assert label in found["lists"]["How the cut is found"]
    assert "Share of the mislabeled component to keep" in found["sliders"]
    assert found["cuts"] == sorted(set(found["cuts"]))


def test_a_selection_rule_is_compared_with_the_others(found: dict[str, Any]) -> None:
    assert "noisy-quantile" in found["swept"]
    assert "noisy-quantile" in found["rules"]
    assert "noisy-quantile" in found["lesson"]


def test_a_noise_model_is_offered_and_draws(found: dict[str, Any]) -> None:
    label = "neighbours: each class is mislabeled as the one before or after it"
    assert label in found["lists"]["Wrong labels made on purpose"]
    assert "|neighbours|" in found["help"]["noise"]
    rate, largest_difference = found["noise"]
    assert rate == pytest.approx(0.3)
    assert largest_difference < 0.1
    assert found["steps"] == [0, 1, 9]


def test_a_detector_is_a_row_of_the_table(found: dict[str, Any]) -> None:
    assert found["detectors"]["loss-and-margin"] > 0.9


def test_an_export_format_is_an_option_and_a_button(found: dict[str, Any]) -> None:
    assert "|flagged-names|" in found["help"]["export"]
    assert "Flagged names" in found["formats"]
    assert found["names"]
    assert all(name.startswith("train ") for name in found["names"])


def test_a_page_is_in_the_menu_and_opens(found: dict[str, Any]) -> None:
    assert found["menu"][-1] == "Glossary"
    assert found["glossary"] == ["Glossary"]


def test_a_data_source_is_offered_and_read(found: dict[str, Any]) -> None:
    label = "400 images of 8 x 8 pixels, bright on the left or on the right"
    assert label in found["lists"]["Images"]
    description, class_names = found["halves"]
    assert description.startswith("Halves: 320 images of 8 x 8 pixels")
    assert class_names == ["left", "right"]


def test_a_network_is_known_by_name_and_built(found: dict[str, Any]) -> None:
    assert found["models"][-1] == "linear"
    assert "linear" in found["lists"]["Network"]
    assert ", linear, " in " ".join(found["help"]["train"].split())
    assert found["logits"] == [2, 5]
