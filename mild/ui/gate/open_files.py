"""How many files and connections the dashboard may have open: as many as the system lets it."""

from __future__ import annotations

MOST = 8192
"""Streamlit keeps three for each window that was closed in the last two minutes, up to 128."""


def allow_more_open_files() -> int | None:
    """Raise the limit of this process, 256 on macOS; returns it, None where there is none."""
    try:
        import resource
    except ImportError:  # Windows
        return None
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = MOST if hard == resource.RLIM_INFINITY else min(MOST, hard)
    if soft == resource.RLIM_INFINITY or soft >= most:
        return soft
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    except (OSError, ValueError):  # a system may allow less than it says
        return soft
    return most
