"""Telling drives that can go away under their readers: of a network, or of a program (FUSE).

A file that is mapped is read without asking anybody. If its drive is gone by then, there is no
error to be told: the kernel ends the process (SIGBUS), a dashboard with all its windows. What is
read by calls is told as an error.
"""

from __future__ import annotations

import ctypes
import functools
import os
import sys
from collections.abc import Callable
from pathlib import Path

_REMOTE = frozenset((
    0x6969, 0x517B, 0xFF534D42, 0xFE534D42, 0x65735546, 0x01021997, 0x00C36400, 0x5346414F,
    0x0BD00BD0, 0x47504653, 0x19830326, 0x20030528, 0x786F4256,
))  # fmt: skip
"""What Linux calls file systems (man 2 statfs): NFS, SMB three times, FUSE, 9P, Ceph, AFS, Lustre,
GPFS, BeeGFS, OrangeFS, VirtualBox."""
_ROOM = 512
"""Bytes; a `struct statfs` takes 120."""


def may_go_away(path: Path) -> bool:
    """Tell whether a path lies on such a drive; False where the system does not tell."""
    statfs = _statfs()
    if statfs is None:
        return False
    answer = ctypes.create_string_buffer(_ROOM)
    if statfs(os.fsencode(path), answer) != 0:
        return False
    return (ctypes.c_long.from_buffer(answer).value & 0xFFFFFFFF) in _REMOTE


@functools.cache
def _statfs() -> Callable[..., int] | None:
    if not sys.platform.startswith("linux"):
        return None
    found: Callable[..., int] | None = getattr(ctypes.CDLL(None), "statfs", None)
    return found
