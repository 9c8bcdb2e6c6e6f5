"""The processes of one run as each other sees them: what they sum up, agree on, and hand on.

With one process everything here costs nothing and changes nothing. With several, each computes a
share of every batch, and process 0 alone knows the run on disk.

Axes: B batch, N instances of a round by slot.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable

import torch
from torch import distributed, nn
from torch.nn.parallel import DistributedDataParallel

from mild.training.distributed.sync_batchnorm import with_sync_batchnorm
from mild.training.pipeline.interface import Share
from mild.training.runtime.stop import Stop, Stopped


class ProcessGroup:
    """This process among the `n` of its run; what lies on the CPU goes by gloo."""

    def __init__(self, rank: int = 0, world_size: int = 1, local_world_size: int = 1) -> None:
        """`n_local` of them are on this machine."""
        self.rank, self.world_size, self.local_world_size = rank, world_size, local_world_size
        self.share = Share(rank=rank, n_ranks=world_size)

    @property
    def alone(self) -> bool:
        """Whether the run has a single process."""
        return self.world_size == 1

    @property
    def first(self) -> bool:
        """Whether this is process 0, which decides and writes."""
        return self.rank == 0

    def broadcast(self, make: Callable[[], torch.Tensor], n: int) -> torch.Tensor:
        """Send `n` whole numbers of process 0 to all; (n,), int64, on the CPU."""
        if self.alone:
            return make()
        values = make().to(torch.int64) if self.first else torch.empty(n, dtype=torch.int64)
        distributed.broadcast(values, 0)
        return values

    def number(self, make: Callable[[], int]) -> int:
        """Send one whole number of process 0 to all."""
        return int(self.broadcast(lambda: torch.tensor([make()]), 1))

    def sum_on_first(self, tensor: torch.Tensor) -> torch.Tensor:
        """Sum over all processes, on process 0 alone; of no use on the others. On the CPU."""
        tensor = tensor.cpu()
        if not self.alone:
            distributed.reduce(tensor, 0)
        return tensor

    def total(self, value: torch.Tensor) -> torch.Tensor:
        """Sum over all processes, on all of them. On the CPU."""
        value = value.cpu()
        if not self.alone:
            distributed.all_reduce(value)
        return value

    def mean(self, losses_B: torch.Tensor, n_whole: int) -> torch.Tensor:
        """Return what to differentiate, of this share of a batch of `n_whole`.

        The average of its gradients over the processes is the gradient of the whole batch's mean,
        however uneven the shares are.
        """
        if self.alone:
            return losses_B.mean()
        return losses_B.sum() * (self.world_size / n_whole)

    def data_parallel(self, network: nn.Module) -> nn.Module:
        """Wrap the network so that gradients are averaged over the processes."""
        if self.alone:
            return network
        # Statistics of batches are shared already, and nothing else in a network but its weights
        # changes; sending it in every step would cost time.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # its successor is too new to rely on
            return DistributedDataParallel(network, broadcast_buffers=False)

    def with_sync_batchnorm(self, network: nn.Module, device: torch.device) -> nn.Module:
        """Replace batch normalisation: statistics become those of whole batches."""
        return network if self.alone else with_sync_batchnorm(network, device)

    def shared_stop(self, stop: Stop) -> Stop:
        """Return the stop that all processes heed once one of them is asked."""
        return stop if self.alone else _CollectiveStop(stop)


ALONE = ProcessGroup()


class _CollectiveStop(Stop):
    """Asked for in one process, heeded by all at the same batch: none may wait for another's share.

    What is told at a batch is heard at the next, so that nobody waits for it.
    """

    def __init__(self, own: Stop) -> None:
        super().__init__()
        self._own = own
        self._told: tuple[torch.Tensor, distributed.Work] | None = None

    def __call__(self) -> bool:
        return self._own()

    def check(self) -> None:
        """Check together: all processes call this equally often."""
        heard = False
        if self._told is not None:
            flag, under_way = self._told
            under_way.wait()
            heard = bool(flag)
        flag = torch.tensor([int(self._own())], dtype=torch.int32)
        under_way = distributed.all_reduce(flag, async_op=True)
        assert under_way is not None
        self._told = flag, under_way
        if heard:
            under_way.wait()
            raise Stopped

    def check_here(self) -> None:
        self._own.check()
