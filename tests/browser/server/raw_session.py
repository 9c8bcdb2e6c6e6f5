"""A session without a browser: what a program can ask of the dashboard over its WebSocket."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

SECONDS = 20.0


@dataclass
class RawSession:
    """One connection; `seen` has every message of the server, newest last."""

    connection: ClientConnection
    seen: list[ForwardMsg] = field(default_factory=list)

    def run(self, page: str, query: str = "", pressed: Sequence[str] = ()) -> list[ForwardMsg]:
        """Ask for a page, with buttons pressed by their ids; what came back until it was done."""
        asked = BackMsg()
        asked.rerun_script.page_name = page
        asked.rerun_script.query_string = query
        for name in pressed:
            state = asked.rerun_script.widget_states.widgets.add()
            state.id, state.trigger_value = name, True
        self.connection.send(asked.SerializeToString())
        found: list[ForwardMsg] = []
        while not found or found[-1].WhichOneof("type") != "script_finished":
            message = ForwardMsg()
            message.ParseFromString(_bytes(self.connection.recv(timeout=SECONDS)))
            found.append(message)
        self.seen += found
        return found


@contextmanager
def opened(url: str, cookies: Sequence[Any] = ()) -> Iterator[RawSession]:
    """Connect as a page of the dashboard itself would, with the cookies of somebody's browser."""
    values = {item["name"]: item["value"] for item in cookies}
    with connect(
        f"{url.replace('http', 'ws')}/_stcore/stream",
        origin=Origin(url),
        subprotocols=[Subprotocol("streamlit"), Subprotocol(values.get("_streamlit_xsrf", "none"))],
        additional_headers={"Cookie": "; ".join(f"{name}={values[name]}" for name in values)},
        max_size=None,
    ) as connection:
        yield RawSession(connection)


def buttons(messages: Sequence[ForwardMsg]) -> dict[str, str]:
    """Ids of the buttons that were drawn, by their words."""
    deltas = (item.delta.new_element for item in messages if item.HasField("delta"))
    return {item.button.label: item.button.id for item in deltas if item.HasField("button")}


def text(messages: Sequence[ForwardMsg]) -> str:
    """Everything that was sent, as it would be searched for a name."""
    return "".join(str(item) for item in messages)


def _bytes(received: str | bytes) -> bytes:
    assert isinstance(received, bytes)
    return received
