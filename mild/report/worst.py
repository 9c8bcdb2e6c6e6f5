"""The most suspicious instances of round 1: pictures, or what is in their place."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mild.analysis.samples.small import small_samples
from mild.analysis.samples.usual import usual_in
from mild.figures.pictures.raster import contact_sheet
from mild.figures.samples.card import STYLE, card
from mild.store.run import Run

N_SHOWN = 60


@dataclass(frozen=True, slots=True)
class WorstRow:
    """An instance in words."""

    index: int
    name: str
    given: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Worst:
    """What the report shows of the most suspicious instances."""

    rows: list[WorstRow]
    n_flagged: int
    sheet: str
    """A PNG with their pictures, base64; empty where the run holds none."""
    cards: list[str]
    """HTML of each, in the place of pictures; empty where there is nothing to show."""
    style: str = STYLE


def worst(run: Run) -> Worst | None:
    """Gather them; None before the first round has its selection, and where it flags none."""
    records = run.rounds()
    if not records:
        return None
    selection = run.selection(0)
    score_N = selection.get("score", selection["misclassified"])
    judged_N = ~run.planted(0).mask(len(score_N))
    flagged = np.flatnonzero((score_N >= records[0].cut) & judged_N)
    order = flagged[np.argsort(-score_N[flagged], kind="stable")][:N_SHOWN]
    if not len(order):
        return None
    index_T = np.asarray(run.index(0)[order])
    instances, names = run.instances(), run.facts().get("class_names", [])
    rows = [
        WorstRow(
            int(index),
            str(instances.names[index]),
            names[instances.given_N[index]] if names else "",
        )
        for index in index_T
    ]
    sheet = _sheet(run, index_T)
    cards = [] if sheet else _cards(run, index_T)
    return Worst(rows=rows, n_flagged=len(flagged), sheet=sheet, cards=cards)


def _sheet(run: Run, index_T: npt.NDArray[Any]) -> str:
    thumbnails = run.thumbnails()
    if thumbnails is None:
        return ""
    return base64.b64encode(contact_sheet(np.asarray(thumbnails[index_T]), columns=12)).decode()


def _cards(run: Run, index_T: npt.NDArray[Any]) -> list[str]:
    given_N = run.instances().given_N
    found = usual_in(run, given_N)
    return [
        card(
            text=item.text,
            cells=[(cell.name, cell.value, cell.unusual) for cell in item.cells],
            peaks=item.peaks,
            words=item.nothing,
        )
        for item in small_samples(run, index_T, given_N[index_T], found)
    ]
