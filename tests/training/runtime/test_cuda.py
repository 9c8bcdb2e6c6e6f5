"""A GPU trains, compiles, streams, resumes, divides work, and records what a processor would."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import torch

from mild import jobs
from mild.config import parse
from mild.store.run import Run
from mild.store.writer import RunWriter, create_run
from mild.training.loop.epoch import watch
from mild.training.loop.epoch_recording import EpochRecording
from mild.training.models.initialise import new_network
from mild.training.runtime.context import make_context
from mild.training.runtime.precision import Precision
from mild.training.runtime.stop import Stop, Stopped
from mild.ui.live import gpu
from tests.training.image_files import save_folder
from tests.training.resumable import N, StopAfter, config, prepared, train
from tests.training.test_worker import wait_for_end

pytestmark = [
    pytest.mark.cuda,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no NVIDIA GPU"),
]
GPU = "cuda:0"


def _seen(
    root: Path, device: str, precision: str
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.float32]]:
    """Status and losses of every image by the same network, not trained."""
    folder = create_run(config(precision=precision), root)
    writer = RunWriter(folder)
    context = make_context(config(), prepared(), torch.device(device), writer, Stop())
    object.__setattr__(context, "precision", Precision(precision))
    network, _ = new_network(context, "network")
    recording = EpochRecording(N, context.device)
    watch(context, network, torch.arange(N, device=context.device), 0, recording, lambda: None)
    writer.close()
    arrays = recording.finish()
    return arrays.status_N, arrays.losses_N


@pytest.mark.parametrize(
    ("precision", "atol"), [("float32", 1e-3), ("bfloat16", 5e-2), ("float16", 1e-2)]
)
def test_the_same_network_memorizes_the_same_images_as_on_the_processor(
    precision: str, atol: float, runs_root: Path
) -> None:
    status_N, losses_N = _seen(runs_root, "cpu", "float32")
    theirs_N, their_losses_N = _seen(runs_root, GPU, precision)
    np.testing.assert_allclose(their_losses_N, losses_N, atol=atol)
    assert (theirs_N == status_N).mean() >= 0.97


@pytest.mark.parametrize("precision", ["auto", "float32", "float16"])
def test_a_run_on_the_gpu_comes_to_its_end(precision: str, runs_root: Path) -> None:
    run = train(create_run(config(precision=precision), runs_root), device=GPU)
    assert [item.epochs for item in run.rounds()] == [4, 3]
    assert run.epochs()[-1].train_loss < run.epochs()[0].train_loss
    assert run.facts()["precision"] == ("bfloat16" if precision == "auto" else precision)


def test_a_compiled_run_comes_to_its_end(runs_root: Path) -> None:
    run = train(create_run(config(compile=True), runs_root), device=GPU)
    assert run.facts()["compiled"] is True
    assert run.state().state == "done"


def test_a_run_stopped_and_resumed_keeps_what_it_had_and_goes_on(runs_root: Path) -> None:
    run = Run(create_run(config(), runs_root))
    with pytest.raises(Stopped):
        train(run.folder, StopAfter(run.folder, 3), device=GPU)
    before_EK = np.array(run.status(0))
    train(run.folder, device=GPU)
    np.testing.assert_array_equal(run.status(0)[: len(before_EK)], before_EK)
    assert [item.epoch for item in run.epochs() if item.stage == 0] == [1, 2, 3, 4]


def _asked(tmp_path: Path, **changes: object) -> dict[str, object]:
    folder = save_folder(tmp_path / "pictures", 40)
    return {
        "data": {"source": "folder", "path": str(folder), "pipeline": "streaming", "workers": 2},
        "rounds": [3],
        "final": {"kind": "none"},
        "device": "cuda",
    } | changes


def test_streamed_images_reach_the_gpu_by_a_worker_of_its_own(
    runs_root: Path, tmp_path: Path
) -> None:
    run = jobs.start(parse(_asked(tmp_path)))
    wait_for_end(run)
    assert run.state().state == "done", run.state().sentence
    assert run.facts()["pipeline"] == "streaming"
    assert [use.memory_size > 0 for use in gpu.query_gpus(run.facts()["gpus"])] == [True]


@pytest.mark.skipif(torch.cuda.device_count() < 2, reason="there is one GPU")
def test_two_gpus_share_a_run(runs_root: Path, tmp_path: Path) -> None:
    run = jobs.start(parse(_asked(tmp_path, devices=2)))
    wait_for_end(run)
    assert run.state().state == "done", run.state().sentence
    assert run.facts()["n_processes"] == 2
