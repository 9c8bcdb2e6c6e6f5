"""How the dashboard gives memory back, so that days of polling do not grow it."""

from __future__ import annotations

import ctypes
import sys

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3
"""Numbers of glibc's `mallopt` (man 3 mallopt)."""
LARGE = 128 * 1024
"""Bytes; where glibc begins, before it adapts."""


def give_back_large_blocks() -> bool:
    """Have blocks of 128 kB and more go back to the system once freed; tell whether it will.

    Left alone, glibc raises that limit to the largest block freed so far. Arrays of a run, a bit
    longer after each epoch, then leave gaps in its heap that nothing fits into. Other systems and
    other C libraries are left alone.
    """
    if not sys.platform.startswith("linux"):
        return False
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is None:
        return False
    return all(mallopt(which, LARGE) == 1 for which in (_M_MMAP_THRESHOLD, _M_TRIM_THRESHOLD))
