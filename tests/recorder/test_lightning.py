"""The callback in a real Lightning trainer."""

from __future__ import annotations

import importlib
import signal
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch.utils.data import DataLoader, TensorDataset

import mild
from mild import jobs
from mild.core.dynamics import unpack_status
from mild.errors import RecordingError
from mild.store.run import all_runs
from tests.docs.documents import examples

pytestmark = [
    pytest.mark.filterwarnings("ignore"),  # what its packages warn of is not ours
]


@pytest.fixture(scope="module")
def loop() -> Any:
    """Imported when it is needed: Lightning takes seconds."""
    pytest.importorskip("lightning", reason="pip install lightning to test its callback")
    return importlib.import_module("tests.recorder.lightning_loop")


def test_a_fit_becomes_a_run_with_what_the_network_said(loop: Any, tmp_path: Path) -> None:
    module = loop.Module()
    with mild.Recorder(loop.GIVEN, epochs=3, name="lightning") as recorder:
        loop.fit(recorder, module, tmp_path)
    (run,) = all_runs()
    assert run.state().state == "done"
    np.testing.assert_array_equal(unpack_status(run.status(0), loop.N), np.array(module.right_EN))
    assert [item.learning_rate for item in run.epochs()] == [0.5, 0.25, 0.125]
    accuracies = [item.test_accuracy for item in run.epochs()]
    assert all(0 <= item <= 1 for item in accuracies)
    expected = float((module.network(loop.IMAGES).argmax(1) == loop.GIVEN).float().mean())
    assert accuracies[-1] == pytest.approx(expected)


def test_a_step_without_logits_is_a_sentence(loop: Any, tmp_path: Path) -> None:
    with (
        pytest.raises(RecordingError, match="training_step returned no index and logits"),
        mild.Recorder(loop.GIVEN, epochs=3) as recorder,
    ):
        loop.fit(recorder, loop.Module(returns_logits=False), tmp_path)
    assert all_runs()[0].state().state == "failed"


def test_a_request_to_stop_ends_the_fit_in_the_middle_of_an_epoch(
    loop: Any, tmp_path: Path
) -> None:
    class Impatient(loop.lightning.Callback):  # type: ignore[misc]
        def on_train_batch_start(
            self, trainer: Any, pl_module: Any, batch: Any, batch_idx: int
        ) -> None:
            if trainer.current_epoch == 1 and batch_idx == 1:
                jobs.stop(all_runs()[0])

    before = signal.getsignal(signal.SIGTERM)
    with (
        suppress(SystemExit),  # newer versions end the program themselves
        mild.Recorder(loop.GIVEN, epochs=3) as recorder,
    ):
        loop.fit(recorder, loop.Module(), tmp_path, Impatient())
    assert signal.getsignal(signal.SIGTERM) == before
    (run,) = all_runs()
    assert (run.state().state, run.n_epochs(0)) == ("stopped", 1)


def test_the_examples_in_the_documentation_run_as_they_stand(loop: Any, tmp_path: Path) -> None:
    _, indexed, _, example, *_ = examples("recorder.md")
    world: dict[str, Any] = {
        "torch": torch, "lightning": loop.lightning, "mild": mild, "labels": loop.GIVEN,
        "cross_entropy": torch.nn.functional.cross_entropy,
        "settings": {
            "accelerator": "cpu", "logger": False, "enable_checkpointing": False,
            "enable_progress_bar": False, "default_root_dir": tmp_path,
        },
    }  # fmt: skip
    exec(indexed, world)
    data = world["Indexed"](TensorDataset(loop.IMAGES, loop.GIVEN))
    world["loader"] = DataLoader(data, batch_size=16, shuffle=True)
    exec(example, world | {"Network": lambda: torch.nn.Linear(loop.C, loop.C)})
    assert (all_runs()[0].state().state, all_runs()[0].n_epochs(0)) == ("done", 2)
    last = torch.utils.data.Subset(data, [7, 5])[0]
    assert (last[0], int(last[2])) == (7, int(loop.GIVEN[7]))
