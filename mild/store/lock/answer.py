"""What the kernel answers when it is asked about a lock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Held = Literal["held", "free", "unknown"]


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether somebody holds a lock, as far as this process can learn."""

    held: Held
    """`unknown` where the file may not be opened, or its file system knows no locks."""
    pid: int | None = None
    """Who holds it, where the kernel tells: not on another machine, and not on every system."""


FREE = Answer("free")
UNKNOWN = Answer("unknown")
