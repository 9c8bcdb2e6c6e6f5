"""An epoch's recording that also measures itself."""

from __future__ import annotations

import time

import torch

from mild.training.loop.epoch_recording import EpochRecording


class TimedRecording(EpochRecording):
    """Adds up what `add` takes on the device, without making the host wait for it."""

    def __init__(self, n: int, device: torch.device) -> None:
        super().__init__(n, device)
        self._on_gpu = device.type == "cuda"
        self._seconds = 0.0
        self._events: list[tuple[torch.cuda.Event, torch.cuda.Event]] = []

    def add(
        self,
        slot_B: torch.Tensor,
        logits_BC: torch.Tensor,
        given_B: torch.Tensor,
        losses_B: torch.Tensor,
    ) -> None:
        """Record a batch, and count the seconds that takes."""
        if self._on_gpu:
            began = torch.cuda.Event(enable_timing=True)  # type: ignore[no-untyped-call]
            ended = torch.cuda.Event(enable_timing=True)  # type: ignore[no-untyped-call]
            began.record()
            super().add(slot_B, logits_BC, given_B, losses_B)
            ended.record()
            self._events.append((began, ended))
            return
        start = time.perf_counter()
        super().add(slot_B, logits_BC, given_B, losses_B)
        self._seconds += time.perf_counter() - start

    def seconds(self) -> float:
        """Wait for the device and return everything added so far."""
        if self._on_gpu:
            torch.cuda.synchronize()
            times = [float(began.elapsed_time(ended)) for began, ended in self._events]
            return sum(times) / 1000
        return self._seconds
