"""A request to stop, from SIGTERM to the batch that heeds it."""

from __future__ import annotations

import signal


class Stopped(Exception):  # noqa: N818 - not an error: somebody asked for it
    """Raised at the batch after a request to stop."""


class Stop:
    """Remembers that somebody asked for the end."""

    def __init__(self) -> None:
        self.asked = False

    def listen(self) -> None:
        """Take SIGTERM for a request from now on; SIGINT and SIGHUP are left to the terminal."""
        signal.signal(signal.SIGTERM, self._ask)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        if hasattr(signal, "SIGHUP"):  # not on Windows
            signal.signal(signal.SIGHUP, signal.SIG_IGN)

    def __call__(self) -> bool:
        """Tell whether somebody asked."""
        return self.asked

    def check(self) -> None:
        """Raise `Stopped` if somebody asked."""
        if self.asked:
            raise Stopped

    def check_here(self) -> None:
        """Check where other processes of the run do something else meanwhile."""
        self.check()

    def _ask(self, *_: object) -> None:
        self.asked = True
