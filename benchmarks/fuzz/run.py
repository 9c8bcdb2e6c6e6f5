"""Feed the product case after case of every kind, and tell what came out that should not."""

from __future__ import annotations

import contextlib
import logging
import tempfile
import time
import traceback
import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.fuzz.kind import Case, Kind
from benchmarks.fuzz.watch import (
    ForbiddenError,
    TooSlowError,
    bounded_time,
    peak_megabytes,
    watched,
)
from mild.errors import MildError

MOST_TOLD = 20
"""Finds of a kind that are told one by one; those that ended in the same line count as one."""
Say = Callable[[str], None]


def run(
    kinds: Sequence[Kind], *, cases: int, seed: int, first: int = 0, say: Say = lambda line: None
) -> dict[str, Any]:
    """Return what became of `cases` cases of each kind, beginning with number `first`."""
    found = []
    for kind in kinds:
        with tempfile.TemporaryDirectory(prefix="mild-fuzz-") as place:
            try:
                found.append(_of_kind(kind, Path(place).resolve(), cases, seed, first, say))
            finally:
                kind.finish()
        say(_in_words(found[-1]))
    return {
        "cases": cases,
        "seed": seed,
        "first": first,
        "kinds": found,
        "found": sum(item["found"] for item in found),
    }


def _of_kind(
    kind: Kind, folder: Path, cases: int, seed: int, first: int, say: Say
) -> dict[str, Any]:
    with _silence():
        case = kind.prepare(folder)
    answers = {"accepted": 0, "refused": 0}
    finds: dict[str, dict[str, Any]] = {}
    n_found, slowest, began = 0, 0.0, time.perf_counter()
    with watched(folder), _silence():
        for number in range(first, first + max(1, cases // kind.one_in)):
            rng = np.random.default_rng([seed, *kind.name.encode(), number])
            before = time.perf_counter()
            came = _one(case, rng)
            slowest = max(slowest, time.perf_counter() - before)
            if isinstance(came, str):
                answers[came] += 1
                continue
            n_found += 1
            if came["where"] not in finds:
                say(f"{kind.name} {number}: {came['error']}\n{came['trace']}")
            finds.setdefault(came["where"], {"case": number, **came})
    return {
        "kind": kind.name,
        "about": kind.about,
        **answers,
        "found": n_found,
        "finds": list(finds.values())[:MOST_TOLD],
        "seconds": round(time.perf_counter() - began, 1),
        "slowest_seconds": round(slowest, 3),
        "peak_megabytes": round(peak_megabytes()),
    }


@contextlib.contextmanager
def _silence() -> Iterator[None]:
    """Without warnings, of which hostile input has many, and streamlit's that it has no browser."""
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(logging.NOTSET)


def _one(case: Case, rng: np.random.Generator) -> str | dict[str, str]:
    """What became of a case: its answer, or what came out that should not."""
    try:
        with bounded_time():
            case(rng)
        return "accepted"
    except MildError:
        return "refused"
    except (Exception, ForbiddenError, TooSlowError) as error:
        frames = traceback.extract_tb(error.__traceback__)
        last = [frame for frame in frames if "/mild/" in frame.filename] or frames
        return {
            "error": f"{type(error).__name__}: {str(error)[:200]}",
            "where": f"{last[-1].filename.rpartition('/mild/')[2]}:{last[-1].lineno}",
            "trace": "".join(traceback.format_list(frames[-6:])),
        }


def _in_words(found: dict[str, Any]) -> str:
    return (
        f"{found['kind']}: {found['accepted']:,} accepted, {found['refused']:,} refused with a "
        f"sentence, {found['found']:,} finds, in {found['seconds']:,.0f} s"
    )
