"""A folder of images to train on: what may be written where, whole or not at all, and the account.

Legend: A instances by index: the training set, and after it the held-out part.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from mild.access.paths import is_elsewhere, refusal
from mild.data.originals import has_originals
from mild.data.places import path_of
from mild.data.sources.listed import Listed
from mild.errors import ExportError
from mild.export.folders.account import account_of
from mild.export.folders.leftovers import sweep_beside
from mild.export.table import LEFT_OUT, Reviewed
from mild.words import some

MAX_BYTES = 120
"""Of a name: file systems allow 255, and " (2)" must still fit."""
N_NAMED = 5
UNFIT = re.compile(
    r'[/\\:*?"<>|\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]'
)
"""What some file system does not allow in a name."""


@dataclass(frozen=True, kw_only=True, slots=True)
class WrittenFolder:
    """What was written."""

    n_source: int
    """Images that the source has: the sum of those below."""
    n_written: int
    n_left_out: int
    """By the run's verdict, or by a decision."""
    n_unreadable: int
    """Passed over while the source was read."""
    n_set_aside: int
    """By `validation_fraction`, unused."""
    n_not_in_run: int
    """Not among what the run read; `note` says why that may be."""
    folders: dict[str, str]
    """Class -> its sub-folder, where there is one for each: another name where the class's own is
    no name of a folder."""
    note: str


def written_folder(
    found: Reviewed,
    label_A: npt.NDArray[np.int64],
    listed: Listed | None,
    folders: list[str] | None,
) -> WrittenFolder:
    """Account for every image of the source; `folders` has one for each class, by its label."""
    account = account_of(found, listed)
    names = found.measured.class_names
    kept_A = label_A != LEFT_OUT
    used = sorted(set(label_A[kept_A].tolist()))
    from_run = not has_originals(found.config.data)
    png_note = "Written as PNG from the pictures that the run holds." if from_run else ""
    empty = [name for label, name in enumerate(names) if label not in used]
    return WrittenFolder(
        n_source=account.n_source,
        n_written=int(kept_A.sum()),
        n_left_out=found.measured.n - int(kept_A.sum()),
        n_unreadable=account.n_unreadable,
        n_set_aside=account.n_set_aside,
        n_not_in_run=account.n_not_in_run,
        folders={names[label]: folders[label] for label in used} if folders else {},
        note=" ".join(item for item in (png_note, _empty(empty), account.note) if item),
    )


def _empty(names: list[str]) -> str:
    if not names:
        return ""
    shown = some([f"'{name}'" for name in names], N_NAMED)
    of = "the class" if len(names) == 1 else f"{len(names)} classes"
    return f"Nothing is written of {of} {shown}."


def check_output(found: Reviewed, output: Path, n_kept: int) -> None:
    """Refuse an output that is not empty, lies in the data set, or where nothing may be written.

    Raises
    ------
    ExportError
        Also where nothing is kept.
    """
    if why := refusal(output):
        raise ExportError(why)
    if n_kept == 0:
        raise ExportError(f"run {found.run.run_id}: no image is kept, so there is none to write.")
    if output.exists() and (not output.is_dir() or any(output.iterdir())):
        what = "is not empty" if output.is_dir() else "is a file"
        raise ExportError(f"{output} {what}; give a folder that is empty or does not exist yet.")
    data = found.config.data
    if not has_originals(data) or is_elsewhere(data.path or ""):
        return
    source = path_of(data).resolve()
    source = source.parent if source.is_file() else source
    if source.exists() and output.resolve().is_relative_to(source):
        raise ExportError(
            f"{output} lies in the data set's own folder {source}; give a folder outside of it."
        )


@contextmanager
def making(output: Path) -> Iterator[Path]:
    """Hand out a folder beside the output, which takes the output's name when it is whole.

    Raises
    ------
    ExportError
        If it cannot be written; nothing is left behind then.
    """
    folder = output.with_name(f".making-{output.name}-{os.getpid()}")
    try:
        sweep_beside(output)
        folder.mkdir(parents=True)
        yield folder
        folder.rename(output)
    except OSError as error:
        raise ExportError(
            f"{output} cannot be written ({error.strerror or error}); "
            "name a folder that you can write, on a disk with room."
        ) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def as_file_name(name: str) -> str:
    """Make a file name: no separator, no leading dot (hidden, or the folder above), not long."""
    name = UNFIT.sub("_", name).strip(". ")
    return name.encode(errors="replace")[:MAX_BYTES].decode(errors="ignore").rstrip(". ")
