"""The callback in a real Trainer of transformers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import mild
from mild import jobs
from mild.core.dynamics import unpack_status
from mild.errors import RecordingError
from mild.recorder.transformers import MildCallback
from mild.store.run import all_runs
from tests.documents import examples

needed = "pip install transformers accelerate to test its callback"
transformers = pytest.importorskip("transformers", reason=needed)
pytest.importorskip("accelerate", reason=needed)
import torch  # noqa: E402

pytestmark = [
    pytest.mark.filterwarnings("ignore"),  # what its packages warn of is not ours
]

N, C = 60, 3
GIVEN = np.arange(N) % C


class Data(torch.utils.data.Dataset):
    def __init__(self, *, with_index: bool = True) -> None:
        self.with_index = with_index

    def __len__(self) -> int:
        return N

    def __getitem__(self, index: int) -> dict[str, Any]:
        rng = np.random.default_rng(index)
        image = np.eye(C, dtype=np.float32)[GIVEN[index]] + rng.normal(0, 0.1, C)
        sample = {"image": torch.tensor(image, dtype=torch.float32), "labels": int(GIVEN[index])}
        return sample | {"index": index} if self.with_index else sample


class Network(torch.nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.linear = torch.nn.Linear(C, C)

    def forward(self, image: Any, labels: Any) -> dict[str, Any]:
        logits = self.linear(image)
        loss = torch.nn.functional.cross_entropy(logits, labels)
        return {"loss": loss, "logits": logits}


def _train(recorder: mild.Recorder, root: Path, *more: Any, **changes: Any) -> Network:
    network = Network()
    settings: dict[str, Any] = {
        "output_dir": str(root), "num_train_epochs": 3, "per_device_train_batch_size": 16,
        "learning_rate": 0.3, "eval_strategy": "epoch", "save_strategy": "no", "use_cpu": True,
        "report_to": [], "disable_tqdm": True, "remove_unused_columns": False,
    }  # fmt: skip
    with_index = changes.pop("with_index", True)
    transformers.Trainer(
        model=network,
        args=transformers.TrainingArguments(**settings | changes),
        train_dataset=Data(with_index=with_index),
        eval_dataset=Data(),
        compute_metrics=lambda found: {
            "accuracy": float((found.predictions.argmax(1) == found.label_ids).mean())
        },
        callbacks=[MildCallback(recorder), *more],
    ).train()
    return network


def test_a_training_becomes_a_run_with_what_the_network_said(tmp_path):
    with mild.Recorder(GIVEN, epochs=3, name="transformers") as recorder:
        network = _train(recorder, tmp_path)
    (run,) = all_runs()
    assert (run.state().state, run.n_epochs(0)) == ("done", 3)
    status_EN = unpack_status(run.status(0), N)
    np.testing.assert_array_equal(status_EN, np.array(run.predictions(0)) == GIVEN)
    assert status_EN[-1].mean() > status_EN[0].mean()
    rates = [item.learning_rate for item in run.epochs()]
    assert rates[0] == pytest.approx(0.3)
    assert rates == sorted(rates, reverse=True)
    images = torch.stack([Data()[index]["image"] for index in range(N)])
    right = network(images, torch.from_numpy(GIVEN))["logits"].argmax(1).numpy() == GIVEN
    assert run.epochs()[-1].test_accuracy == pytest.approx(right.mean())
    assert not network._forward_hooks


def test_what_would_lose_the_index_is_a_sentence(tmp_path):
    with (
        pytest.raises(RecordingError, match="remove_unused_columns=False"),
        mild.Recorder(GIVEN, epochs=3) as recorder,
    ):
        _train(recorder, tmp_path, remove_unused_columns=True)
    with (
        pytest.raises(RecordingError, match="give every sample of the data set a field index"),
        mild.Recorder(GIVEN, epochs=3) as recorder,
    ):
        _train(recorder, tmp_path, with_index=False)
    assert {run.state().state for run in all_runs()} == {"failed"}


def test_a_request_to_stop_ends_the_training_in_the_middle_of_an_epoch(tmp_path):
    class Impatient(transformers.TrainerCallback):
        def on_step_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
            if state.global_step == 5:
                jobs.stop(all_runs()[0])

    with mild.Recorder(GIVEN, epochs=3) as recorder:
        _train(recorder, tmp_path, Impatient())
    (run,) = all_runs()
    assert (run.state().state, run.n_epochs(0)) == ("stopped", 1)


def test_the_example_in_the_documentation_runs_as_it_stands(tmp_path):
    world = {
        "torch": torch, "mild": mild, "labels": GIVEN, "model": Network(),
        "data": Data(with_index=False),
        "Trainer": transformers.Trainer, "TrainingArguments": transformers.TrainingArguments,
        "settings": {
            "output_dir": str(tmp_path), "use_cpu": True, "save_strategy": "no", "report_to": [],
        },
    }  # fmt: skip
    exec(examples("recorder.md")[4], world)
    assert (all_runs()[0].state().state, all_runs()[0].n_epochs(0)) == ("done", 2)
