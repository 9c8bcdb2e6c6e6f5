"""A fault: what is done, and on what ground."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from benchmarks.torture.ground import Ground
from benchmarks.torture.scene import Scene

Place = Literal["folder", "small", "remote"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """One way to hurt a run, or those who make and delete runs."""

    name: str
    what: str
    """In words."""
    act: Callable[[Scene], None]
    """Does it, at a random moment, and undoes what nobody could resume under."""
    trains: bool = True
    """Whether a run is started before, and brought to its end after."""
    place: Place = "folder"
    by_clock: bool = False
    """Whether everybody lives by a clock that can be set."""
    order: int = 0

    def prepare(self, ground: Ground, behind: Path) -> str:
        """Make the ground; says in words what stands for what, where that differs by machine."""
        if self.place == "remote" and ground.may_mount:
            return ground.make_remote(behind)
        if self.place == "small" and ground.may_mount:
            ground.make_small()
            return "a tmpfs of a few megabytes"
        ground.make()
        return ""
