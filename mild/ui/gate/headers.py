"""What a browser is told with every answer: load nothing from elsewhere, be in nobody's frame."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import config

from mild.access.door import Door

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
"""Names that no page of somebody else can have, so that they are always answered."""
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
    names = [str(name) for name in config.get_option("server.allowedHosts") or ()]
    found = [Middleware(TrustedHostMiddleware, [*names, *LOOPBACK], False)] if names else []
    return [*found, Middleware(_Headers, closed=door.shared)]


class _Headers:
    def __init__(self, app: ASGIApp, *, closed: bool) -> None:
        self._app = app
        self._closed = closed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
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
