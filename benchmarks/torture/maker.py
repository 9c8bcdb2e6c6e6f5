"""A process that makes, deletes or exports runs over and over, until it is killed.

`python -m benchmarks.torture.maker WHAT FOLDER`: the runs are in FOLDER/runs.
"""

from __future__ import annotations

import itertools
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from mild.config import parse
from mild.export.formats import FILES, FORMATS
from mild.export.formats.format import FolderFormat
from mild.export.table import reviewed
from mild.export.write import write_file
from mild.store.lifecycle.branch import branch_run
from mild.store.lifecycle.create import create_run
from mild.store.lifecycle.remove import delete_run, empty_trash, restore_run
from mild.store.run import Run, all_runs


def _create(root: Path, runs: list[Run]) -> None:
    create_run(runs[0].config(), root)


def _branch(root: Path, runs: list[Run]) -> None:
    settings = runs[0].config().model_dump(mode="json")
    settings["selection"] |= {"cuts": {0: 2.0}}
    branch_run(runs[0], 0, parse(settings))


def _trash(root: Path, runs: list[Run]) -> None:
    for run in runs:
        delete_run(run)
    for run in runs:
        restore_run(run.run_id, root)


def _empty(root: Path, runs: list[Run]) -> None:
    """Of copies, so that there is always something to empty."""
    ids = [f"{run.run_id[:-4]}{number:04x}" for number, run in enumerate(runs)]
    for run, run_id in zip(runs, ids, strict=True):
        draft = root.parent / run_id
        shutil.rmtree(draft, ignore_errors=True)
        shutil.copytree(run.folder.path, draft)
        (root / ".trash").mkdir(exist_ok=True)
        draft.rename(root / ".trash" / run_id)
    empty_trash(root)


def _export(root: Path, runs: list[Run]) -> None:
    found, folder = reviewed(runs[0], cut=None), root.parent / "out"
    folder.mkdir(exist_ok=True)
    for name in ("csv", "parquet"):
        write_file(folder / f"out.{name}", FILES[name].write(found), overwrite=True)
    images, writer = folder / "images", FORMATS["imagefolder"]
    shutil.rmtree(images, ignore_errors=True)
    if isinstance(writer, FolderFormat):
        writer.write(found, images, link=False, keep_undecided=False)


DOES: dict[str, Callable[[Path, list[Run]], None]] = {
    "create": _create,
    "branch": _branch,
    "trash": _trash,
    "empty": _empty,
    "export": _export,
}


def main(what: str, folder: Path) -> None:
    """Say that it begins, and go on until killed; `export-once` is done once."""
    root = folder / "runs"
    # The finished copies; an id that was drawn can look like theirs.
    known = (run for run in all_runs(root) if run.run_id[-4] == "c")
    runs = [run for run in known if run.state().state == "done"]
    print("ready", flush=True)
    if what == "export-once":
        _export(root, runs)
        return
    for _ in itertools.count():
        DOES[what](root, runs)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
