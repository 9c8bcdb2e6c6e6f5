"""Which round and which cut the review page shows, as they stand in the address."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from mild.store.run import Run
from mild.ui.words import cut_asked


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


def all_finished(run: Run) -> Verdicts | None:
    """Every round that has its selection, as it is; None where there is none."""
    n_rounds = len(run.rounds())
    return Verdicts(n_finished=n_rounds) if n_rounds else None


def read(run: Run) -> Verdicts | None:
    """The round and the cut in the address, else all finished rounds; None where there is none."""
    finished = run.rounds()
    asked = st.query_params.get("round", "")
    number = int(asked) - 1 if asked.isascii() and asked.isdecimal() and len(asked) < 6 else -1
    if not 0 <= number <= len(finished):
        number = len(finished) - 1
    if 0 <= number < len(finished):
        record = finished[number]
        return Verdicts(n_finished=number + 1, cut=_cut(record.epochs, record.cut))
    n_epochs = run.n_epochs(number) if number == len(finished) and number >= 0 else 0
    if not n_epochs or not run.is_round(number):
        return all_finished(run)
    return Verdicts(n_finished=number, n_epochs=n_epochs, cut=_cut(n_epochs, None))


def write(number: int, cut: float | None) -> None:
    """Show another round, counted from 0, or another cut, from the first page on."""
    st.query_params["round"] = str(number + 1)
    st.query_params.pop("page", None)
    if cut is None:
        st.query_params.pop("cut", None)
    else:
        st.query_params["cut"] = f"{cut:g}"


def _cut(n_epochs: int, own: float | None) -> float | None:
    """None where the address has none, or the round's own."""
    text = st.query_params.get("cut", "")
    found = cut_asked(text, float("nan") if own is None else own, n_epochs + 1.0)
    return None if found == own else found
