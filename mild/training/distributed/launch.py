"""Start the processes of a run on this machine, which meet at an address that only it can reach.

Started as `python -m mild.training.distributed.launch N RUN`. It is torchrun but for the meeting
place: torchrun's own listens at every address, and unpickles what anybody puts there.
"""

from __future__ import annotations

import os
import socket
import sys
from datetime import timedelta

from torch.distributed import TCPStore  # type: ignore[attr-defined]  # of its C++ part
from torch.distributed.elastic.rendezvous import (
    RendezvousHandler,
    RendezvousInfo,
    RendezvousParameters,
    RendezvousStoreInfo,
    rendezvous_handler_registry,
)
from torch.distributed.launcher.api import LaunchConfig, elastic_launch

HERE = "127.0.0.1"
BACKEND = "this machine"
_PATIENCE = timedelta(minutes=5)
_LOOPBACK = {"linux": "lo", "darwin": "lo0"}
"""What the system calls the way to itself."""


class MeetingPlace(RendezvousHandler):
    """A store of keys and values for the processes of one run, all of them on this machine."""

    def __init__(self, run_id: str) -> None:
        listening = socket.create_server((HERE, 0))
        self._run_id = run_id
        self._port: int = listening.getsockname()[1]
        self._store = TCPStore(
            HERE, self._port, is_master=True, wait_for_workers=False, timeout=_PATIENCE,
            master_listen_fd=listening.detach(),
        )  # fmt: skip

    def next_rendezvous(self) -> RendezvousInfo:
        """Return the store, and that this machine is the first and only one."""
        return RendezvousInfo(self._store, 0, 1, RendezvousStoreInfo(HERE, self._port))

    @property
    def use_agent_store(self) -> bool:
        """Whether the processes talk through this store as well."""
        return True

    def get_backend(self) -> str:
        """Return what it is called in the settings."""
        return BACKEND

    def get_run_id(self) -> str:
        """Return what it was asked for."""
        return self._run_id

    def num_nodes_waiting(self) -> int:
        """Return that no other machine waits to join."""
        return 0

    def is_closed(self) -> bool:
        """Return that it is open for as long as it lives."""
        return False

    def set_closed(self) -> None:
        """Do nothing: it ends with its process."""

    def shutdown(self) -> bool:
        """Return that nothing is left to be done."""
        return True


def launch(n: int, run: str) -> None:
    """Start `n` workers on a run, and wait for them; where one fails, the others are ended.

    Raises
    ------
    ChildFailedError
        If one of them fails.
    """
    if loopback := _LOOPBACK.get(sys.platform):
        os.environ.setdefault("GLOO_SOCKET_IFNAME", loopback)
        os.environ.setdefault("NCCL_SOCKET_IFNAME", loopback)
    rendezvous_handler_registry.register(BACKEND, _meeting_place)
    config = LaunchConfig(
        min_nodes=1, max_nodes=1, nproc_per_node=n, run_id=os.path.basename(run),  # noqa: PTH119
        rdzv_backend=BACKEND, local_addr=HERE, max_restarts=0,
    )  # fmt: skip
    elastic_launch(config, sys.executable)("-u", "-m", "mild.training.worker", run)


def _meeting_place(asked: RendezvousParameters) -> RendezvousHandler:
    return MeetingPlace(asked.run_id)


if __name__ == "__main__":
    launch(int(sys.argv[1]), sys.argv[2])
