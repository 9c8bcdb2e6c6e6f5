"""What a browser is told with every answer: load nothing from elsewhere, be in nobody's frame."""

from __future__ import annotations

from collections.abc import MutableMapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import config

from mild.access.door import Door

LOOPBACK = ("127.0.0.1", "localhost", "::1")
"""Names that no page of somebody else can have, so that they are always answered."""
NOT_KNOWN = (
    "This dashboard is not known by the name in the address. Whoever runs it can add the name to "
    "server.allowedHosts (docs/remote.md)."
)
POLICY = "; ".join(
    (
        "default-src 'self'",
        # Streamlit and plotly make functions from text, and components' scripts are inline.
        "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "media-src 'self' data: blob:",
        "worker-src 'self' blob:",
        "frame-src 'self' data: blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "frame-ancestors 'self'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_FIGURES = "/_stcore/metrics"
"""Streamlit's figures about itself, for whoever asks."""


def middleware(door: Door) -> list[Middleware]:
    """Return what every request goes through before it comes to streamlit."""
    names = tuple(str(name).lower() for name in config.get_option("server.allowedHosts") or ())
    return [Middleware(_Headers, names=names, closed=door.shared)]


def is_known(host: str, names: Sequence[str]) -> bool:
    """Tell whether a request is for this dashboard, by its Host header; any is where names lack.

    Another name may belong to somebody whose page has it point here. (Of WebSockets streamlit asks
    the same.)
    """
    try:
        asked = urlsplit(f"//{host}").hostname or ""
    except ValueError:  # half of an address in brackets
        asked = ""
    return not names or any(
        name in ("*", asked) or (name.startswith("*.") and asked.endswith(name[1:]))
        for name in (*names, *LOOPBACK)
    )


class _Headers:
    def __init__(self, app: ASGIApp, *, names: Sequence[str], closed: bool) -> None:
        self._app = app
        self._names = names
        self._closed = closed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if not is_known(Headers(scope=scope).get("host", ""), self._names):
            await PlainTextResponse(NOT_KNOWN, 403)(scope, receive, send)
            return
        if self._closed and scope["path"].endswith(_FIGURES):
            await PlainTextResponse("Not found", 404)(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                _add(message)
            await send(message)

        await self._app(scope, receive, send_with_headers)


def _add(message: MutableMapping[str, Any]) -> None:
    headers = MutableHeaders(scope=message)
    for name, value in HEADERS.items():
        headers.setdefault(name, value)
