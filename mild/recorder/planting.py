"""Planted labels for a loop of one's own: numpy in, numpy out.

Axes: A instances of the training set by index, N instances of a round by slot, P planted ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from mild.core.planted.planting import LARGEST_SHARE, Planted, automatic_share
from mild.core.planted.planting import plant as draw
from mild.errors import RecordingError
from mild.recorder import inputs
from mild.recorder.inputs import IntArray


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class PlantedLabels:
    """What `mild.plant` returns: the labels to train on, and which of them are wrong on purpose."""

    given: IntArray
    """Shape (A,), the labels as they were given."""
    labels: IntArray
    """Shape (A,), the labels to train on: the given ones but for those planted."""
    index: IntArray
    """Shape (P,), which instances are planted, as rising positions in `given`."""
    reason: str
    """Why so many."""

    def __len__(self) -> int:
        return len(self.index)


def plant(
    given: Any,
    share: float | Literal["auto"] = "auto",
    seed: int = 0,
    n_classes: int | None = None,
    avoid: PlantedLabels | None = None,
) -> PlantedLabels:
    """Change a few labels on purpose, so that it is known how wrong labels are learned.

    Train on `.labels` and hand the value to `mild.Recorder(planted=...)`.

    Parameters
    ----------
    given
        Shape (A,), the labels of all instances, whole numbers from 0.
    share
        Of the instances, 0 to 0.1; `auto` is about 3 %.
    seed
        The same seed draws the same.
    n_classes
        By default up to the largest label.
    avoid
        What was planted in the round before: others are drawn while there are any.

    Raises
    ------
    RecordingError
        If labels or the share cannot be.

    Examples
    --------
    >>> planted = plant(np.arange(1000) % 10, share=0.05)
    >>> len(planted), int((planted.labels != planted.given).sum())
    (50, 50)
    """
    given_A = inputs.labels(given, "given")
    n_classes = int(given_A.max()) + 1 if n_classes is None else n_classes
    if n_classes < 2:
        raise RecordingError("there is only one class; a planted label needs another one.")
    if seed < 0:
        raise RecordingError(f"seed is {seed}; it is a whole number from 0.")
    used, reason = _share(share, len(given_A))
    avoid_A = None
    if avoid is not None:
        inputs.same_length(avoid.given, "avoid", len(given_A))
        avoid_A = np.isin(np.arange(len(given_A)), avoid.index)
    try:
        rng = np.random.default_rng(seed)
        planted = draw(given_A, used, n_classes=n_classes, rng=rng, avoid_N=avoid_A)
    except ValueError as error:
        raise RecordingError(f"{error}.") from None
    return PlantedLabels(
        given=given_A, labels=planted.trained_on(given_A), index=planted.slot_P, reason=reason
    )


def by_round(
    planted: PlantedLabels | Sequence[PlantedLabels | None] | None,
    *,
    given_A: IntArray,
    n_classes: int,
    n_rounds: int,
) -> list[PlantedLabels | None]:
    """Return what each round was planted with; one value is for the first round.

    Raises
    ------
    RecordingError
        If there are not as many as rounds, or they are for other labels.
    """
    one = planted is None or isinstance(planted, PlantedLabels)
    found = [planted, *[None] * (n_rounds - 1)] if one else list(planted)  # type: ignore[arg-type]
    if len(found) != n_rounds:
        raise RecordingError(
            f"planted has {len(found)} entries, but {n_rounds} rounds are asked for; give one for "
            "each round, None where nothing is planted."
        )
    for item in found:
        _check(item, given_A, n_classes)
    return found  # type: ignore[return-value]


def in_round(planted: PlantedLabels | None, index_N: IntArray) -> Planted:
    """Return what is planted among the instances of a round; those no longer there are left out."""
    if planted is None:
        return Planted.none()
    slot_P = np.flatnonzero(np.isin(index_N, planted.index))
    return Planted(slot_P=slot_P, label_P=planted.labels[index_N[slot_P]])


def _share(share: float | Literal["auto"], n: int) -> tuple[float, str]:
    if share == "auto":
        return automatic_share(n)
    if isinstance(share, str):
        raise RecordingError(
            f"share is {share!r}; it must be 'auto' or a number within 0 .. {LARGEST_SHARE:g}."
        )
    return float(share), "as asked"


def _check(item: Any, given_A: IntArray, n_classes: int) -> None:
    if item is None:
        return
    if not isinstance(item, PlantedLabels):
        raise RecordingError(
            f"planted holds {type(item).__name__}; hand over what mild.plant(...) returned."
        )
    inputs.same_length(item.given, "planted", len(given_A))
    if not np.array_equal(item.given, given_A):
        n_other = int((item.given != given_A).sum())
        raise RecordingError(
            f"planted was made for other labels: {n_other:,} differ from given. Call "
            "mild.plant(given) with the labels that are handed to the recorder as given."
        )
    if len(item) and int(item.labels.max()) >= n_classes:
        raise RecordingError(
            f"planted holds the label {int(item.labels.max())}, but there are {n_classes} classes; "
            "call mild.plant(given, n_classes=...) with that number."
        )
