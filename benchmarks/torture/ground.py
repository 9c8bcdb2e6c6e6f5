"""The ground of a run: a folder, or as root a file system that can be filled and pulled away.

Mounts are made in a name space of their own, so that none is left behind however this ends.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

_CLONE_NEWNS = 0x00020000
MEGABYTES = 24
"""Size of the small file system."""


def own_mounts() -> bool:
    """From now on mounts of this process and its children are theirs alone; False if not root."""
    if os.geteuid() != 0 or not shutil.which("mount"):
        return False
    if ctypes.CDLL(None, use_errno=True).unshare(_CLONE_NEWNS) != 0:
        return False
    return _run("mount", "--make-rprivate", "/")


@dataclass(slots=True)
class Ground:
    """A place for one runs folder."""

    path: Path
    may_mount: bool
    _behind: Path | None = None
    """Where the files are while the place itself is a mount."""
    _driver: subprocess.Popen[bytes] | None = None
    _mounted: int = field(default=0)

    @property
    def runs(self) -> Path:
        """The runs folder."""
        return self.path / "runs"

    def make(self) -> None:
        """An empty folder."""
        self.path.mkdir(parents=True)
        self.runs.mkdir()

    def make_small(self) -> None:
        """A file system of its own, of few megabytes."""
        self.path.mkdir(parents=True)
        self._mount("-t", "tmpfs", "-o", f"size={MEGABYTES}m", "tmpfs", str(self.path))
        self.runs.mkdir()

    def make_remote(self, behind: Path) -> str:
        """A file system of a process of its own, or a second name of a folder; says which."""
        self._behind = behind
        behind.mkdir(parents=True)
        (behind / "runs").mkdir()
        self.path.mkdir(parents=True)
        return self._attach()

    def make_read_only(self) -> None:
        """Lay the same files over the place, read-only: also for root."""
        self._mount("--bind", str(self.path), str(self.path))
        for _ in range(200):  # busy while somebody has just opened a file to write
            if _run("mount", "-o", "remount,bind,ro", str(self.path)):
                return
            time.sleep(0.02)
        raise OSError(f"{self.path} cannot be made read-only")

    def take_cover_off(self) -> None:
        """Undo `make_read_only`."""
        self._unmount()

    def pull_away(self) -> None:
        """As when a network drive goes: what is open fails, and nothing is found any more."""
        if self._driver is not None:
            self._driver.send_signal(signal.SIGKILL)
            self._driver.wait()
            return
        self._unmount()

    def bring_back(self) -> None:
        """The drive is there again, with everything that had reached it."""
        if self._driver is not None:
            self._unmount()
        self._attach()

    def remove(self) -> None:
        """Nothing is left of it."""
        while self._mounted:
            self._unmount()
        if self._driver is not None:
            self._driver.kill()
            self._driver.wait()
        for folder in (self.path, self._behind):
            if folder is not None:
                shutil.rmtree(folder, ignore_errors=True)

    def _attach(self) -> str:
        assert self._behind is not None
        if shutil.which("bindfs") and Path("/dev/fuse").exists():
            words = ["bindfs", "-f", str(self._behind), str(self.path)]
            quiet = subprocess.DEVNULL
            self._driver = subprocess.Popen(words, stdout=quiet, stderr=quiet)
            for _ in range(100):
                if os.path.ismount(self.path):
                    self._mounted += 1
                    return "FUSE (bindfs), its process killed"
                time.sleep(0.05)
            raise OSError("bindfs does not mount here")
        self._mount("--bind", str(self._behind), str(self.path))
        return "a bind mount, taken away with umount -l"

    def _mount(self, *words: str) -> None:
        if not _run("mount", *words):
            raise OSError(f"mount {' '.join(words)} failed")
        self._mounted += 1

    def _unmount(self) -> None:
        _run("umount", "-l", str(self.path))
        self._mounted -= 1


def _run(*words: str) -> bool:
    done = subprocess.run(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    return done.returncode == 0
