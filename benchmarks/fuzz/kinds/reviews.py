"""reviews: what people decided, damaged or edited by somebody; it is asked, and added to."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np

from benchmarks.fuzz.damage import acting_pickle, damaged, never_run
from benchmarks.fuzz.edits import edited
from benchmarks.fuzz.kind import Case, Kind
from benchmarks.fuzz.small_run import N, write_small_run
from benchmarks.fuzz.values import Random, changed
from mild.analysis.agreement import agreements
from mild.analysis.checks.spot_checks import checked
from mild.errors import MildError
from mild.export.formats import FILES
from mild.export.reviewing import reviewing
from mild.export.table import reviewed
from mild.store import ended_runs
from mild.store.job import Job, read_job, write_job
from mild.store.named import named_run
from mild.store.overview import overview
from mild.store.review import about, checks, conflicts, cuts, decisions, history, opinions
from mild.store.review.decision import Decision, Window
from mild.store.review.reviewers import decided_by
from mild.store.run import Run

KEPT_N = np.arange(N) % 2 == 0
_MINE, _ANOTHERS = Window("a window", 0, "ann"), Window("another window", 0, "ben")


def _prepare(folder: Path) -> Case:
    run = write_small_run(folder)
    _review(run)
    write_job(run.folder, Job(launcher="line", id="1"))
    line = overview(run)
    ended_runs.write(folder, {run.run_id: (ended_runs.look(run.folder), line)})
    beside = [run.folder.review, run.folder.job, run.folder.progress, folder / ended_runs.NAME]
    whole = {path: path.read_bytes() for path in beside}
    proof = folder / "proof"
    pickled = acting_pickle(proof)

    def case(rng: Random) -> None:
        path = beside[int(rng.choice(len(beside), p=(0.7, 0.1, 0.1, 0.1)))]
        for _ in range(rng.integers(1, 4)):
            _damage(path, rng, pickled)
        try:
            with never_run(proof):
                _ask(Run(run.folder), folder, rng)
        finally:
            for left in folder.rglob("*.db-*"):
                left.unlink()
            for known, content in whole.items():
                known.write_bytes(content)

    return case


def _review(run: Run) -> None:
    """Two reviewers who do not agree, a check, and a cut."""
    folder = run.folder
    decisions.decide(folder, {3: Decision("keep"), 4: Decision("relabel", 1)}, _MINE)
    opinions.give(folder, {3: Decision("drop"), 4: Decision("relabel", 1)}, _ANOTHERS)
    checks.add_sample(
        folder, range(0, N, 3), strata_A=np.zeros(N, dtype=np.uint8), sizes=(N, 0), seed=0,
        number=None, cut=None, n_samples=0,
    )  # fmt: skip
    checks.answer(folder, {0: "right", 3: "wrong"}, "a window")
    cuts.store_cut(folder, 0, 2.5)


def _damage(path: Path, rng: Random, pickled: bytes) -> None:
    content = path.read_bytes()
    with suppress(Exception):  # what is damaged already cannot be edited
        if rng.random() < 0.6 and (found := _edited(path, content, rng)) is not None:
            path.write_bytes(found)
            return
    path.write_bytes(damaged(content, rng, pickled))


def _edited(path: Path, content: bytes, rng: Random) -> bytes | None:
    if path.suffix == ".json":
        found = changed(json.loads(content), rng, int(rng.integers(1, 4)))
        return json.dumps(found).encode("utf-8", "surrogatepass")
    return edited(path, content, rng)


def _ask(run: Run, root: Path, rng: Random) -> None:
    """Each by itself: what one finds wrong keeps no other from being asked."""
    folder = run.folder
    index = int(rng.integers(N))
    asked: list[Callable[[], object]] = [
        lambda: overview(run),
        lambda: named_run("a name", root),
        lambda: ended_runs.read(root),
        lambda: read_job(folder),
        lambda: run.state(),
        lambda: about.about(folder),
        lambda: checks.checks(folder),
        lambda: checks.strata(folder, 1),
        lambda: checked(run, KEPT_N, ~KEPT_N),
        lambda: FILES["csv"].write(reviewed(run)),
        lambda: conflicts.conflicts(folder),
        lambda: cuts.given_cut(folder, 0),
        lambda: decisions.decisions(folder),
        lambda: decisions.since(folder, 1),
        lambda: decided_by(folder),
        lambda: history.history(folder, index),
        lambda: opinions.opinions(folder),
        lambda: opinions.of_reviewer(folder, "ben"),
        lambda: agreements(folder),
        lambda: reviewing(folder, N),
        lambda: decisions.decide(folder, {index: Decision("drop")}, _MINE),
        lambda: decisions.undo(folder, _MINE),
        lambda: decisions.redo(folder, _MINE),
        lambda: opinions.give(folder, {index: Decision("keep")}, _ANOTHERS),
        lambda: opinions.undo(folder, _ANOTHERS),
        lambda: checks.answer(folder, {0: None, 3: "unknown"}, "a window"),
        lambda: checks.undo_answer(folder, "a window"),
        lambda: cuts.store_cut(folder, 1, 1.5),
        lambda: about.rename(folder, "another name"),
        lambda: about.tag(folder, ("three",)),
    ]
    said: MildError | None = None
    for ask in asked:
        try:
            ask()
        except MildError as error:
            said = error
    if said is not None:
        raise said


REVIEWS = Kind(
    name="reviews",
    about="review.db, job.json, progress.json and the list of ended runs, damaged and edited",
    prepare=_prepare,
)
