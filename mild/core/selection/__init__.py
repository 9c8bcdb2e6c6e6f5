"""From counts to a kept set: rules, the selection they make, and what is estimated of a cut."""

from mild.core.selection.by_counts import select_counts
from mild.core.selection.choose import cut_of_rule, select
from mild.core.selection.estimates import CutEstimate, estimate_anchored, estimate_at
from mild.core.selection.per_class import EMPTIED_SHARE
from mild.core.selection.rules import COMPARED, DEFAULT, NUMBERS, RULES, Rule, make_rule
from mild.core.selection.selection import ClassCut, Selection

__all__ = [
    "COMPARED",
    "DEFAULT",
    "EMPTIED_SHARE",
    "NUMBERS",
    "RULES",
    "ClassCut",
    "CutEstimate",
    "Rule",
    "Selection",
    "cut_of_rule",
    "estimate_anchored",
    "estimate_at",
    "make_rule",
    "select",
    "select_counts",
]
