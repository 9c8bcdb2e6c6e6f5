"""What one does on the review page: decide, say a second opinion unseen, or settle conflicts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import streamlit as st

from mild.access.reviewer import checked_or_none, is_given, known_reviewer
from mild.analysis.instances.filters import Filters
from mild.store.run import Run
from mild.ui.cache.reviewing import decided_by_others, in_conflict
from mild.ui.components.reviewer_name import kept_name
from mild.ui.gate import policy
from mild.ui.review import address as review_address
from mild.ui.review.address import ReviewAddress

NAME = "reviewer"
"""Of the name in a session: the one that was told in this window."""
KEY = "as"
"""In the address."""


Candidates = Callable[[Run, str], list[int]]
"""From run and reviewer to instances."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Mode:
    """One way to use the page."""

    name: str
    """In the address; '' is the usual one."""
    title: str
    blind: bool = False
    """Whether what others decided is hidden."""
    candidates: Candidates | None = None
    """The instances it is about; None: all of them."""


def _in_conflict(run: Run, _: str) -> list[int]:
    return in_conflict(run)


DECIDE = Mode(name="", title="Decide")
SECOND = Mode(name="second", title="Second opinion", blind=True, candidates=decided_by_others)
SETTLE = Mode(name="conflicts", title="Settle conflicts", candidates=_in_conflict)
MODES = (DECIDE, SECOND, SETTLE)


def mode() -> Mode:
    """The one that the address asks for; a second opinion needs a name."""
    asked = st.query_params.get(KEY, "")
    found = next((item for item in MODES if item.name == asked), DECIDE)
    return DECIDE if found.blind and not reviewer() else found


def choose(wanted: Mode, address: ReviewAddress) -> None:
    """Go over to another one, from the first page of all that it is about."""
    if wanted.name:
        st.query_params[KEY] = wanted.name
    else:
        st.query_params.pop(KEY, None)
    flagged = wanted is DECIDE
    review_address.write(replace(address, filters=Filters(flagged=flagged), page=1))


def reviewer() -> str:
    """Whoever sits at this window; '' where nobody told."""
    if is_given():
        return known_reviewer()
    told = st.session_state.get(NAME)
    if told is not None:
        return str(told)
    if own := checked_or_none(kept_name()):
        return own
    # Where others come in without a sign-in, the name kept on this machine is not theirs.
    return known_reviewer() if policy.policy().door.local else ""
