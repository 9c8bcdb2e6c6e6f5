"""What was decided about an instance, in words."""

from __future__ import annotations

from collections.abc import Sequence

from mild.store.review.decision import Decision

DONE = {"keep": "kept", "relabel": "relabelled", "drop": "dropped"}
"""A verdict, as it reads of what was decided."""


def words_of(decision: Decision | None, class_names: Sequence[str]) -> str:
    """Say what a decision is: "kept", "relabelled to cat", "dropped", "undecided"."""
    if decision is None:
        return "undecided"
    if decision.label is not None:
        return f"relabelled to {class_names[decision.label]}"
    return DONE[decision.verdict]
