"""What every request goes through before it comes to streamlit."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import config

from mild.ui.gate import connections, uploads
from mild.ui.gate.headers import add_headers
from mild.ui.gate.messages import only_ours
from mild.ui.gate.policy import Policy

_FOR_PROGRAMS = tuple(
    f"/_stcore/{name}"
    for name in (
        "metrics", "script-health-check", "agent/interact", "agent/mcp", "agent/openapi.json"
    )
)  # fmt: skip
"""What streamlit tells programs about itself, and pages that they may drive, whoever asks."""
_LOOKING = ("GET", "HEAD", "OPTIONS")
_POLICY_VIOLATION = 1008


def middleware(settled: Policy) -> list[Middleware]:
    """Return what streamlit is to put before itself."""
    listed = config.get_option("server.allowedHosts") or ()
    names = {str(name).strip().lower().rstrip(".") for name in listed}
    if settled.door.for_this_machine:  # where none is listed, not just any
        names |= set(connections.LOOPBACK)
    return [
        Middleware(
            _Gate,
            settled=settled,
            names=names,
            pages={str(name).strip() for name in config.get_option("server.corsAllowedOrigins")},
        )
    ]


class _Gate:
    def __init__(self, app: ASGIApp, *, settled: Policy, names: set[str], pages: set[str]) -> None:
        self._app = app
        self._settled = settled
        self._names = names
        self._pages = pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._answer(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._connect(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                add_headers(message, encrypted=self._settled.encrypted)
            await send(message)

        if why := self._refusal(scope):
            await PlainTextResponse(why, 403)(scope, receive, send_with_headers)
        elif self._settled.door.shared and scope["path"].rstrip("/").endswith(_FOR_PROGRAMS):
            await PlainTextResponse("Not found", 404)(scope, receive, send_with_headers)
        else:
            await self._app(scope, receive, send_with_headers)

    async def _connect(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse before streamlit looks: of a foreign page it asks another host who we are."""
        if self._refusal(scope):
            await send({"type": "websocket.close", "code": _POLICY_VIOLATION})
        else:
            await self._app(scope, only_ours(receive), send)

    def _refusal(self, scope: Scope) -> str | None:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if self._settled.door.for_this_machine and not connections.came_from_here(
            scope.get("server")
        ):
            return connections.NOT_HERE
        if not connections.is_known(host, self._names):
            return connections.NOT_KNOWN
        acts = scope["type"] == "websocket" or scope["method"] not in _LOOKING
        if (
            acts
            and not self._settled.door.open_to_pages  # it was said that all may
            and not connections.is_own_page(headers.get("origin"), host, self._pages)
        ):
            return connections.NOT_OURS
        if acts and not uploads.is_asked_for(scope["path"]):
            return uploads.NOT_ASKED
        return None
