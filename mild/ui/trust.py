"""What a selection can tell, said above its numbers: the same words on every page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from mild.core.selection import Selection
from mild.core.selection.trust import figure
from mild.store.schema import RoundRecord
from mild.ui.words import count, plain


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """Whether mislabeled images can be told from others, and by what."""

    can_tell: bool
    reason: str
    """Why, and what would help."""
    planted_auroc: float | None = None
    n_planted: int = 0

    @property
    def words(self) -> str:
        """One sentence that never claims that data are clean."""
        if not self.can_tell or self.planted_auroc is None or not self.n_planted:
            return self.reason
        return (
            f"{count(self.n_planted)} planted labels, known to be wrong, are told from the others "
            f"with an AUROC of {figure(self.planted_auroc)}: they calibrate this selection."
        )


def told_by_selection(selection: Selection) -> Told:
    """Of a selection that was just worked out."""
    fit, trust = selection.anchored, selection.trust
    return Told(
        can_tell=trust.can_tell,
        reason=trust.reason,
        planted_auroc=None if fit is None else fit.separation,
        n_planted=0 if fit is None else fit.n_planted,
    )


def told_by_record(record: RoundRecord) -> Told | None:
    """Of a finished round; None for one from before planted labels, which never asked."""
    if record.can_tell is None or record.can_tell_reason is None:
        return None
    return Told(
        can_tell=record.can_tell,
        reason=record.can_tell_reason,
        planted_auroc=record.planted_auroc,
        n_planted=record.planted or 0,
    )


def show(told: Told | None, *, where: str = "") -> None:
    """A warning where it cannot be told, else a quiet line; nothing where nothing is known.

    `where` names the round in front of the sentence.
    """
    if told is None or not told.words:
        return
    text = plain(f"{where}: {told.words}" if where else told.words)
    if told.can_tell:
        st.caption(f":material/verified: {text}")
    else:
        st.warning(text, icon=":material/help:")


def show_rounds(records: Sequence[RoundRecord]) -> None:
    """Of a whole run: the first round that cannot tell, else the first one, which sees all."""
    told = [(record, found) for record in records if (found := told_by_record(record)) is not None]
    if not told:
        return
    doubtful = [pair for pair in told if not pair[1].can_tell]
    record, found = (doubtful or told)[0]
    show(found, where=f"Round {record.round + 1}" if len(records) > 1 else "")
