"""The preset that follows from the images: the fewer, the longer the rounds, and why."""

from __future__ import annotations

from typing import Literal

import pytest

from mild.config import RunConfig, fitted


@pytest.mark.parametrize(
    ("n", "epochs", "batch_size"),
    [(604, [40, 20], 32), (9_000, [30, 15], 64), (50_000, [20, 10], 64)],
)
def test_the_fewer_images_the_longer_the_rounds(n: int, epochs: list[int], batch_size: int) -> None:
    config = fitted.fitted(RunConfig(), n=n, size=(500, 375))
    assert [item.epochs for item in config.rounds] == epochs
    assert config.optimizer.batch_size == batch_size
    assert config.model == "small-cnn"


@pytest.mark.parametrize(
    ("n", "size", "model"),
    [
        (50_000, (32, 32), "preact-resnet18"),
        (50_000, (8, 8), "small-cnn"),
        (604, (500, 375), "small-cnn"),
    ],
)
def test_a_deeper_network_needs_a_gpu_many_images_and_large_ones(
    n: int, size: tuple[int, int], model: str
) -> None:
    assert fitted.fitted(RunConfig(), n=n, size=size, has_gpu=True).model == model
    assert fitted.fitted(RunConfig(), n=n, size=size).model == "small-cnn"


def test_what_is_asked_for_by_name_and_of_the_data_stays() -> None:
    asked = RunConfig(name="mine", seed=7)
    config = fitted.fitted(asked, n=604, size=None)
    assert (config.name, config.seed, config.data) == ("mine", 7, asked.data)


@pytest.mark.parametrize(
    ("size", "of", "words"),
    [
        ((500, 375), "mostly", ", mostly 500 × 375: small-cnn at 64 pixels, "),
        ((28, 28), "mostly", ", mostly 28 × 28: small-cnn at 64 pixels, "),
        ((28, 28), "all", ", all of 28 × 28: small-cnn at their own size, "),
        ((28, 28), "many", ", of many sizes: small-cnn at 64 pixels, "),
        (None, "mostly", ": small-cnn at 64 pixels, "),
    ],
)
def test_the_reason_says_what_the_images_are_and_what_follows(
    size: tuple[int, int] | None, of: Literal["all", "mostly", "many"], words: str
) -> None:
    config = fitted.fitted(RunConfig(), n=604, size=size)
    reason = fitted.reason(config, n=604, n_classes=5, size=size, of=of)
    assert reason == f"604 images of 5 classes{words}60 epochs in 2 rounds"
