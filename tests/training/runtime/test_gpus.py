"""Which GPUs a process may use is told by what it is shown, and without importing torch."""

from __future__ import annotations

from pathlib import Path

import pytest

from mild.training.runtime import device, gpus

OWN = {number: f"GPU-{number}{number}{number}{number}-aaaa" for number in range(4)}


def machine(folder: Path, numbers: tuple[int, ...], *, named: bool = True) -> None:
    """Make the files that a Linux machine, or a container on it, has for its cards."""
    (folder / "dev").mkdir()
    for name in ("nvidiactl", "nvidia-uvm", *(f"nvidia{number}" for number in numbers)):
        (folder / "dev" / name).touch()
    for number in numbers if named else ():
        about = folder / "gpus" / f"0000:0{number}:00.0"
        about.mkdir(parents=True)
        (about / "information").write_text(
            f"Model: \t\t NVIDIA H100\nGPU UUID: \t {OWN[number]}\nDevice Minor: \t {number}\n"
        )


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(gpus, "DEVICES", tmp_path / "dev")
    monkeypatch.setattr(gpus, "DRIVER", tmp_path / "gpus")
    return tmp_path


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (None, (0, 1, 2, 3)),
        ("2", (2,)),
        ("3,1", (3, 1)),
        (OWN[2], (2,)),
        ("GPU-33", (3,)),
        ("", ()),
        ("-1", ()),
        ("1,-1,2", (1,)),
        ("0,9", (0,)),
    ],
)
def test_of_four_cards_those_allowed_are_used(
    files: Path, asked: str | None, expected: tuple[int, ...]
) -> None:
    machine(files, (0, 1, 2, 3))
    environment = {} if asked is None else {"CUDA_VISIBLE_DEVICES": asked}
    assert gpus.visible_gpus(environment) == tuple(OWN[number] for number in expected)


def test_a_container_with_the_third_of_four_cards_has_that_one(
    files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine(files, (2,))
    assert gpus.visible_gpus({}) == (OWN[2],)
    assert gpus.visible_gpus({"CUDA_VISIBLE_DEVICES": "0"}) == (OWN[2],)
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    assert device.lock_names("auto") == device.lock_names("cuda:0") == (OWN[2],)


def test_cards_without_names_are_locked_by_their_numbers(
    files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine(files, (0, 1), named=False)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "1")
    assert device.lock_names("auto") == ("cuda-1",)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    assert device.lock_names("auto") == ("cpu",)
