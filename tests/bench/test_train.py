"""`bench train`: both loops train the same thing, and what is printed was measured."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch

from benchmarks import train
from benchmarks.training.plain_loop import PlainLoop
from mild.errors import DataError
from mild.training.models.architectures.small_cnn import small_cnn
from tests.in_process import command


@pytest.mark.filterwarnings("ignore:This DataLoader will create 6 worker")
def test_every_figure_is_a_measurement() -> None:
    ended = command(["bench", "train", "--n", "256", "--epochs", "1", "--json"])
    result = json.loads(ended.stdout)
    assert (result["n"], result["n_epochs"], result["device"]) == (256, 1, "cpu")
    assert result["compiled"] is False
    assert result["ratio"] == pytest.approx(result["plain_seconds"] / result["ours_seconds"])
    assert result["ours_images_per_second"] == pytest.approx(256 / result["ours_seconds"])
    assert 0 < result["recording_share"] < 1
    assert 0 < result["peak_share"] < 1
    # Four convolutions of 3 x 3, 32 pixels a side at first, three passes of them, two operations
    # each; the first convolution needs no gradient of its input.
    positions = ((32, 3, 32), (16, 32, 64), (8, 64, 96), (4, 96, 128))
    convolutions = [2 * 9 * side**2 * n_in * n_out for side, n_in, n_out in positions]
    expected = 3 * sum(convolutions) - convolutions[0]
    assert result["flops_per_image"] == pytest.approx(expected, rel=0.01)


@pytest.mark.filterwarnings("ignore:This DataLoader will create 6 worker")
def test_the_plain_loop_keeps_the_status_of_every_instance() -> None:
    config = train._config(train.MADE_UP, None, "data", "small-cnn", "cpu", 16, "auto")
    rng = np.random.default_rng(0)
    images_NHWC = rng.integers(0, 256, (40, 8, 8, 3), dtype=np.uint8)
    given_N = rng.integers(0, 10, 40)
    loop = PlainLoop(config, small_cnn(10, 8), images_NHWC, given_N, torch.device("cpu"))
    loop.epoch()
    loop.epoch()
    assert [len(sequence) for sequence in loop.status] == [2] * 40
    assert {hit for sequence in loop.status for hit in sequence} <= {0, 1}


def test_more_images_than_there_are_is_one_sentence() -> None:
    with pytest.raises(DataError, match="fewer than 99,999 images"):
        train.run(source="digits", n=99_999)
