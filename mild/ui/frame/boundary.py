"""The one place where an error becomes a sentence on a page."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import ParamSpec

import streamlit as st

from mild.access import Role, needs
from mild.errors import MildError, out_of_reach
from mild.ui.words import plain, sentence

Arguments = ParamSpec("Arguments")
_log = logging.getLogger("mild")


@contextmanager
def errors_as_sentences() -> Iterator[None]:
    """Show what goes wrong inside as a sentence; the trace goes to the server's log."""
    try:
        yield
    except Exception as error:
        tell(error)


def tell(error: Exception) -> None:
    """Show an error as a sentence, within an `except` or without."""
    if isinstance(error, MildError):
        st.error(sentence(str(error)), icon=":material/error:")
    elif isinstance(error, OSError):  # a disk that is full, read-only or gone
        _log.error("a page could not reach a file", exc_info=error)
        st.error(plain(f"{out_of_reach(error)}, then reload the page."), icon=":material/error:")
    else:
        _log.error("a page failed", exc_info=error)
        st.error(
            "Something went wrong on this page, and the fault is ours. Your runs are safe. "
            "Reload the page; if it happens again, report it with what the server's log says.",
            icon=":material/bug_report:",
        )


def fragment(
    function: Callable[Arguments, None], *, run_every: float | None = None
) -> Callable[Arguments, None]:
    """Make a part of a page rerun by itself, with an error boundary of its own.

    A rerun of it does not pass the page's door, so it asks each time who looks.
    """
    allowed = needs(Role.VIEWER, "Looking at runs")(function)

    @functools.wraps(function)
    def guarded(*args: Arguments.args, **kwargs: Arguments.kwargs) -> None:
        with errors_as_sentences():
            allowed(*args, **kwargs)

    return st.fragment(guarded, run_every=run_every)
