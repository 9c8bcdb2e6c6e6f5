"""What to do next with a run, and the page where it is done."""

from __future__ import annotations

from dataclasses import dataclass

from mild.access import Role, may
from mild.store.overview import Overview
from mild.ui.words import count


@dataclass(frozen=True, slots=True)
class NextStep:
    """Words for a button, and where it leads."""

    words: str
    page: str
    """The name of the page's file."""


def next_step(item: Overview) -> NextStep:
    """Choose what to do next by the run's state, by what people have done with it, and by the
    present user's role."""
    match item.state:
        case "done":
            return _after_the_end(item)
        case "waiting":
            return _step(Role.OWNER, "Set the cut", "See the cut", "selection")
        case "failed":
            return NextStep("See why it failed", "live")
        case "stalled":
            return NextStep("See why nothing trains", "live")
        case "stopped" | "interrupted":
            return _step(Role.OWNER, "Resume it", "See how far it came", "live")
        case "damaged":
            return NextStep("See what is damaged", "live")
        case _:
            return NextStep("Watch it train", "live")


def _after_the_end(item: Overview) -> NextStep:
    if not item.decided and item.can_tell is False:
        return NextStep("Cannot tell: see why", "selection")
    if not item.flagged:
        return NextStep("See the selection", "selection")
    if not item.decided:
        return _review(f"{count(item.flagged)} flagged", "review")
    if item.decided < item.flagged:
        return _review(f"{count(item.decided)} decided", "go on")
    return _review("Reviewed", "export")


def _review(how_far: str, what: str) -> NextStep:
    return _step(Role.REVIEWER, f"{how_far}: {what}", f"{how_far}: look", "review")


def _step(role: Role, words: str, otherwise: str, page: str) -> NextStep:
    """Say what somebody with the role does next, and what others can see instead."""
    return NextStep(words if may(role) else otherwise, page)
