"""Live says how busy the run's GPUs are where NVIDIA's driver tells it, and is silent elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pynvml
import pytest
import torch

from mild.training.runtime.device import gpu_uuids
from mild.ui.live import gpu

HERE = "GPU-11111111-2222-3333-4444-555555555555"
SLICE = "MIG-66666666-2222-3333-4444-555555555555"


@dataclass(frozen=True)
class _Memory:
    used: int = 9_000_000_000
    total: int = 85_000_000_000


@dataclass(frozen=True)
class _Rates:
    gpu: int = 93


@pytest.fixture
def driver(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A driver with one whole card and a slice of another."""

    def handle(uuid: str) -> str:
        if uuid not in (HERE, SLICE):
            raise pynvml.NVMLError(pynvml.NVML_ERROR_NOT_FOUND)
        return uuid

    def rates(card: str) -> _Rates:
        if card == SLICE:
            raise pynvml.NVMLError(pynvml.NVML_ERROR_NOT_SUPPORTED)
        return _Rates()

    monkeypatch.setattr(pynvml, "nvmlInit", lambda: None)
    monkeypatch.setattr(pynvml, "nvmlDeviceGetHandleByUUID", handle)
    monkeypatch.setattr(pynvml, "nvmlDeviceGetMemoryInfo", lambda card: _Memory())
    monkeypatch.setattr(pynvml, "nvmlDeviceGetUtilizationRates", rates)
    gpu._driver.cache_clear()
    yield
    gpu._driver.cache_clear()


@pytest.mark.usefixtures("driver")
def test_a_card_says_how_busy_it_is_and_what_memory_is_taken() -> None:
    said = gpu.words(gpu.query_gpus([HERE]))
    assert said == "GPU 93 % busy, 9.0 of 85 GB of its memory taken"


@pytest.mark.usefixtures("driver")
def test_a_slice_of_a_card_tells_its_memory_alone() -> None:
    said = gpu.words(gpu.query_gpus([HERE, SLICE]))
    assert said.endswith("GPU 1 9.0 of 85 GB of its memory taken")


@pytest.mark.usefixtures("driver")
def test_a_card_of_another_machine_is_left_out() -> None:
    assert gpu.query_gpus(["GPU-0"]) == []


def test_without_a_driver_nothing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def none() -> None:
        raise pynvml.NVMLError(pynvml.NVML_ERROR_LIBRARY_NOT_FOUND)

    monkeypatch.setattr(pynvml, "nvmlInit", none)
    gpu._driver.cache_clear()
    assert gpu.query_gpus([HERE]) == []
    gpu._driver.cache_clear()


def test_a_processor_has_no_cards_and_every_local_process_has_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    @dataclass(frozen=True)
    class Properties:
        uuid: str

    monkeypatch.setattr(
        torch.cuda, "get_device_properties", lambda number: Properties(f"{number}-2222")
    )
    assert gpu_uuids(torch.device("cpu")) == []
    assert gpu_uuids(torch.device("cuda", 1)) == ["GPU-1-2222"]
    assert gpu_uuids(torch.device("cuda", 0), 2) == ["GPU-0-2222", "GPU-1-2222"]
