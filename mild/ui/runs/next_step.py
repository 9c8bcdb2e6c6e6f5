"""What to do next with a run, and the page where it is done."""

from __future__ import annotations

from dataclasses import dataclass

from mild.store.overview import Overview
from mild.ui.words import count


@dataclass(frozen=True, slots=True)
class NextStep:
    """Words for a button, and where it leads."""

    words: str
    page: str
    """The name of the page's file."""


def next_step(item: Overview) -> NextStep:
    """Choose what to do next by the run's state and by what people have done with it."""
    match item.state:
        case "done":
            return _after_the_end(item)
        case "waiting":
            return NextStep("Set the cut", "selection")
        case "failed":
            return NextStep("See why it failed", "live")
        case "stalled":
            return NextStep("See why nothing trains", "live")
        case "stopped" | "interrupted":
            return NextStep("Resume it", "live")
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
        return NextStep(f"{count(item.flagged)} flagged: review", "review")
    if item.decided < item.flagged:
        return NextStep(f"{count(item.decided)} decided: go on", "review")
    return NextStep("Reviewed: export", "review")
