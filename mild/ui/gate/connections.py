"""Which connections are answered: by the way they come, the name they ask for, and the page."""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import SplitResult, urlsplit

from mild.access.door import is_loopback

LOOPBACK = ("127.0.0.1", "localhost", "::1")
"""Names that no page of somebody else can have, so that they are always answered."""
NOT_KNOWN = (
    "This dashboard is not known by the name in the address. Whoever runs it can add the name to "
    "server.allowedHosts (docs/remote.md)."
)
NOT_HERE = (
    "This dashboard is for the machine that it runs on, and nobody has to sign in. Whoever runs it "
    "can set up a sign-in (docs/remote.md)."
)
NOT_OURS = "Only pages of this dashboard itself may do this."
_PORTS = {"http": 80, "https": 443}


def came_from_here(server: tuple[str, int | None] | None) -> bool:
    """Tell whether a connection came in at an address that only this machine can reach.

    `server` is where it came in, as the socket says: whatever program serves the dashboard, and
    whatever address that was told to listen at.
    """
    if server is None:
        return False
    return is_loopback(server[0]) or server[0].startswith("/")  # a socket in the file system


def is_known(host: str, names: Collection[str]) -> bool:
    """Tell whether a request is for this dashboard, by its Host header; any is where names lack.

    Another name may belong to somebody whose page has it point here. (Of WebSockets streamlit asks
    the same.)
    """
    asked = (_parts(f"//{host}").hostname or "").rstrip(".")
    return not names or any(
        name in ("*", asked) or (name.startswith("*.") and asked.endswith(name[1:]))
        for name in (*names, *LOOPBACK)
    )


def is_own_page(origin: str | None, host: str, allowed: Collection[str]) -> bool:
    """Tell whether a page of the dashboard itself asks, or no page at all.

    Another port of the same machine is another site; where `host` has none, it is the usual one.
    """
    if origin is None or origin in allowed:
        return True
    page, here = _parts(origin), _parts(f"//{host}")
    if page.hostname is None or page.hostname != here.hostname or page.scheme not in _PORTS:
        return False
    usual = _PORTS[page.scheme]
    return _port(here, usual) == _port(page, usual) != 0


def _parts(address: str) -> SplitResult:
    try:
        return urlsplit(address)
    except ValueError:  # half of an address in brackets
        return urlsplit("")


def _port(address: SplitResult, usual: int) -> int:
    try:
        return usual if address.port is None else address.port
    except ValueError:
        return 0
