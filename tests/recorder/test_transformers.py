"""The callback in a real Trainer of transformers.

Axes: A sentences, L words of a sentence, N instances of a round by slot.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import mild
from mild import jobs
from mild.core.dynamics import counts_to_cells, unpack_status
from mild.core.evaluation import evaluate
from mild.core.selection import select_counts
from mild.errors import RecordingError
from mild.store.run import Run, all_runs
from tests.docs.documents import examples
from tests.later import later

needed = "pip install transformers accelerate to test its callback"
transformers = later("transformers", needed)
later("accelerate", needed)
callbacks = later("mild.recorder.transformers")

pytestmark = [
    pytest.mark.filterwarnings("ignore"),  # what its packages warn of is not ours
]

N, C = 60, 3
GIVEN = np.arange(N) % C


class Data(torch.utils.data.Dataset[Any]):
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
        compute_metrics=_accuracy,
        callbacks=[callbacks.MildCallback(recorder), *more],
    ).train()
    return network


def test_a_training_becomes_a_run_with_what_the_network_said(tmp_path: Path) -> None:
    with mild.Recorder(GIVEN, epochs=3, name="transformers") as recorder:
        network = _train(recorder, tmp_path)
    (run,) = all_runs()
    assert (run.state().state, run.n_epochs(0)) == ("done", 3)
    status_EN = unpack_status(run.status(0), N)
    np.testing.assert_array_equal(status_EN, np.array(run.predictions(0)) == GIVEN)
    assert status_EN[-1].mean() > status_EN[0].mean()
    rates = [item.learning_rate or 0.0 for item in run.epochs()]
    assert rates[0] == pytest.approx(0.3)
    assert rates == sorted(rates, reverse=True)
    images = torch.stack([Data()[index]["image"] for index in range(N)])
    right = network(images, torch.from_numpy(GIVEN))["logits"].argmax(1).numpy() == GIVEN
    assert run.epochs()[-1].test_accuracy == pytest.approx(right.mean())
    assert not network._forward_hooks


def test_what_would_lose_the_index_is_a_sentence(tmp_path: Path) -> None:
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


def test_a_request_to_stop_ends_the_training_in_the_middle_of_an_epoch(tmp_path: Path) -> None:
    class Impatient(transformers.TrainerCallback):  # type: ignore[name-defined, misc]
        def on_step_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
            if state.global_step == 5:
                jobs.stop(all_runs()[0])

    with mild.Recorder(GIVEN, epochs=3) as recorder:
        _train(recorder, tmp_path, Impatient())
    (run,) = all_runs()
    assert (run.state().state, run.n_epochs(0)) == ("stopped", 1)


def test_the_example_in_the_documentation_runs_as_it_stands(tmp_path: Path) -> None:
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


N_SENTENCES, N_WORDS, N_TOPICS = 1500, 12, 4
N_TOPIC_WORDS, N_COMMON_WORDS = 25, 300
"""Words of each topic, and words that say nothing about it."""
N_MEMORIZED = 18
"""Epochs in which Bert memorizes most of its wrong labels."""


@pytest.fixture
def one_thread() -> Iterator[None]:
    """On a busy machine, threads that wait for each other make small networks many times slower."""
    n_threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(n_threads)


class Sentences(torch.utils.data.Dataset[Any]):
    def __init__(self, word_AL: Any, label_A: Any) -> None:
        self.words, self.labels = torch.from_numpy(word_AL), label_A

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, index: int) -> dict[str, Any]:
        label = int(self.labels[index])
        return {"input_ids": self.words[index], "labels": label, "index": index}


@pytest.mark.slow
def test_a_bert_that_memorizes_fast_has_its_wrong_labels_found(
    tmp_path: Path, one_thread: None
) -> None:
    run, given_A, clean_A = _memorized_sentences(tmp_path, seed=0)
    (record,), selection = run.rounds(), run.selection(0)
    judged_N = ~selection["planted"]
    given_N, clean_N = given_A[judged_N], clean_A[judged_N]
    wrong_N, counts_N = given_N != clean_N, selection["misclassified"][judged_N]
    last_N = unpack_status(run.status(0), len(given_A))[-1]
    assert last_N[judged_N][~wrong_N].mean() > 0.97
    assert last_N[judged_N][wrong_N].mean() > 0.7  # most wrong labels are memorized as well
    assert (
        max(item.test_accuracy or 0.0 for item in run.epochs()) > 0.75
    )  # before that, it had learned

    found = evaluate(selection["score"][judged_N], selection["kept"][judged_N], given_N, clean_N)
    assert found.f1_flagged > 0.7
    assert found.f1_flagged > 0.9 * found.best_f1_flagged
    assert record.noise_rate_estimate == pytest.approx(wrong_N.mean(), abs=0.04)
    assert record.noise_rate_low <= wrong_N.mean() <= record.noise_rate_high
    assert record.can_tell

    without = select_counts(counts_to_cells(counts_N, N_MEMORIZED))
    lost = evaluate(counts_N, counts_N < without.cut, given_N, clean_N)
    assert lost.f1_flagged < 0.7 * found.f1_flagged
    assert without.noise_rate_estimate < 0.5 * wrong_N.mean()


def _memorized_sentences(root: Path, seed: int) -> tuple[Run, Any, Any]:
    """A fifth of the given labels is wrong, whichever the topic: run, given and clean labels."""
    rng = np.random.default_rng(seed)
    clean_A = rng.integers(0, N_TOPICS, N_SENTENCES)
    word_AL = _sentences(clean_A, rng)
    wrong_A = rng.random(N_SENTENCES) < 0.2
    other_A = (clean_A + rng.integers(1, N_TOPICS, N_SENTENCES)) % N_TOPICS
    given_A = np.where(wrong_A, other_A, clean_A)
    planted = mild.plant(given_A, 0.1, seed)
    held_out_A = rng.integers(0, N_TOPICS, 500)
    held_out = Sentences(_sentences(held_out_A, rng), held_out_A)
    with mild.Recorder(given_A, epochs=N_MEMORIZED, planted=planted) as recorder:
        _train_bert(recorder, root, Sentences(word_AL, planted.labels), held_out, seed)
    (run,) = all_runs()
    return run, given_A, clean_A


def _sentences(topic_A: Any, rng: Any) -> Any:
    """Words by number, shape (A, L): no word decides, of those of a topic every sixth misleads."""
    n_topic_words = N_TOPICS * N_TOPIC_WORDS
    shape = (len(topic_A), N_WORDS)
    own_AL = topic_A[:, None] * N_TOPIC_WORDS + rng.integers(0, N_TOPIC_WORDS, shape)
    any_AL = rng.integers(0, n_topic_words, shape)
    common_AL = n_topic_words + rng.integers(0, N_COMMON_WORDS, shape)
    draw_AL = rng.random(shape)
    return np.select([draw_AL < 0.55, draw_AL < 0.7], [own_AL, any_AL], common_AL)


def _train_bert(
    recorder: mild.Recorder, root: Path, data: Sentences, held_out: Sentences, seed: int
) -> None:
    torch.manual_seed(seed)
    shape = transformers.BertConfig(
        vocab_size=N_TOPICS * N_TOPIC_WORDS + N_COMMON_WORDS, max_position_embeddings=N_WORDS,
        hidden_size=64, num_hidden_layers=2, num_attention_heads=2, intermediate_size=128,
        hidden_dropout_prob=0, attention_probs_dropout_prob=0, num_labels=N_TOPICS,
    )  # fmt: skip
    settings = transformers.TrainingArguments(
        output_dir=str(root), num_train_epochs=N_MEMORIZED, per_device_train_batch_size=64,
        per_device_eval_batch_size=500, learning_rate=0.003, eval_strategy="epoch", seed=seed,
        save_strategy="no", use_cpu=True, report_to=[], disable_tqdm=True,
        remove_unused_columns=False,
    )  # fmt: skip
    transformers.Trainer(
        model=transformers.BertForSequenceClassification(shape),
        args=settings,
        train_dataset=data,
        eval_dataset=held_out,
        compute_metrics=_accuracy,
        callbacks=[callbacks.MildCallback(recorder)],
    ).train()


def _accuracy(found: Any) -> dict[str, float]:
    return {"accuracy": float((found.predictions.argmax(1) == found.label_ids).mean())}
