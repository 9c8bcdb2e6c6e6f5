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

MIN_GROUP = 10
"""A smaller group has no curve: its share jumps with every single image."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Groups:
    """Two kinds of instances that are told apart in every figure."""

    names: tuple[str, str]
    """The likely right ones first: clean and mislabeled, or kept and flagged."""
    second_N: npt.NDArray[np.bool_]
    """Shape (N,), by slot: True in the second group."""


def stages(epochs: list[EpochRecord], n_rounds: int) -> dict[str, int]:
    """Every stage begun, and its first epoch, counted over all stages from 1."""
    numbers = [item.stage for item in epochs]
    return {
        f"round {stage + 1}" if stage < n_rounds else "final model": numbers.index(stage) + 1
        for stage in sorted(set(numbers))
    }


def two_groups(right_N: Any | None, kept_N: Any | None) -> Groups | None:
    """By the truth; where that is unknown, by what the round kept; where it has not, None.

    Parameters
    ----------
    right_N, kept_N
        Shape (N,), by slot: whether the given label is the clean one; whether it was kept.
    """
    if right_N is not None:
        return Groups(names=("clean", "mislabeled"), second_N=~np.asarray(right_N, dtype=bool))
    if kept_N is not None:
        return Groups(names=("kept", "flagged"), second_N=~np.asarray(kept_N, dtype=bool))
    return None


def round_curves(status_EK: Any, n: int, split: Groups | None) -> Curves:
    """Of everyone and of both groups, in each epoch of a round's packed status."""
    curves = {"all": memorized_share(status_EK, np.ones(n, dtype=bool)).tolist()}
    if split is None:
        return curves
    for name, mask_N in zip(split.names, (~split.second_N, split.second_N), strict=True):
        few = int(mask_N.sum()) < MIN_GROUP
        shares = [float("nan")] * len(status_EK) if few else memorized_share(status_EK, mask_N)
        curves[name] = [float(share) for share in shares]
    return curves


def joined(rounds: Sequence[Curves]) -> Curves:
    """One round after another; a group that a round does not have is nan there.

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
    """All rounds of a run, read from its files."""
    instances, n_finished = run.instances(), len(run.rounds())
    rounds = []
    for number in range(run.rounds_begun()):
        index_N = run.index(number)
        right_N = kept_N = None
        if instances.clean_N is not None:
            right_N = instances.given_N[index_N] == instances.clean_N[index_N]
        elif number < n_finished:
            kept_N = run.selection(number)["kept"]
        rounds.append(round_curves(run.status(number), len(index_N), two_groups(right_N, kept_N)))
    return joined(rounds)
