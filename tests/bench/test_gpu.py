"""`bench gpu` keeps every answer it has, and leaves out what it has no time for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from typer.testing import CliRunner

from benchmarks import gpu
from benchmarks.gpu import Step
from mild.cli.main import app
from mild.errors import DeviceError


def _breaks(seconds: float) -> None:
    raise RuntimeError("out of memory")


STEPS = [
    Step(name="quick", seconds=1, measure=lambda seconds: {"ratio": 5.0}),
    Step(name="breaks", seconds=1, measure=_breaks),
    Step(name="long", seconds=999, measure=lambda seconds: None),
    Step(name="after", seconds=1, measure=lambda seconds: "seen"),
]


def test_a_step_that_breaks_or_has_no_time_costs_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(gpu, "_card", lambda: {"name": "made up"})
    monkeypatch.setattr(gpu, "_steps", lambda data: STEPS)
    said: list[str] = []
    gpu.run(tmp_path / "gpu.json", data=None, minutes=2, say=said.append)
    found = json.loads((tmp_path / "gpu.json").read_text())
    assert [line.split(":")[0] for line in said] == ["quick", "breaks", "long", "after"]
    assert found["card"] == {"name": "made up"}
    assert (found["quick"]["answer"], found["after"]["answer"]) == ({"ratio": 5.0}, "seen")
    assert found["breaks"]["answer"] == {"failed": "RuntimeError: out of memory"}
    assert found["long"]["left_out"].startswith("999 s are given to it, ")


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_without_a_gpu_a_sentence_says_so(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["bench", "gpu", str(tmp_path / "gpu.json")])
    assert isinstance(result.exception, DeviceError)
    assert "PyTorch finds none" in str(result.exception)
    assert not (tmp_path / "gpu.json").exists()
