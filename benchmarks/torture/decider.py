"""A process that decides in a review, one image after another, and says what was kept.

`python -m benchmarks.torture.decider RUN SEED NOTES` writes a line to NOTES before it decides, and
another once the decision is kept: the second is what a person has seen on the page.
"""

from __future__ import annotations

import json
import os
import random
import sys
import time
import traceback
from pathlib import Path
from typing import Any

from mild.errors import MildError
from mild.store.folder import RunFolder
from mild.store.review.decision import VERDICTS, Decision, Window
from mild.store.review.decisions import decide, decisions

PAUSE_SECONDS = 0.1
N_INSTANCES, N_CLASSES = 500, 4


def go_on(folder: RunFolder, seed: int, notes: Path) -> None:
    """Decide until somebody ends this process."""
    rng, window, parent = random.Random(seed), Window(f"torture {seed}", 0), os.getppid()
    while os.getppid() == parent:  # a killed bench leaves nobody behind
        instance, verdict = rng.randrange(N_INSTANCES), rng.choice(VERDICTS)
        label = rng.randrange(N_CLASSES) if verdict == "relabel" else None
        line = [instance, verdict, label]
        _note(notes, "asks", line)
        try:
            decide(folder, {instance: Decision(verdict, label)}, window)  # type: ignore[arg-type]
            _note(notes, "kept", line)
        except MildError as error:
            _note(notes, "told", str(error))  # a sentence: nothing was kept
        except Exception:
            _note(notes, "trace", traceback.format_exc())
        time.sleep(PAUSE_SECONDS)


def wrongs_in(folder: RunFolder, notes: Path) -> list[str]:
    """Decisions that were kept and do not stand, in words; and traces."""
    lines = [json.loads(line) for line in notes.read_text().splitlines()] if notes.exists() else []
    wrongs = [f"trace: {what}" for kind, what in lines if kind == "trace"]
    kept: dict[int, list[Any]] = {}
    for kind, what in lines:
        if kind == "kept":
            kept[what[0]] = what[1:]
    open_end = lines[-1][1][0] if lines and lines[-1][0] == "asks" else None
    standing = decisions(folder)
    for instance, (verdict, label) in kept.items():
        found = standing.get(instance)
        if instance != open_end and (
            found is None or (found.verdict, found.label) != (verdict, label)
        ):
            wrongs.append(f"decision about image {instance} was {verdict}, is {found}")
    return wrongs


def n_kept(notes: Path) -> int:
    """How many decisions were kept."""
    return notes.read_text().count('["kept"') if notes.exists() else 0


def _note(notes: Path, kind: str, what: object) -> None:
    with notes.open("a", encoding="utf-8") as file:
        file.write(json.dumps([kind, what]) + "\n")


if __name__ == "__main__":
    go_on(RunFolder(Path(sys.argv[1])), int(sys.argv[2]), Path(sys.argv[3]))
