"""Whose files are taken: those of sessions whose page asks for one.

Streamlit takes files of everybody who is connected, a stranger too, and keeps them in memory.
"""

from __future__ import annotations

from streamlit.runtime.scriptrunner import get_script_run_ctx

NOT_ASKED = "No page of this dashboard that is open asks for a file."
MOST = 10_000
"""Sessions that are remembered, the latest."""
_WHERE = "/_stcore/upload_file/"
_asking: dict[str, None] = {}


def asks_for_a_file() -> None:
    """Take files of the present session from now on, because its page asks for one."""
    if (context := get_script_run_ctx(suppress_warning=True)) is None:
        return
    _asking.pop(context.session_id, None)
    _asking[context.session_id] = None
    while len(_asking) > MOST:
        del _asking[next(iter(_asking))]


def is_asked_for(path: str) -> bool:
    """Tell whether what is sent to this path is no file, or one that a page asks for."""
    _, where, rest = path.rpartition(_WHERE)
    return not where or rest.partition("/")[0] in _asking
