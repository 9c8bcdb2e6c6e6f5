"""A process that looks at every run again and again, as a page does, and remembers what it saw.

`python -m benchmarks.torture.observer FOLDER NOTES` looks at the runs in all runs folders below
FOLDER and writes a line of JSON to NOTES for each thing that it sees for the first time, and for
each thing that was there and is no more, or is another. An error that is not one of ours is a line,
too: on a page it would be a trace.
"""

from __future__ import annotations

import json
import os
import sys
import time
import traceback
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.torture.committed import committed
from mild.errors import MildError
from mild.store.run import Run, all_runs

PAUSE_SECONDS = 0.2
PATIENCE_SECONDS = 20.0
"""What is hidden for so long, in a run that can be read, is lost."""
RUNS = "runs"
"""The name of every runs folder."""


@dataclass(slots=True)
class Observer:
    """What was seen so far of all runs."""

    notes: Path
    seen: dict[tuple[str, str], str] = field(default_factory=dict)
    hidden: dict[tuple[str, str], float] = field(default_factory=dict)
    """Since when, by the monotonic clock."""

    def look(self, folder: Path) -> None:
        """Look at every run once."""
        for root in (place / RUNS for place in sorted(folder.iterdir())):
            try:
                runs = all_runs(root)
            except MildError:
                continue  # a sentence: the folder is away just now
            for run in runs:
                self._look_at(run)

    def _look_at(self, run: Run) -> None:
        try:
            run.state()
            found = committed(run)
        except (MildError, OSError):
            return  # a sentence, on pages as well: files are away just now
        except Exception:
            self._note("trace", run, traceback.format_exc())
            return
        for name, digest in found.items():
            self.hidden.pop((run.run_id, name), None)
            if self.seen.setdefault((run.run_id, name), digest) != digest:
                self._note("changed", run, name)
        self._miss(run, found)

    def _miss(self, run: Run, found: dict[str, str]) -> None:
        now = time.monotonic()
        for run_id, name in self.seen:
            if run_id == run.run_id and name not in found:
                since = self.hidden.setdefault((run_id, name), now)
                if now - since > PATIENCE_SECONDS:
                    self._note("lost", run, name)

    def _note(self, kind: str, run: Run, what: str) -> None:
        with self.notes.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"kind": kind, "run": run.run_id, "what": what}) + "\n")


def watch(folder: Path, notes: Path) -> None:
    """Look until somebody ends this process; what was seen is saved after each look."""
    observer, saved, parent = Observer(notes), -1, os.getppid()
    while os.getppid() == parent:  # a killed bench leaves nobody behind
        observer.look(folder)
        if len(observer.seen) != saved:
            saved = len(observer.seen)
            lines = [[run, name, digest] for (run, name), digest in observer.seen.items()]
            draft = notes.with_suffix(".draft")
            draft.write_text(json.dumps(lines))
            draft.replace(notes.with_suffix(".seen"))
        time.sleep(PAUSE_SECONDS)


def looks(notes: Path) -> bool:
    """Tell whether an observer has begun to look."""
    return notes.with_suffix(".seen").is_file()


def seen_of(notes: Path, run_id: str) -> dict[str, str]:
    """What an observer saw of a run: name -> digest."""
    path = notes.with_suffix(".seen")
    lines: list[Any] = json.loads(path.read_text()) if path.is_file() else []
    return {name: digest for run, name, digest in lines if run == run_id}


def wrongs_of(notes: Path) -> list[str]:
    """What an observer found wrong, in words."""
    if not notes.is_file():
        return []
    lines = [json.loads(line) for line in notes.read_text().splitlines()]
    return list(dict.fromkeys(f"{line['kind']}: {line['what']}" for line in lines))


if __name__ == "__main__":
    watch(Path(sys.argv[1]), Path(sys.argv[2]))
