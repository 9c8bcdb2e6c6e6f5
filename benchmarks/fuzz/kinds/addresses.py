"""addresses: the query of every page, as each page reads it; no page is drawn."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from benchmarks.fuzz.kind import Case, Kind
from benchmarks.fuzz.small_run import N_CLASSES, write_small_run
from benchmarks.fuzz.values import Random, text
from mild.store.run import Run

WORDS = {
    "run": ("newest", "x", ".."), "round": ("1", "2", "3"), "cut": ("2", "3.5", "1e3"),
    "epochs": ("1", "4"), "sort": ("metric", "class", "suspicion"), "image": ("0", "47"),
    "show": ("all",), "given": ("0,1", "2"), "taken": ("1",), "dropped": ("1,never",),
    "metric": ("-3..4",), "decision": ("keep,drop",), "part": ("held-out", "train"),
    "size": ("60", "96"), "layout": ("table",), "page": ("1", "2"), "check": ("round", ""),
    "like": ("x",), "tab": ("rules",), "runs": ("x",), "section": ("cut",), "planted": ("25",),
    "pair": ("1",), "sequence": ("0101",),
}  # fmt: skip
"""Every name that a page reads, and values that mean something there."""


def query(rng: Random) -> dict[str, str]:
    """Some names with values that make sense, or no sense; now and then a name nobody reads."""
    names = list(WORDS)
    found = {}
    for _ in range(rng.integers(1, 7)):
        name = names[rng.integers(len(names))] if rng.random() < 0.95 else text(rng)
        known = WORDS.get(name, ("",))
        sensible = rng.random() < 0.4
        found[name] = known[rng.integers(len(known))] if sensible else text(rng)
    return found


def _prepare(folder: Path) -> Case:
    from benchmarks.fuzz.session import Query, session

    run = write_small_run(folder)
    readers = _readers(run)

    def case(rng: Random) -> None:
        asked = Query()
        asked.from_dict(query(rng))
        with session(asked, {}):
            readers[rng.integers(len(readers))](asked, rng)

    return case


def _readers(run: Run) -> list[Callable[..., object]]:
    from mild.analysis.instances.measured import measure
    from mild.store.named import named_run
    from mild.ui.learn import address as lesson
    from mild.ui.learn.sections import one_image, planting
    from mild.ui.review import address as review
    from mild.ui.review import verdicts
    from mild.ui.review.spot_check import panel as check
    from mild.ui.review.state import Review
    from mild.ui.review.verdicts import RunExtent, Verdicts
    from mild.ui.words import parse_cut

    known = RunExtent(n_finished=2, n_epochs=0)
    opened = Review(run=run, measured=measure(run), window=None, verdicts=Verdicts(n_finished=2))  # type: ignore[arg-type]

    def listed(asked: dict[str, str], rng: Random) -> None:
        found = review.read(N_CLASSES, 2)
        review.write(found)
        if review.read(N_CLASSES, 2) != found:
            raise AssertionError("an address that was written is read as another one")

    return [
        listed,
        lambda asked, rng: verdicts.read(run, known),
        lambda asked, rng: check.sides_in_address(opened),
        lambda asked, rng: parse_cut(asked.get("cut", ""), 2.5, 6.0),
        lambda asked, rng: lesson.start_from_address("pair", "a", 1, 0, 9),
        lambda asked, rng: lesson.choice_from_address("section", "b", ("cut", "why")),
        lambda asked, rng: one_image.in_address(4),
        lambda asked, rng: planting.start(),
        lambda asked, rng: named_run(asked.get("run", ""), run.folder.path.parent),
    ]


ADDRESSES = Kind(
    name="addresses", about="the query of every page, as pages read it", prepare=_prepare
)
