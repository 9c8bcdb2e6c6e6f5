"""What is recorded of an instance is what a plain computation for that instance alone gives."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from mild.training.loop.epoch_recording import NOT_SEEN, EpochRecording, margins
from mild.training.pipeline.resident import shuffled

CPU = torch.device("cpu")


def _plainly(logits: list[float], given: int) -> tuple[int, int, float, float]:
    """Status, predicted label, loss in nats and margin of one instance, in plain Python."""
    predicted = max(range(len(logits)), key=lambda label: logits[label])
    largest = max(logits)
    log_sum = largest + math.log(sum(math.exp(value - largest) for value in logits))
    others = [value for label, value in enumerate(logits) if label != given]
    return int(predicted == given), predicted, log_sum - logits[given], logits[given] - max(others)


@given(
    n=st.integers(2, 40),
    n_classes=st.integers(2, 12),
    batch_size=st.integers(2, 17),
    seed=st.integers(0, 1000),
)
@settings(max_examples=60)
def test_recording_equals_a_plain_computation_for_each_instance(
    n: int, n_classes: int, batch_size: int, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    logits_NC = rng.normal(scale=4, size=(n, n_classes)).astype(np.float32)
    given_N = rng.integers(n_classes, size=n)
    recording = EpochRecording(n, CPU)
    for slot_B in shuffled(n, batch_size, torch.Generator().manual_seed(seed)):
        logits_BC = torch.from_numpy(logits_NC)[slot_B].requires_grad_()
        given_B = torch.from_numpy(given_N)[slot_B]
        losses_B = functional.cross_entropy(logits_BC, given_B, reduction="none")
        recording.add(slot_B, logits_BC, given_B, losses_B)
    recorded = recording.finish()
    expected = [_plainly(list(map(float, logits_NC[i])), int(given_N[i])) for i in range(n)]
    status, predicted, losses, margin = (np.array(column) for column in zip(*expected, strict=True))
    np.testing.assert_array_equal(recorded.status_N, status)
    np.testing.assert_array_equal(recorded.predictions_N, predicted)
    np.testing.assert_allclose(recorded.losses_N, losses, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(recorded.margins_N, margin, rtol=1e-5, atol=1e-5)


def test_the_margin_is_positive_exactly_where_the_given_label_is_predicted() -> None:
    logits_BC = torch.tensor([[3.0, 1.0, -1.0], [3.0, 1.0, -1.0], [0.0, 0.0, 9.0]])
    given_B = torch.tensor([0, 1, 2])
    assert margins(logits_BC, given_B).tolist() == [2.0, -2.0, 9.0]


def test_margins_of_half_precision_logits_are_taken_in_full_precision() -> None:
    logits_BC = torch.tensor([[128.0, 0.4375]], dtype=torch.bfloat16)
    recording = EpochRecording(1, CPU)
    recording.add(torch.tensor([0]), logits_BC, torch.tensor([0]), torch.zeros(1))
    assert recording.finish().margins_N.tolist() == [128.0 - 0.4375]


def test_an_epoch_under_way_shows_who_was_seen() -> None:
    recording = EpochRecording(4, CPU)
    assert recording.current().tolist() == [NOT_SEEN] * 4
    logits_BC = torch.tensor([[1.0, 0.0], [1.0, 0.0]])
    recording.add(torch.tensor([3, 1]), logits_BC, torch.tensor([0, 1]), torch.zeros(2))
    assert recording.current().tolist() == [NOT_SEEN, 0, NOT_SEEN, 1]


def test_the_last_look_at_an_instance_counts() -> None:
    recording = EpochRecording(1, CPU)
    for logit in (1.0, -1.0):
        recording.add(
            torch.tensor([0]), torch.tensor([[logit, 0.0]]), torch.tensor([0]), torch.ones(1)
        )
    assert recording.finish().status_N.tolist() == [0]


@pytest.mark.parametrize("n_classes", [2, 1000])
def test_a_tie_goes_to_the_lower_label_as_numpy_has_it(n_classes: int) -> None:
    logits_BC = torch.zeros(1, n_classes)
    recording = EpochRecording(1, CPU)
    recording.add(torch.tensor([0]), logits_BC, torch.tensor([n_classes - 1]), torch.ones(1))
    recorded = recording.finish()
    assert recorded.predictions_N.tolist() == [int(np.argmax(logits_BC.numpy()))]
    assert recorded.margins_N.tolist() == [0.0]
