"""What pages show of instances that are no images, as the browser is told of it."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from mild.analysis.samples.small import LARGE, SMALL, Size, SmallSample, small_samples
from mild.analysis.samples.usual import Usual, usual_in
from mild.figures.samples.card import card
from mild.figures.samples.wav import as_wav
from mild.store.run import Run
from mild.store.samples.sounds import RATE
from mild.ui.cache.decorators import per_run
from mild.ui.cache.rounds import instances

IntArray = npt.NDArray[np.integer[Any]]


@per_run(4, "Reading the table …")
def usual(run: Run) -> Usual:
    """Return what is usual in each class of a run's table; nothing where it has none."""
    return usual_in(run, instances(run).given_N)


def in_small(run: Run, index_T: IntArray, *, large: bool = False) -> list[SmallSample]:
    """Shorten instances for a tile or a card; empty without texts, table and sounds."""
    return _in_small(run, tuple(index_T.tolist()), LARGE if large else SMALL)


@per_run(24)
def _in_small(run: Run, indices: tuple[int, ...], size: Size) -> list[SmallSample]:
    index_T = np.array(indices, dtype=np.int64)
    return small_samples(run, index_T, instances(run).given_N[index_T], usual(run), size)


def small_data(sample: SmallSample) -> dict[str, Any]:
    """Describe an instance to a component."""
    return {
        "text": sample.text,
        "cells": [[cell.name, cell.value, cell.unusual] for cell in sample.cells],
        "peaks": list(sample.peaks),
        "seconds": sample.seconds,
        "silent": sample.silent,
    }


def as_card(sample: SmallSample, colour: str = "") -> str:
    """Draw an instance as HTML."""
    return card(
        text=sample.text,
        cells=[(cell.name, cell.value, cell.unusual) for cell in sample.cells],
        peaks=sample.peaks,
        colour=colour,
        words=sample.nothing,
    )


def sound_of(run: Run, index: int) -> bytes | None:
    """Return the sound of an instance as a WAV file; None where the run holds none."""
    found = run.sounds_of(np.array([index]))
    if found is None or found[0] is None:
        return None
    return as_wav(found[0].samples_S, RATE)
