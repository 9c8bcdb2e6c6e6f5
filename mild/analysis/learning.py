"""How groups of instances were memorized over the epochs: the picture that explains the method."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mild.core.dynamics import memorized_share
from mild.store.run import Run
from mild.store.schema import EpochRecord

Curves = dict[str, list[float]]
"""Shares memorized, 0 to 1, per epoch, by group; nan where there is nothing to draw."""

BoolArray = npt.NDArray[np.bool_]

MIN_GROUP = 10
"""A smaller group has no curve: its share jumps with every single image."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Groups:
    """Two kinds of instances that are told apart in every figure."""

    names: tuple[str, str]
    """The likely right ones first: clean and mislabeled, or kept and flagged."""
    second_N: BoolArray
    """Shape (N,), by slot: True in the second group."""
    planted_N: BoolArray
    """Shape (N,), by slot: True where planted, which is in neither group."""

    def masks(self) -> dict[str, BoolArray]:
        """Return masks by slot, shape (N,) each: both groups, and what is planted, if any."""
        first_N = ~self.second_N & ~self.planted_N
        found = dict(zip(self.names, (first_N, self.second_N), strict=True))
        return found | {"planted": self.planted_N} if self.planted_N.any() else found


def stages(epochs: list[EpochRecord], n_rounds: int) -> dict[str, int]:
    """Return every stage begun, and its first epoch, counted over all stages from 1."""
    numbers = [item.stage for item in epochs]
    return {
        f"round {stage + 1}" if stage < n_rounds else "final model": numbers.index(stage) + 1
        for stage in sorted(set(numbers))
    }


def two_groups(
    right_N: Any | None, kept_N: Any | None, planted_N: Any | None = None
) -> Groups | None:
    """Split by the truth; where that is unknown, by what the round kept; where it has not, None.

    Parameters
    ----------
    right_N, kept_N
        Shape (N,), by slot: whether the given label is the clean one; whether it was kept.
    planted_N
        Shape (N,), by slot: what was trained with another label, and belongs to neither; None
        where nothing was.
    """
    names, first_N = ("clean", "mislabeled"), right_N
    if right_N is None:
        names, first_N = ("kept", "flagged"), kept_N
    if first_N is None:
        return None
    first_N = np.asarray(first_N, dtype=bool)
    planted_N = np.zeros_like(first_N) if planted_N is None else planted_N
    return Groups(names=names, second_N=~first_N & ~planted_N, planted_N=planted_N)


def round_curves(
    status_EK: Any, n: int, split: Groups | None, planted_N: BoolArray | None = None
) -> Curves:
    """Work out the share memorized per epoch of a round, of everyone and of both groups.

    What is planted is in none of these, and has a curve of its own: its status is of the label
    that it was trained with.
    """
    planted_N = np.zeros(n, dtype=bool) if planted_N is None else planted_N
    curves = {"all": memorized_share(status_EK, ~planted_N).tolist()}
    masks = {} if split is None else split.masks()
    if split is None and planted_N.any():
        masks = {"planted": planted_N}
    for name, mask_N in masks.items():
        few = int(mask_N.sum()) < MIN_GROUP
        shares = [float("nan")] * len(status_EK) if few else memorized_share(status_EK, mask_N)
        curves[name] = [float(share) for share in shares]
    return curves


def joined(rounds: Sequence[Curves]) -> Curves:
    """Join the curves of one round after another; a group that a round does not have is nan there.

    Examples
    --------
    >>> joined([{"all": [0.5], "kept": [0.6]}, {"all": [1.0]}])
    {'all': [0.5, 1.0], 'kept': [0.6, nan]}
    """
    names = dict.fromkeys(name for curves in rounds for name in curves)
    return {
        name: [
            share
            for curves in rounds
            for share in curves.get(name, [float("nan")] * len(curves["all"]))
        ]
        for name in names
    }


def memorized_by_group(run: Run) -> Curves:
    """Read the curves of all rounds of a run from its files."""
    instances, n_finished = run.instances(), len(run.rounds())
    rounds = []
    for number in range(run.rounds_begun()):
        index_N = run.index(number)
        right_N = kept_N = None
        if instances.clean_N is not None:
            right_N = instances.given_N[index_N] == instances.clean_N[index_N]
        elif number < n_finished:
            kept_N = run.selection(number)["kept"]
        planted_N = run.planted(number).mask(len(index_N))
        split = two_groups(right_N, kept_N, planted_N)
        rounds.append(round_curves(run.status(number), len(index_N), split, planted_N))
    return joined(rounds)
