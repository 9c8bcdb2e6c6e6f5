"""A run with hostile text in every place where anybody may have written some."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from mild.store.review import about
from mild.store.run import Run
from mild.store.writer import RunWriter, append_log
from tests.runs_for_tests import Until, write_run

MARKUP = "<img src=x onerror=alert(1) data-owned><script>alert(2)</script><b data-owned>b</b>"
MARKDOWN = (
    "*own* **own** `own` [own](http://evil.example/) ![own](http://evil.example/i.png) $own^2$ "
    ":red[own] :material/home: :smile: www.evil.example -> ~~own~~"
)
CONTROL = "\x1b[31mown\x1b[0m\x00\x07\u202egnp.exe\u2066\u200b\x9b2J"
FORMULA = "=HYPERLINK(0)|cmd"
LONG = "own " * 2_500
TEXTS = (MARKUP, MARKDOWN, CONTROL, FORMULA, LONG)
CLASSES = (f"{MARKUP} {LONG}", MARKDOWN, f"{CONTROL}/../..\\", FORMULA)
SENTENCE = " ".join(TEXTS)


def write_hostile_run(root: Path, until: Until = "done", **asked: Any) -> Run:
    """A run whose every text is hostile; its settings are the usual ones of a test."""
    run = write_run(root, until=until, name=f"{MARKUP[:40]} $x^2$ *own*", **asked)
    if run.has_instances():
        found = run.instances()
        names = tuple(f"{TEXTS[i % 5]} {i}" for i in range(len(found.names)))
        writer = RunWriter(run.folder)
        writer.instances(given_N=found.given_N, clean_N=found.clean_N, names=names)
        writer.facts(
            class_names=CLASSES,
            description=SENTENCE,
            device_reason=SENTENCE,
            notes=[SENTENCE],
            network=SENTENCE,
        )
        writer.event("note", SENTENCE)
        writer.close()
    _say(run)
    append_log(run.folder, f"Traceback (most recent call last):\n{SENTENCE}")
    about.tag(run.folder, ("*own* [own](http://evil.example)", MARKUP[:50], "=1+1"))
    return run


def _say(run: Run) -> None:
    """In every sentence of run.db, and as a name in review.db that no page of ours would take."""
    with closing(sqlite3.connect(run.folder.database)) as database, database:
        database.execute("UPDATE state SET sentence = ?", (SENTENCE,))
        database.execute("UPDATE rounds SET note = ?, can_tell_reason = ?", (SENTENCE, SENTENCE))
        database.execute("UPDATE events SET sentence = ?", (SENTENCE,))
    about.rename(run.folder, "to be replaced")
    with closing(sqlite3.connect(run.folder.review)) as database, database:
        database.execute("UPDATE about SET value = ? WHERE key = 'name'", (SENTENCE,))
