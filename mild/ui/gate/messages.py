"""Which messages of a browser come through to streamlit: those that a page of ours sends."""

from __future__ import annotations

from starlette.types import Message, Receive
from streamlit.proto.BackMsg_pb2 import BackMsg

KINDS = {
    "rerun_script",
    "stop_script",
    "app_heartbeat",
    "file_urls_request",
    "backend_operation_request",
}
"""Others are for whoever develops, and streamlit asks nobody's role: one empties the caches of
everybody, one tells the names of files that are not committed."""
OPERATIONS = {"deferred_file", "dataframe_chunk"}
"""Of the last of them: a download, and further rows of a table. Another writes files for somebody's
assistant into the folder of the program."""


def only_ours(receive: Receive) -> Receive:
    """Return what waits for messages as `receive` does, and passes over those that are not ours."""

    async def received() -> Message:
        while True:
            message = await receive()
            if message["type"] != "websocket.receive" or _is_ours(message.get("bytes")):
                return message

    return received


def _is_ours(content: bytes | None) -> bool:
    """Whether streamlit may see it; what is no message at all, it refuses by itself."""
    try:
        found = BackMsg.FromString(content or b"")
    except Exception:  # protobuf's own error has another class in each of its versions
        return True
    kind = found.WhichOneof("type")
    if kind == "backend_operation_request":
        return found.backend_operation_request.WhichOneof("payload") in OPERATIONS
    return kind is None or kind in KINDS
