"""What happens once, when the dashboard starts: it opens, or ends with a sentence."""

from __future__ import annotations

import sys
import threading
import webbrowser
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import streamlit as st
from streamlit import config

from mild.access import asked_by
from mild.access.door import Door
from mild.access.paths import close_all_places
from mild.errors import AccessError
from mild.ui.frame.boundary import tell
from mild.ui.gate import policy, who
from mild.ui.gate.memory import give_back_large_blocks
from mild.ui.gate.middleware import middleware
from mild.ui.gate.open_files import allow_more_open_files


def opened(meanwhile: Callable[[], None]) -> dict[str, Any]:
    """Settle who may do what, and return what streamlit is to serve with.

    `meanwhile` is done while the first browser loads the part of its own: what the first page needs
    is imported.
    Ends the process, with a sentence on standard error, where it may not listen as it is asked to.
    """
    try:
        settled = policy.read_settings()
    except AccessError as error:
        sys.exit(str(error))
    if why := settled.door.refusal() or _lacking(settled):
        sys.exit(why)
    policy.settle(settled)
    give_back_large_blocks()
    allow_more_open_files()
    asked_by(who.user)
    if settled.door.shared:
        close_all_places()
    return {
        "lifespan": partial(_lifespan, meanwhile),
        "middleware": middleware(settled),
        "on_script_error": _say,
    }


def _lacking(settled: policy.Policy) -> str | None:
    """List what a sign-in needs and is not installed."""
    if not settled.door.signs_in:
        return None
    try:
        from authlib.integrations import starlette_client  # noqa: F401
    except ImportError as error:
        return f'Signing in needs {error.name}, not installed here: pip install "mild[auth]"'
    return None


@asynccontextmanager
async def _lifespan(meanwhile: Callable[[], None], _: st.App) -> AsyncIterator[None]:
    """Print where the server is, and open a browser where one is wanted."""
    door = policy.policy().door
    where = (
        f"{'https' if config.get_option('server.sslCertFile') else 'http'}://{_host(door.address)}"
    )
    port, path = (
        config.get_option("server.port"),
        config.get_option("server.baseUrlPath").strip("/"),
    )
    url = f"{where}:{port}/{path}"
    print(f"\n  MILD is at {url}\n  {_for_whom(door)} Ctrl-C ends it.\n", flush=True)
    if not config.get_option("server.headless"):
        threading.Thread(target=webbrowser.open, args=(url,), daemon=True).start()
    threading.Thread(target=meanwhile, daemon=True).start()
    yield


def _host(address: str | None) -> str:
    """Name the host: localhost stands for every address of the machine."""
    if address in (None, "", "0.0.0.0", "::"):
        return "localhost"
    return f"[{address}]" if address and ":" in address else str(address)


def _for_whom(door: Door) -> str:
    if door.signs_in:
        return "For people who sign in and have a role."
    if door.local:
        return "For this machine only."
    return "For EVERYBODY who reaches this machine: they can train here, read images, delete runs."


def _say(error: Exception) -> bool:
    """Show an error from outside a page's boundary, as in a callback, as a sentence."""
    tell(error)
    return True
