"""Where the dashboard listens, and whether it may: beyond this machine only knowingly."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

UNSAFE = "--unsafe-everyone-may-train"
UNSAFE_VARIABLE = "MILD_UNSAFE_EVERYONE_MAY_TRAIN"
"""Set to 1 it means the same, for containers."""


@dataclass(frozen=True, kw_only=True)
class Door:
    """How people get to the dashboard."""

    address: str | None
    """What it listens at; None or empty is every address that the machine has."""
    signs_in: bool = False
    """Whether it asks who somebody is."""
    unsafe: bool = False
    """Whether it was said that everybody who reaches it may do everything."""
    believes_headers: bool = False
    """Whether a header of the request says who somebody is, which anybody can write."""
    open_to_pages: bool = False
    """Whether pages of other sites may connect, because what forbids it was switched off."""

    any_name: bool = False
    """Whether it answers to every name, also to one that somebody else has point here."""
    past_the_server: bool = False
    """Whether a page's file was started by itself, past what looks at each request."""

    @property
    def local(self) -> bool:
        """Whether only this machine can connect."""
        return is_loopback(self.address or "")

    @property
    def shared(self) -> bool:
        """Whether others than the one at this machine are meant to use it."""
        return self.signs_in or self.unsafe

    @property
    def everyone(self) -> bool:
        """Whether whoever connects is its owner, without a sign-in."""
        return not self.signs_in and (self.local or self.unsafe)

    @property
    def for_this_machine(self) -> bool:
        """Whether nobody but the one at this machine is meant to connect."""
        return not self.shared

    def refusal(self) -> str | None:
        """Say why it must not open, and what to do instead; None where it may."""
        if self.past_the_server:
            return (
                "A page was started by itself here, past what keeps web pages of others out. Start "
                "the dashboard as a whole: mild show, or streamlit run app.py."
            )
        if self.any_name and not self.shared:
            return (
                "server.allowedHosts has a *: a web page elsewhere could give this machine a name "
                "of its own, and act in yours. List the names by which browsers call the dashboard "
                "(docs/remote.md)."
            )
        if self.open_to_pages and not self.unsafe:
            return (
                "server.enableCORS or server.enableXsrfProtection is switched off, or "
                "global.developmentMode on: any web page that somebody has open beside the "
                "dashboard could act in their name. Leave these settings out."
            )
        if self.local:
            return None
        where = f"at {self.address}" if self.address else "at every address of this machine"
        if self.signs_in and self.believes_headers:
            return (
                f"The dashboard is to listen {where} and to believe request headers "
                "(server.trustedUserHeaders), which whoever connects can write. Leave that "
                "setting out, or listen at 127.0.0.1 behind the proxy that writes them."
            )
        if self.signs_in or self.unsafe:
            return None
        return (
            f"The dashboard is to listen {where}, where others can reach it, and nobody has to "
            "sign in: whoever reaches it could train on this machine, read its images and delete "
            "runs. Leave the address out (docs/remote.md shows a tunnel), set up a sign-in "
            f"(docs/remote.md), or, if everybody may do all that, say {UNSAFE} (behind `--`, or "
            f"{UNSAFE_VARIABLE}=1)."
        )


def is_loopback(address: str) -> bool:
    """Tell whether only this machine can connect to an address, or to the name localhost.

    Examples
    --------
    >>> is_loopback("127.0.0.1"), is_loopback("[::1]"), is_loopback("0.0.0.0")
    (True, True, False)
    """
    address = address.strip().strip("[]")
    if address.lower() == "localhost":
        return True
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    mapped = getattr(found, "ipv4_mapped", None)
    return (mapped or found).is_loopback


def said_unsafe(arguments: Sequence[str], environment: Mapping[str, str] = os.environ) -> bool:
    """Tell whether whoever starts the dashboard said that everybody may do everything."""
    return UNSAFE in arguments or environment.get(UNSAFE_VARIABLE) == "1"
