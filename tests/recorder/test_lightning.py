"""The callback in a real Lightning trainer."""

from __future__ import annotations

import signal
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import mild
from mild import jobs
from mild.core.dynamics import unpack_status
from mild.errors import RecordingError
from mild.recorder.lightning import MildCallback
from mild.store.run import all_runs
from tests.documents import examples

lightning = pytest.importorskip("lightning", reason="pip install lightning to test its callback")
import torch  # noqa: E402
from torch.utils.data import DataLoader, TensorDataset  # noqa: E402

pytestmark = [
    pytest.mark.filterwarnings("ignore"),  # what its packages warn of is not ours
]

N, C = 60, 3
GIVEN = torch.arange(N) % C
IMAGES = torch.nn.functional.one_hot(GIVEN, C).float() + 0.1 * torch.rand(N, C)


class Module(lightning.LightningModule):  # type: ignore[name-defined, misc]
    """Returns what the callback records; remembers it for the test."""

    def __init__(self, *, returns_logits: bool = True) -> None:
        super().__init__()
        self.network = torch.nn.Linear(C, C)
        self.returns_logits = returns_logits
        self.right_EN: list[Any] = []

    def training_step(self, batch: Any, batch_idx: int) -> Any:
        index, images, given = batch
        logits = self.network(images)
        loss = torch.nn.functional.cross_entropy(logits, given)
        if batch_idx == 0:
            self.right_EN.append(np.zeros(N, dtype=bool))
        self.right_EN[-1][index.numpy()] = (logits.argmax(1) == given).numpy()
        return {"loss": loss, "index": index, "logits": logits} if self.returns_logits else loss

    def validation_step(self, batch: Any, batch_idx: int) -> None:
        self.log("accuracy", (self.network(batch[1]).argmax(1) == batch[2]).float().mean())

    def configure_optimizers(self) -> Any:
        optimizer = torch.optim.SGD(self.parameters(), lr=0.5)
        return [optimizer], [torch.optim.lr_scheduler.ExponentialLR(optimizer, 0.5)]


def _fit(recorder: mild.Recorder, module: Module, root: Path, *more: Any) -> None:
    data = TensorDataset(torch.arange(N), IMAGES, GIVEN)
    trainer = lightning.Trainer(
        max_epochs=3, accelerator="cpu", logger=False, enable_checkpointing=False,
        enable_progress_bar=False, enable_model_summary=False, default_root_dir=root,
        callbacks=[MildCallback(recorder, accuracy="accuracy"), *more],
    )  # fmt: skip
    loader = DataLoader(data, batch_size=16, shuffle=True)
    trainer.fit(module, loader, DataLoader(data, batch_size=N))


def test_a_fit_becomes_a_run_with_what_the_network_said(tmp_path: Path) -> None:
    module = Module()
    with mild.Recorder(GIVEN, epochs=3, name="lightning") as recorder:
        _fit(recorder, module, tmp_path)
    (run,) = all_runs()
    assert run.state().state == "done"
    np.testing.assert_array_equal(unpack_status(run.status(0), N), np.array(module.right_EN))
    assert [item.learning_rate for item in run.epochs()] == [0.5, 0.25, 0.125]
    accuracies = [item.test_accuracy for item in run.epochs()]
    assert all(0 <= item <= 1 for item in accuracies)
    expected = float((module.network(IMAGES).argmax(1) == GIVEN).float().mean())
    assert accuracies[-1] == pytest.approx(expected)


def test_a_step_without_logits_is_a_sentence(tmp_path: Path) -> None:
    with (
        pytest.raises(RecordingError, match="training_step returned no index and logits"),
        mild.Recorder(GIVEN, epochs=3) as recorder,
    ):
        _fit(recorder, Module(returns_logits=False), tmp_path)
    assert all_runs()[0].state().state == "failed"


def test_a_request_to_stop_ends_the_fit_in_the_middle_of_an_epoch(tmp_path: Path) -> None:
    class Impatient(lightning.Callback):  # type: ignore[name-defined, misc]
        def on_train_batch_start(
            self, trainer: Any, pl_module: Any, batch: Any, batch_idx: int
        ) -> None:
            if trainer.current_epoch == 1 and batch_idx == 1:
                jobs.stop(all_runs()[0])

    before = signal.getsignal(signal.SIGTERM)
    with (
        suppress(SystemExit),  # newer versions end the program themselves
        mild.Recorder(GIVEN, epochs=3) as recorder,
    ):
        _fit(recorder, Module(), tmp_path, Impatient())
    assert signal.getsignal(signal.SIGTERM) == before
    (run,) = all_runs()
    assert (run.state().state, run.n_epochs(0)) == ("stopped", 1)


def test_the_examples_in_the_documentation_run_as_they_stand(tmp_path: Path) -> None:
    _, indexed, _, example, _ = examples("recorder.md")
    world: dict[str, Any] = {
        "torch": torch, "lightning": lightning, "mild": mild, "labels": GIVEN,
        "cross_entropy": torch.nn.functional.cross_entropy,
        "settings": {
            "accelerator": "cpu", "logger": False, "enable_checkpointing": False,
            "enable_progress_bar": False, "default_root_dir": tmp_path,
        },
    }  # fmt: skip
    exec(indexed, world)
    data = world["Indexed"](TensorDataset(IMAGES, GIVEN))
    world["loader"] = DataLoader(data, batch_size=16, shuffle=True)
    exec(example, world | {"Network": lambda: torch.nn.Linear(C, C)})
    assert (all_runs()[0].state().state, all_runs()[0].n_epochs(0)) == ("done", 2)
    last = torch.utils.data.Subset(data, [7, 5])[0]
    assert (last[0], int(last[2])) == (7, int(GIVEN[7]))
