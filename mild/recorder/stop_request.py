"""A request to stop, from `python -m mild stop` or the dashboard, to the loop that may heed it."""

from __future__ import annotations

import os
import signal
import threading
from types import FrameType


class StopRequest:
    """Remembers the first SIGTERM; a second one does what it would have done without us."""

    def __init__(self) -> None:
        self.asked = False
        self.listening = False
        self._before: signal.Handlers | int | object = signal.SIG_DFL
        self._pid = os.getpid()

    def listen(self) -> None:
        """Begin to listen; only the main thread can, so elsewhere nothing is changed."""
        if threading.current_thread() is not threading.main_thread():
            return
        self._pid = os.getpid()
        self._before = signal.signal(signal.SIGTERM, self._ask)
        self.listening = True

    def restore(self) -> None:
        """Put back what was there, unless somebody else listens by now."""
        if self.listening and signal.getsignal(signal.SIGTERM) == self._ask:
            # None: a handler that was not set from Python, which Python cannot set again.
            signal.signal(signal.SIGTERM, self._before or signal.SIG_DFL)  # type: ignore[arg-type]

    def _ask(self, number: int, frame: FrameType | None) -> None:
        # In a forked worker of a data loader it is no request; and who asks twice means it.
        ends = self.asked or os.getpid() != self._pid
        self.asked = True
        self.restore()
        if callable(self._before):
            self._before(number, frame)
        elif ends and self._before is not signal.SIG_IGN:
            signal.signal(number, signal.SIG_DFL)  # a trainer may have put its handler over ours
            os.kill(os.getpid(), number)
