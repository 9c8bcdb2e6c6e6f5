"""Spot checks of a run: draw a sample, and measure by what was answered about it."""

from __future__ import annotations

import math
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from mild.analysis.checks.sides import Sides
from mild.core.spot_check import (
    NOT_JUDGED,
    Measured,
    SpotCheck,
    SupportedCut,
    draw_sample,
    gather_cells,
    measure_sample,
    supported_cut,
)
from mild.store.review import checks as store
from mild.store.review.checks import Checks, checks
from mild.store.run import Run, open_run

BoolArray = npt.NDArray[np.bool_]
Source = Literal["truth", "checked", "estimated"]

N_USUAL = 50
"""Images of a sample."""
N_ENOUGH = 10
"""Answers from which a measurement takes the place of estimates; its interval says the rest."""
FIGURES = ("noise_rate", "precision", "recall", "f1_flagged")


def draw(run: Run, sides: Sides, n: int, *, seed: int) -> int:
    """Draw so many images that `n` wait for an answer; how many were drawn.

    Who was drawn before is not drawn again, and what was answered stays: samples add up.
    """
    while True:
        before = checks(run.folder)
        n_more = n - len(before.to_answer)
        if n_more <= 0:
            return 0
        fresh_A = np.ones(len(sides.kept_A), dtype=bool)
        fresh_A[[index for index in before.drawn if index < len(fresh_A)]] = False
        rng = np.random.default_rng(seed)
        index = draw_sample(sides.flagged_A & fresh_A, sides.kept_A & fresh_A, n_more, rng)
        if not len(index):
            return 0
        if store.add_sample(
            run.folder,
            index.tolist(),
            strata_A=sides.strata_A,
            sizes=(int(sides.kept_A.sum()), int(sides.flagged_A.sum())),
            seed=seed,
            number=sides.number,
            cut=sides.cut,
            n_samples=len(before.samples),
        ):
            return len(index)


def checked(run: Run, kept_A: BoolArray, flagged_A: BoolArray) -> SpotCheck | None:
    """Measure the present sides by the answers so far; None where they are too few.

    Parameters
    ----------
    kept_A, flagged_A
        Shape (A,), by index; who is on neither side has no part in it.
    """
    now = checks(run.folder)
    judged_A = kept_A | flagged_A
    n_answered = sum(1 for index in now.wrong if index < len(judged_A) and judged_A[index])
    if n_answered < min(N_ENOUGH, int(judged_A.sum())) or n_answered == 0:
        return None
    return measure_sample(
        gather_cells(_strata(run, now, len(kept_A)), kept_A, flagged_A, now.wrong),
        n_unknown=now.n_unknown,
    )


def cut_it_supports(run: Run, sides: Sides) -> SupportedCut | None:
    """Return the cut of a round that the answers speak for; None where they are too few."""
    if sides.score_A is None:
        return None
    now = checks(run.folder)
    strata_SA = _strata(run, now, len(sides.kept_A))
    return supported_cut(strata_SA, sides.score_A, sides.judged_A, now.wrong)


def contradicts(check: SpotCheck, noise_rate: float | None) -> bool:
    """Whether an estimated noise rate lies outside the measured interval."""
    if noise_rate is None or math.isnan(noise_rate):
        return False
    return not check.noise_rate.low <= noise_rate <= check.noise_rate.high


def source_of(*, truth_known: bool, check: SpotCheck | None) -> Source:
    """Name where the figures come from that people should read."""
    if truth_known:
        return "truth"
    return "estimated" if check is None else "checked"


def as_json(check: SpotCheck | None) -> dict[str, Any] | None:
    """Return figures and intervals by name."""
    if check is None:
        return None
    found = {name: value for name, value in asdict(check).items() if name not in FIGURES}
    for name in FIGURES:
        figure: Measured = getattr(check, name)
        found |= {name: figure.value, f"{name}_interval": [figure.low, figure.high]}
    return found


def _strata(run: Run, now: Checks, n: int) -> list[npt.NDArray[np.int64]]:
    """Read the strata of the first `n` instances.

    Held-out ones come after those that a round can judge, and no round's sample drew from them.
    """
    root = str(run.folder.path.parent)
    found = []
    for item in now.samples:
        strata_A = _strata_of(root, run.run_id, item.id, item.time)[:n]
        found.append(np.pad(strata_A, (0, n - len(strata_A)), constant_values=NOT_JUDGED))
    return found


@lru_cache(maxsize=16)
def _strata_of(root: str, run_id: str, sample: int, _time: float) -> npt.NDArray[np.int64]:
    """Name a check by its number and time: the time tells a review.db put back from a copy."""
    return store.strata(open_run(run_id, Path(root)).folder, sample).astype(np.int64)
