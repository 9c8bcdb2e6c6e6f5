"""Exit a worker's process with its status, once all else is done."""

from __future__ import annotations

import atexit
import os
import sys
from typing import NoReturn


class WorkerExit:
    """Ends the process with a status, once everything else that was asked for at its exit is done.

    Python and PyTorch are not unloaded: a thread of PyTorch's that still needs Python by then is
    killed by it, and aborts a process whose work is done. It also takes a while.
    """

    def __init__(self) -> None:
        """To be made before anything else asks for its turn at the exit."""
        self.status = 1
        """Of a process that ends by an error that nobody caught."""
        atexit.register(self._leave)  # the first to be registered is the last to be called

    def _leave(self) -> NoReturn:
        try:
            for stream in (sys.stdout, sys.stderr):
                stream.flush()
        finally:
            os._exit(self.status)
