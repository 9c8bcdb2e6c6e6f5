"""Which round and which cut the review page shows, as they stand in the address."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from mild.store.run import Run
from mild.ui.words import parse_cut


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdicts:
    """Whose verdicts are shown: of the first rounds, the last of them by some cut."""

    n_finished: int
    """Finished rounds that count."""
    n_epochs: int = 0
    """Of the round after these, which counts by its epochs so far; 0 where it does not count."""
    cut: float | None = None
    """Of the last round that counts, in place of its own."""

    @property
    def number(self) -> int:
        """The last round that counts, counted from 0."""
        return self.n_finished - (0 if self.n_epochs else 1)


@dataclass(frozen=True, kw_only=True, slots=True)
class RunExtent:
    """How far a run is when the page is loaded; the list holds still while it trains on."""

    n_finished: int
    """Rounds that have their selection."""
    n_epochs: int
    """Of the round after these; 0 before its first."""

    @property
    def n_rounds(self) -> int:
        """Rounds that can be shown."""
        return self.n_finished + (self.n_epochs > 0)


def recorded(run: Run) -> RunExtent:
    """Look up how far a run is."""
    n_finished = len(run.rounds())
    under_way = run.is_round(n_finished)
    return RunExtent(n_finished=n_finished, n_epochs=run.n_epochs(n_finished) if under_way else 0)


def all_finished(known: RunExtent) -> Verdicts | None:
    """Take every round that has its selection, as it is; None where there is none."""
    return Verdicts(n_finished=known.n_finished) if known.n_finished else None


def read(run: Run, known: RunExtent) -> Verdicts | None:
    """Read round and cut in the address, else take all finished rounds; None without any."""
    asked = st.query_params.get("round", "")
    number = int(asked) - 1 if asked.isascii() and asked.isdecimal() and len(asked) < 6 else -1
    if not 0 <= number < known.n_rounds:
        number = known.n_finished - 1
    if number < 0:
        return None
    if number < known.n_finished:
        record = run.rounds()[number]
        return Verdicts(n_finished=number + 1, cut=_cut(record.epochs, record.cut))
    return Verdicts(n_finished=number, n_epochs=known.n_epochs, cut=_cut(known.n_epochs, None))


def write(number: int, cut: float | None) -> None:
    """Show another round, counted from 0, or another cut, from the first page on."""
    st.query_params["round"] = str(number + 1)
    st.query_params.pop("page", None)
    if cut is None:
        st.query_params.pop("cut", None)
    else:
        st.query_params["cut"] = f"{cut:g}"


def _cut(n_epochs: int, own: float | None) -> float | None:
    """Read the cut from the address; None where it has none, or the round's own."""
    text = st.query_params.get("cut", "")
    found = parse_cut(text, float("nan") if own is None else own, n_epochs + 1.0)
    return None if found == own else found
