"""What is left open is decided by the data set, with a reason; what is asked for is done."""

from __future__ import annotations

from pathlib import Path

import pytest

from mild.config import AugmentationConfig
from mild.training.runtime import memory
from mild.training.runtime.automatic import augmentation, n_threads, n_workers, pipeline
from mild.training.runtime.memory import Memory


@pytest.mark.parametrize(
    ("source", "side", "padding", "flip"),
    [
        ("digits", 8, 1, False),
        ("cifar10", 32, 4, True),
        ("mnist", 28, 3, False),
        ("folder", 64, 8, True),
    ],
)
def test_what_is_left_open_follows_from_the_data_set(
    source: str, side: int, padding: int, flip: bool
) -> None:
    settled, reason = augmentation(AugmentationConfig(), source, side)
    assert (settled.crop_padding, settled.flip) == (padding, flip)
    assert f"crops padded by {padding} pixels" in reason
    assert reason.endswith("; flipped") is flip


def test_what_is_asked_for_is_done() -> None:
    asked = AugmentationConfig(crop_padding=0, flip=True)
    assert augmentation(asked, "digits", 8) == (asked, "as asked")


def test_small_images_are_computed_by_one_thread() -> None:
    assert n_threads(8, available=16)[0] == 1
    assert n_threads(32, available=16)[0] == 16


def _memories(*free: int) -> list[Memory]:
    names = ("this machine", "the GPU")
    return [
        Memory(where=where, n_free=n_free, share=0.5)
        for where, n_free in zip(names, free, strict=False)
    ]


@pytest.mark.parametrize(
    ("n_bytes", "free", "chosen", "reason"),
    [
        (10**9, (2 * 10**9,), "resident", "1.0 GB of images fit the memory that is free"),
        (
            10**9 + 1,
            (2 * 10**9,),
            "streaming",
            "1.0 GB of images are more than 50 % of the 2.0 GB free in this machine",
        ),
        (
            30 * 10**9,
            (10**12, 40 * 10**9),
            "streaming",
            "30.0 GB of images are more than 50 % of the 40.0 GB free in the GPU",
        ),
        (3 * 10**5, (10**12, 10**12), "resident", "0.3 MB of images fit the memory that is free"),
    ],
)
def test_images_stream_where_they_do_not_fit_every_memory(
    n_bytes: int, free: tuple[int, int] | tuple[int], chosen: str, reason: str
) -> None:
    assert pipeline("auto", n_bytes, lambda: _memories(*free)) == (chosen, reason)


@pytest.mark.parametrize("asked", ["resident", "streaming"])
def test_a_pipeline_asked_for_is_taken_and_no_memory_is_looked_at(asked: str) -> None:
    def fail() -> list[Memory]:
        raise AssertionError

    assert pipeline(asked, 10**15, fail) == (asked, "as asked")


@pytest.mark.parametrize(
    ("asked", "in_memory", "device", "cores", "n"),
    [
        (7, True, "cpu", 2, 7),
        (0, False, "cuda", 2, 0),
        (None, True, "cuda", 64, 0),
        (None, False, "cpu", 1, 1),
        (None, False, "cpu", 8, 4),
        (None, False, "cuda", 1, 1),
        (None, False, "cuda", 8, 7),
        (None, False, "cuda", 64, 16),
    ],
)
def test_cores_that_do_not_train_decode(
    asked: int | None, in_memory: bool, device: str, cores: int, n: int
) -> None:
    found, reason = n_workers(asked, in_memory=in_memory, device_type=device, n_cores=cores)
    assert found == n
    assert (reason == "as asked") is (asked is not None)


def test_a_container_has_as_much_memory_as_it_is_allowed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    of_the_machine = memory.machine_free()
    assert 0 < of_the_machine < 2**50
    for name, text in (("_LIMIT", "5000000\n"), ("_USED", "2000000\n")):
        (tmp_path / name).write_text(text)
        monkeypatch.setattr(memory, name, tmp_path / name)
    assert memory.machine_free() == 3_000_000
    (tmp_path / "_LIMIT").write_text("max\n")
    assert memory.machine_free() > 3_000_000
    (tmp_path / "_LIMIT").write_text("1000\n")
    assert memory.machine_free() == 0


def test_without_a_gpu_only_the_machine_is_asked() -> None:
    assert [item.where for item in memory.memories("cpu")] == ["this machine"]
    assert memory.n_cores() >= 1
