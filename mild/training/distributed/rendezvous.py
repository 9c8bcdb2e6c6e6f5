"""The rendezvous of a run's processes: before they compute together, and when one fails.

They talk through torchrun's store of keys and values. Nobody blocks in it: waiting is asking again
and again, so that a request to stop is heard. The keys:

pid R       process R is there, under this number on its machine
begin       the run's turn has come; process 0 reads the data set, and so may the others
facts       what the others must find their data set to be, as JSON
here R      process R has its data
go          everybody has
failed      a process other than 0 has failed; the sentence why
left R      process R has ended in peace
ended       process 0 has ended its work, for whatever reason
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any

import psutil
import torch
from torch import distributed
from torch.distributed.distributed_c10d import PrefixStore, Store
from torch.distributed.rendezvous import rendezvous

from mild.errors import TrainingError
from mild.training.distributed.process_group import ProcessGroup
from mild.training.distributed.rank import RankInfo
from mild.training.runtime.stop import Stop, Stopped

POLL_SECONDS = 0.05
PATIENCE = timedelta(days=20)
"""How long processes wait for each other: one of them may wait for a person."""
LAST_WORDS_SECONDS = 3.0
"""How long process 0 waits for the reason why another one is gone."""
_SIGNS = ("gloo", "NCCL", "Connection", "Broken pipe", "Socket")
"""In what PyTorch says when a process of the run is gone."""


class LostFirstRankError(TrainingError):
    """Process 0 is gone: there is nothing left to do, and nothing to tell."""


def connection_lost(error: Exception) -> bool:
    """Tell whether PyTorch means by an error that another process is gone."""
    return isinstance(error, RuntimeError) and any(sign in str(error) for sign in _SIGNS)


class Rendezvous:
    """One process among the others of its run."""

    def __init__(self, rank_info: RankInfo, stop: Stop, store: Store | None = None) -> None:
        """Without a `store`, that of torchrun; PyTorch raises where it cannot be reached."""
        self._rank_info, self._stop = rank_info, stop
        if store is None:
            store, _, _ = next(rendezvous("env://", timeout=PATIENCE))
        self._store = PrefixStore("mild", store)
        if rank_info.rank > 0:
            self.tell(f"pid {rank_info.rank}", str(os.getpid()))

    def tell(self, key: str, value: str = "") -> None:
        """Set a key for all processes to hear."""
        self._store.set(key, value)

    def hear(self, key: str) -> str:
        """Wait for a key, and return its value.

        Raises
        ------
        Stopped
            On a request to stop.
        TrainingError
            If another process fails meanwhile; for others than process 0, LeftAloneError if
            process 0 ends.
        """
        while not self._store.check([key]):
            # A failure first: torchrun then asks the others to stop.
            if self._rank_info.rank == 0:
                self._raise_if_failed()
            elif self._store.check(["ended"]):
                raise LostFirstRankError("process 0 of the run has ended.")
            self._stop.check()
            time.sleep(POLL_SECONDS)
        return bytes(self._store.get(key)).decode()

    def compute_together(self, device: torch.device, facts: dict[str, Any]) -> ProcessGroup:
        """Tell the others what process 0 found, wait for them, and begin."""
        self.tell("facts", json.dumps(facts))
        for rank in range(1, self._rank_info.world_size):
            self.hear(f"here {rank}")
        self.tell("go")
        return self._ranks(device)

    def join(self, device: torch.device) -> ProcessGroup:
        """Join process 0, once this one has its data."""
        self.tell(f"here {self._rank_info.rank}")
        self.hear("go")
        return self._ranks(device)

    @contextmanager
    def explained(self) -> Iterator[None]:
        """Say, on process 0, which process failed, where PyTorch says that a connection closed.

        Raises
        ------
        TrainingError
            In place of what PyTorch raises where another process is gone.
        """
        try:
            yield
        except Stopped:
            self._raise_if_failed()  # torchrun asks all others to stop where one ends in error
            if self._one_is_gone():
                raise TrainingError(self._without_a_word()) from None
            self.part()
            raise
        except RuntimeError as error:
            if not connection_lost(error):
                raise
            until = time.monotonic() + LAST_WORDS_SECONDS
            while time.monotonic() < until:
                self._raise_if_failed()
                time.sleep(POLL_SECONDS)
            raise TrainingError(self._without_a_word()) from error
        finally:
            self.tell("ended")

    def part(self) -> None:
        """End computing together, where all have come to the end or stop; a process that does not
        may be aborted by PyTorch as it exits."""
        if self._rank_info.rank > 0:
            with suppress(RuntimeError):  # process 0 and its store may be gone by now
                self.tell(f"left {self._rank_info.rank}")
        if distributed.is_initialized():
            distributed.destroy_process_group()

    def _raise_if_failed(self) -> None:
        if self._store.check(["failed"]):
            raise TrainingError(bytes(self._store.get("failed")).decode())

    def _one_is_gone(self) -> bool:
        """Tell whether a process of this machine has died; of others, PyTorch tells."""
        for rank in range(1, self._rank_info.local_world_size):
            if self._store.check([f"pid {rank}"]) and not self._store.check([f"left {rank}"]):
                pid = int(self._store.get(f"pid {rank}"))
                if not psutil.pid_exists(pid):
                    return True
        return False

    def _without_a_word(self) -> str:
        return (
            f"One of the {self._rank_info.world_size} processes of the run ended without a word "
            "(killed, or out of memory); worker.log may tell more. Resume the run to go on."
        )

    def _ranks(self, device: torch.device) -> ProcessGroup:
        rank_info = self._rank_info
        distributed.init_process_group(
            "cpu:gloo,cuda:nccl" if device.type == "cuda" else "gloo",
            store=self._store,
            rank=rank_info.rank,
            world_size=rank_info.world_size,
            timeout=PATIENCE,
        )
        return ProcessGroup(rank_info.rank, rank_info.world_size, rank_info.local_world_size)
