"""Which machine this is and who is at work on it, for readers on other machines."""

from __future__ import annotations

import functools
import getpass
import os
import platform
from pathlib import Path

_BOOT = Path("/proc/sys/kernel/random/boot_id")
_PROCESSES = Path("/proc/self/ns/pid")


def machine() -> str:
    """Return the name of this machine, as its user knows it."""
    return platform.node() or "a machine without a name"


@functools.cache
def boot() -> str:
    """Return what tells this machine from others of its name; empty where the system has nothing.

    A container numbers its processes on its own, so it counts as another machine.
    """
    try:
        return f"{_BOOT.read_text().strip()} {_PROCESSES.readlink()}"
    except OSError:
        return ""


@functools.cache
def os_user() -> str:
    """Return the name of who runs this process, else the number."""
    try:
        import pwd

        return pwd.getpwuid(os.getuid()).pw_name
    except (ImportError, KeyError, AttributeError):
        pass
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return str(getattr(os, "getuid", lambda: "somebody")())
