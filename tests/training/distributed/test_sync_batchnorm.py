"""A shared batch is normalised like a whole one; run as a program, this compares them."""

from __future__ import annotations

import copy
import os
import socket
import subprocess
import sys
from typing import Any

import pytest
import torch
from torch import distributed, nn

from mild.training.distributed.sync_batchnorm import SyncBatchNorm, with_sync_batchnorm
from tests.conftest import PROJECT

SHAPES = [(10, 4, 5, 5), (7, 4), (9, 4, 3, 3), (2, 4, 1, 1)]


@pytest.mark.slow
def test_two_processes_normalise_a_batch_as_one_does() -> None:
    """Outputs, gradients and running statistics; shares of five and four are not even."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    rank_info = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port), "WORLD_SIZE": "2"}
    both = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.training.distributed.test_sync_batchnorm"],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=PROJECT,
            env=os.environ | rank_info | {"RANK": str(rank), "OMP_NUM_THREADS": "1"},
        )
        for rank in range(2)
    ]
    words = [item.communicate(timeout=120)[0] for item in both]
    assert [item.returncode for item in both] == [0, 0], words
    assert [word.split()[-1] for word in words] == ["0", "1"]


def test_every_normalisation_of_a_network_is_replaced_and_its_state_keeps_its_names() -> None:
    network: Any = nn.Sequential(nn.Conv2d(3, 4, 3), nn.Sequential(nn.BatchNorm2d(4), nn.ReLU()))
    network[1][0].running_mean.fill_(3)
    before = {name: item.clone() for name, item in network.state_dict().items()}
    network = with_sync_batchnorm(network, torch.device("cpu"))
    assert isinstance(network[1][0], SyncBatchNorm)
    after = network.state_dict()
    assert list(after) == list(before)
    assert all(torch.equal(after[name], before[name]) for name in before)
    images = torch.randn(2, 3, 5, 5)
    network.eval()
    plain = nn.Sequential(nn.Conv2d(3, 4, 3), nn.Sequential(nn.BatchNorm2d(4), nn.ReLU())).eval()
    plain.load_state_dict(before)
    torch.testing.assert_close(network(images), plain(images))


def _compare(rank: int, plain: nn.Module, shape: tuple[int, ...]) -> None:
    def share(whole: torch.Tensor) -> torch.Tensor:
        return torch.tensor_split(whole, 2)[rank]

    with torch.no_grad():
        plain.weight.uniform_()
        plain.bias.uniform_()
    shared = with_sync_batchnorm(copy.deepcopy(plain), torch.device("cpu"))
    whole, towards = torch.randn(shape) * 3 + 5, torch.randn(shape)
    ours, theirs = share(whole).clone().requires_grad_(), whole.clone().requires_grad_()
    expected = plain(theirs)
    (expected * towards).sum().backward()
    found = shared(ours)
    (found * share(towards)).sum().backward()
    torch.testing.assert_close(found, share(expected))
    torch.testing.assert_close(ours.grad, share(theirs.grad), atol=1e-5, rtol=1e-4)  # type: ignore[arg-type]
    for name, parameter in shared.named_parameters():
        distributed.all_reduce(parameter.grad)  # type: ignore[arg-type]
        torch.testing.assert_close(parameter.grad, plain.get_parameter(name).grad)
    for name, buffer in shared.named_buffers():
        torch.testing.assert_close(buffer, plain.get_buffer(name))


def main() -> None:
    distributed.init_process_group("gloo")
    rank = distributed.get_rank()
    torch.manual_seed(0)
    for shape in SHAPES:
        kind = nn.BatchNorm1d if len(shape) == 2 else nn.BatchNorm2d
        for momentum in (0.1, None):
            _compare(rank, kind(shape[1], momentum=momentum), shape)
    distributed.barrier()
    print(rank)
    distributed.destroy_process_group()


if __name__ == "__main__":
    main()
