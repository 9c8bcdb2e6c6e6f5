"""A dashboard that `mild show` opened, and what its running server says of itself."""

from __future__ import annotations

import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tests.installation.conftest import Environment

SERVER_SECONDS = 40.0


@dataclass(frozen=True)
class Server:
    """A process that listens."""

    port: int
    pid: int


@contextmanager
def show(environment: Environment, *words: str, **variables: str) -> Iterator[Server]:
    """`mild show --no-browser` on a free port, until the block ends."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    program = str(environment.folder / "bin" / "mild")
    process = subprocess.Popen(
        [program, "show", "--no-browser", "--port", str(port), *words],
        cwd=environment.elsewhere, env=environment.variables | variables,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        _wait(port, process)
        yield Server(port, process.pid)
    finally:
        process.terminate()
        process.wait(20)


def new_session(port: int) -> Any:
    """What the server tells a browser at the beginning of a session."""
    from streamlit.proto.BackMsg_pb2 import BackMsg
    from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
    from websockets.sync.client import connect
    from websockets.typing import Subprotocol

    with connect(
        f"ws://127.0.0.1:{port}/_stcore/stream", subprotocols=[Subprotocol("streamlit")]
    ) as door:
        hello = BackMsg()
        hello.rerun_script.query_string = ""
        door.send(hello.SerializeToString())
        while True:
            message = ForwardMsg()
            message.ParseFromString(door.recv(timeout=SERVER_SECONDS))
            if message.WhichOneof("type") == "new_session":
                return message.new_session


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + SERVER_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, "the dashboard ended"
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health") as answer:
                if answer.read() == b"ok":
                    return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"the dashboard did not answer within {SERVER_SECONDS} s")
