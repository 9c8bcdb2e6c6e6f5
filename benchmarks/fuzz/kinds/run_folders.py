"""runs: files of a run with bits flipped, cut short, replaced; then all is asked of the run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from benchmarks.fuzz.damage import acting_pickle, damaged, never_run
from benchmarks.fuzz.edits import edited
from benchmarks.fuzz.kind import Case, Kind
from benchmarks.fuzz.small_run import write_small_run
from benchmarks.fuzz.values import Random
from mild.analysis.instances.alike import nearest_kept
from mild.analysis.instances.held_out import held_out_words
from mild.analysis.instances.learned import learned
from mild.analysis.instances.measured import measure
from mild.analysis.learning import memorized_by_group, stages
from mild.analysis.outcome import outcome_of
from mild.analysis.pace import seconds_left
from mild.analysis.rounds.every_cut import every_cut
from mild.analysis.rounds.read_round import read_round
from mild.analysis.rounds.side_by_side import view_rounds
from mild.analysis.samples.small import small_samples
from mild.analysis.samples.usual import usual
from mild.analysis.samples.whole import whole_sample
from mild.analysis.trust.gather import trust_in_run
from mild.export import table as export_table
from mild.export.formats import FILES
from mild.report.page import make_report
from mild.store.notices import notices
from mild.store.overview import overview
from mild.store.review.checks import checks
from mild.store.review.decisions import decisions
from mild.store.review.history import history
from mild.store.run import Run

N_PARTS = 7
_OFTEN = (0.2, 0.2, 0.2, 0.2, 0.1, 0.04, 0.06)
"""How often each part is asked: figures and fits take most of the time."""
_EVERY = ("state", "facts", "epochs", "rounds", "events")


def prepare(folder: Path, parts: Sequence[int] = range(N_PARTS)) -> Case:
    """Ask these parts of `_ask`, of a small run that is damaged anew for each case."""
    run = write_small_run(folder)
    whole = files_of(run)
    proof = folder / "proof"
    pickled = acting_pickle(proof)
    often = np.array([_OFTEN[part] for part in parts])
    for asked in parts:  # of the whole run: all is answered, and imports are done
        _ask(run, np.random.default_rng(0), asked)
    if N_PARTS - 1 in parts:
        make_report(run)

    def case(rng: Random) -> None:
        with never_run(proof), damage(run.folder.path, whole, rng, pickled):
            _ask(Run(run.folder), rng, int(rng.choice(parts, p=often / often.sum())))

    return case


def files_of(run: Run) -> dict[Path, bytes]:
    """Read every file of a run that may be damaged, by its path."""
    return {
        path: path.read_bytes()
        for path in sorted(run.folder.path.rglob("*"))
        if path.is_file() and path.name != "run.lock"
    }


@contextmanager
def damage(folder: Path, whole: dict[Path, bytes], rng: Random, pickled: bytes) -> Iterator[None]:
    """One of the files of a run is damaged until the end; `whole` has them all."""
    path = list(whole)[rng.integers(len(whole))]
    content = edited(path, whole[path], rng) if rng.random() < 0.4 else None
    path.write_bytes(damaged(whole[path], rng, pickled) if content is None else content)
    if rng.random() < 0.03:
        path.unlink()
    try:
        yield
    finally:
        for beside in folder.glob("*.db-*"):  # of a database that was written
            beside.unlink()
        path.write_bytes(whole[path])


def _ask(run: Run, rng: Random, asked: int) -> None:
    """Ask what pages, commands and exports ask, a part of it in each case."""
    overview(run)  # of a damaged run, too, without an error
    if asked == 0:
        _what_the_database_says(run)
    elif asked == 1:
        _what_the_live_page_asks(run)
    elif asked == 2:
        _what_the_selection_asks(run)
    elif asked == 3:
        _what_the_review_asks(run, rng)
    elif asked == 4:
        names = list(FILES)
        found = export_table.reviewed(run)
        FILES[names[rng.integers(len(names))]].write(found)
    elif asked == 5:
        _what_pages_keep(run)
    elif rng.random() < 0.2:  # figures take most of the time
        make_report(run)
    else:
        outcome_of(run), trust_in_run(run), view_rounds(run)


def _what_the_database_says(run: Run) -> None:
    for name in _EVERY:
        getattr(run, name)()
    notices(run), run.stored(), run.log_tail(), checks(run.folder), decisions(run.folder)


def _what_the_live_page_asks(run: Run) -> None:
    epochs, state = run.epochs(), run.state()
    stages(epochs, run.rounds_begun())
    seconds_left(epochs, state.epochs_left)
    memorized_by_group(run)
    held_out_words(run)
    thumbnails = run.thumbnails()
    if thumbnails is not None:
        np.asarray(thumbnails[:8]).mean()


def _what_the_selection_asks(run: Run) -> None:
    known = run.instances()
    for number in range(run.rounds_begun()):
        index_N = run.index(number)
        right_N = None if known.clean_N is None else (known.given_N == known.clean_N)[index_N]
        every_cut(read_round(run, number, run.n_epochs(number), right_N))


def _what_pages_keep(run: Run) -> None:
    """What is worked out once for all windows; here each time anew."""
    import streamlit as st

    from mild.ui.cache import comparing, matrix, rounds

    st.cache_resource.clear()
    for number in range(run.rounds_begun()):
        matrix.matrix_rows(run, number, "metric")
        matrix.mosaic_picture(run, number)
        comparing.load_detector_ranking(run, number)
        rounds.told_apart_so_far(run, number)
    rounds.load_rounds(run)
    rounds.trust_note(run)


def _what_the_review_asks(run: Run, rng: Random) -> None:
    measured = measure(run)
    index = int(rng.integers(measured.n))
    learned(run, measured, index), history(run.folder, index)
    given, suggested = int(measured.given_A[index]), int(measured.suggested_A[index])
    nearest_kept(run, measured, index, (given, suggested))
    run.thumbnails_of(np.array([index]))
    columns = run.columns()
    if columns is not None:
        given_N = run.instances().given_N
        found = usual(columns, given_N, len(measured.class_names))
        index %= len(given_N)
        small_samples(run, np.array([index]), given_N[[index]], found)
        whole_sample(run, index, (given, suggested), found)


RUNS = Kind(
    name="runs",
    about="every file of a run: bits flipped, cut short, replaced, values edited",
    prepare=prepare,
)
