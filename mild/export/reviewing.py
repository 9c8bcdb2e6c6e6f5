"""Who decided, and what other reviewers say: columns of a table once anybody was named.

Legend: A instances by index.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from mild.store.folder import RunFolder
from mild.store.review.conflicts import conflicts
from mild.store.review.opinions import Opinion, opinions
from mild.store.review.reviewers import decided_by

if TYPE_CHECKING:
    import numpy.typing as npt

COLUMNS: dict[str, str] = {
    "reviewer": "who decided, empty where nobody was named",
    "second_opinions": "what others said without seeing the decision, such as ben: drop; "
    "carla: relabel cat",
    "conflict": "whether reviewers disagree and nobody has settled it",
}
"""Name -> meaning."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Reviewing:
    """The people of a review."""

    reviewers: Mapping[int, str] = field(default_factory=dict)
    """Who decided, by instance."""
    opinions: tuple[Opinion, ...] = ()
    conflicts: frozenset[int] = frozenset()
    """Instances about which reviewers disagree."""

    @property
    def columns(self) -> dict[str, str]:
        """Name and meaning of the columns; none where nobody was named."""
        return COLUMNS if self.opinions or any(self.reviewers.values()) else {}

    def values(self, n: int, class_names: Sequence[str]) -> dict[str, npt.NDArray[Any]]:
        """Fill the columns, each of shape (A,); None where there is nothing to say."""
        who_A, said_A = np.full(n, None, dtype=object), np.full(n, None, dtype=object)
        for index, name in self.reviewers.items():
            who_A[index] = name or None
        for item in self.opinions:
            label = item.decision.label
            what = item.decision.verdict + ("" if label is None else f" {class_names[label]}")
            before = said_A[item.instance]
            said = f"{item.reviewer}: {what}"
            said_A[item.instance] = said if before is None else f"{before}; {said}"
        conflict_A = np.isin(np.arange(n), list(self.conflicts))
        return {"reviewer": who_A, "second_opinions": said_A, "conflict": conflict_A}


NOBODY = Reviewing()


def reviewing(folder: RunFolder, n: int) -> Reviewing:
    """Read who reviewed a run of `n` instances."""
    return Reviewing(
        reviewers={index: name for index, name in decided_by(folder).items() if index < n},
        opinions=tuple(item for item in opinions(folder) if item.instance < n),
        conflicts=frozenset(item.instance for item in conflicts(folder)),
    )
