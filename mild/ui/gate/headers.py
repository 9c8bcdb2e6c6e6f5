"""What a browser is told with every answer: load nothing from elsewhere, be in nobody's frame."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

from starlette.datastructures import MutableHeaders

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
        "form-action 'self'",
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
_COOKIE = "set-cookie"


def add_headers(message: MutableMapping[str, Any], *, encrypted: bool) -> None:
    """Add them to the start of an answer; cookies of an encrypted dashboard stay on such ways."""
    headers = MutableHeaders(scope=message)
    for name, value in HEADERS.items():
        headers.setdefault(name, value)
    if encrypted and (cookies := headers.getlist(_COOKIE)):
        del headers[_COOKIE]
        for cookie in cookies:
            headers.append(_COOKIE, cookie if _is_secure(cookie) else f"{cookie}; Secure")


def _is_secure(cookie: str) -> bool:
    return any(part.strip().lower() == "secure" for part in cookie.split(";")[1:])
