"""Where runs live: the runs folder, a run's id, and the path of every file of a run."""

from __future__ import annotations

import os
import re
import secrets
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mild.config.folders import runs_root as runs_root
from mild.errors import RunError

MOST_LISTED = 5
"""Ids in a sentence."""
CONFIG = "config.json"
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,99}")


@dataclass(frozen=True, slots=True)
class RunFolder:
    """The files of one run; nothing is read or written here."""

    path: Path

    @property
    def run_id(self) -> str:
        """The folder's name."""
        return self.path.name

    @property
    def config(self) -> Path:
        """What was asked of the run."""
        return self.path / CONFIG

    @property
    def database(self) -> Path:
        """State, epochs and rounds."""
        return self.path / "run.db"

    @property
    def progress(self) -> Path:
        """What run.db says, for readers on other machines."""
        return self.path / "progress.json"

    @property
    def job(self) -> Path:
        """As what the run was submitted, where a launcher did."""
        return self.path / "job.json"

    @property
    def lock(self) -> Path:
        """Held by the worker while it lives."""
        return self.path / "run.lock"

    @property
    def log(self) -> Path:
        """What the worker printed."""
        return self.path / "worker.log"

    @property
    def instances(self) -> Path:
        """Given labels, clean labels and names."""
        return self.path / "instances.parquet"

    @property
    def thumbnails(self) -> Path:
        """Small pictures of the training set."""
        return self.path / "thumbnails.npy"

    @property
    def texts(self) -> Path:
        """What instances are, where they are texts; of a recording alone, as the next three."""
        return self.path / "texts.parquet"

    @property
    def table(self) -> Path:
        """What instances are, where they are rows of a table."""
        return self.path / "table.parquet"

    @property
    def sounds(self) -> Path:
        """What instances are, where they are sounds: 16-bit samples, one sound after the other."""
        return self.path / "sounds.s16"

    @property
    def sound_places(self) -> Path:
        """Which sound is where in `sounds`."""
        return self.path / "sounds.npy"

    @property
    def held_out(self) -> Path:
        """Who is who in the held-out part; absent where nothing is held out, and in old runs."""
        return self.path / "held_out.parquet"

    @property
    def held_out_thumbnails(self) -> Path:
        """Small pictures of what is held out."""
        return self.path / "held_out_thumbnails.npy"

    @property
    def checkpoint(self) -> Path:
        """What a resume needs: the network and where training stands after the last epoch."""
        return self.path / "checkpoint" / "state.pt"

    @property
    def review(self) -> Path:
        """What people decided; written by them alone."""
        return self.path / "review.db"

    @property
    def reserve(self) -> Path:
        """Room set aside for the last sentence of a run whose disk is full."""
        return self.path / ".reserve"

    def round(self, number: int) -> Path:
        """Return the folder of a round, counted from 0."""
        return self.path / "rounds" / f"{number:03d}"

    def network(self, number: int) -> Path:
        """Return the network at the end of a round: where a branch starts."""
        return self.round(number) / "network.pt"


def new_run_id(words: str) -> str:
    """Make an id that tells people what and when, and that no second run gets.

    Examples
    --------
    >>> new_run_id("Digits, symmetric 40 %")  # doctest: +SKIP
    'digits-symmetric-40-20261122-101500-7f3a'
    """
    slug = re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")[:60].strip("-") or "run"
    return f"{slug}-{time.strftime('%Y%m%d-%H%M%S')}-{secrets.token_hex(2)}"


def find_run(run_id: str, root: Path | None = None) -> RunFolder:
    """Find the folder of a run by its id, or by the beginning of it where only one fits.

    Raises
    ------
    RunError
        If the id is not one, or no run or several have it.
    """
    root = root or runs_root()
    if not _ID.fullmatch(run_id):
        raise RunError(f"{run_id!r} is not the id of a run; `python -m mild runs` lists them.")
    exact = root / run_id
    try:
        if exact.is_dir() and not exact.is_symlink():
            return RunFolder(exact)
    except OSError as error:
        raise RunError(f"run {run_id}: {_out_of_reach(root, error)}") from error
    fitting = [item for item in run_folders(root) if item.run_id.startswith(run_id)]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        raise RunError(
            f"run {run_id!r}: {len(fitting)} begin with it in {root}; give more of the id of one "
            f"of them: {ids_in_words([item.run_id for item in fitting])}."
        )
    where = f"{root}" if root.is_dir() else f"{root}, and there is no such folder"
    raise RunError(
        f"run {run_id!r}: none is there in {where}; `python -m mild runs` lists the runs."
    )


def ids_in_words(ids: list[str]) -> str:
    """List the first few ids in words.

    Examples
    --------
    >>> ids_in_words(["a", "b"])
    'a, b'
    """
    more = f" and {len(ids) - MOST_LISTED} more" if len(ids) > MOST_LISTED else ""
    return ", ".join(ids[:MOST_LISTED]) + more


def run_folders(root: Path | None = None) -> list[RunFolder]:
    """List every run's folder, newest first by id's time; an absent runs folder holds none."""
    return _newest_first(list(_paths(root or runs_root())))


def any_run(root: Path | None = None) -> bool:
    """Whether there is a run at all, which costs nothing where there are thousands."""
    return next(_paths(root or runs_root()), None) is not None


def _paths(root: Path) -> Iterator[str]:
    try:
        with os.scandir(root) as entries:
            for entry in entries:
                if _ID.fullmatch(entry.name) and entry.is_dir(follow_symlinks=False):
                    yield entry.path
    except FileNotFoundError:
        return
    except OSError as error:
        raise RunError(_out_of_reach(root, error)) from error


def _out_of_reach(root: Path, error: OSError) -> str:
    return (
        f"runs folder {root} cannot be read ({error.strerror}); "
        "set MILD_RUNS_DIR to a folder you can read and write."
    )


def _newest_first(paths: list[str]) -> list[RunFolder]:
    """Order runs by day and second; those of one second by when their settings were written."""
    words = [path.rsplit("-", 3)[1:] for path in paths]  # day, second, four random characters
    alike = Counter(tuple(made[:2]) for made in words)
    ages = (
        (made[:2], _written(path) if alike[tuple(made[:2])] > 1 else 0, made[2:])
        for path, made in zip(paths, words, strict=True)
    )
    found = sorted(zip(ages, paths, strict=True), reverse=True)
    return [RunFolder(Path(path)) for _, path in found]


def _written(path: str) -> int:
    try:
        return os.stat(f"{path}{os.sep}{CONFIG}").st_mtime_ns  # noqa: PTH116 - thousands of them
    except OSError:
        return 0
