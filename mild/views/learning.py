"""How groups of instances were memorized over the epochs: the picture that explains the method."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from mild.core.dynamics import memorized_share
from mild.store.run import Run
from mild.store.schema import EpochRecord

MIN_GROUP = 10
"""A smaller group has no curve: its share jumps with every single image."""


def stages(epochs: list[EpochRecord], n_rounds: int) -> dict[str, int]:
    """Every stage begun, and its first epoch, counted over all stages from 1."""
    numbers = [item.stage for item in epochs]
    return {
        f"round {stage + 1}" if stage < n_rounds else "final model": numbers.index(stage) + 1
        for stage in sorted(set(numbers))
    }


def groups(run: Run, number: int) -> dict[str, npt.NDArray[np.bool_]]:
    """Who belongs to which group of a round, by slot.

    Clean and mislabeled where that is known; else kept and flagged, once the round has its
    selection; everyone in any case.
    """
    index_N = run.index(number)
    everyone = {"all": np.ones(len(index_N), dtype=bool)}
    instances = run.instances()
    if instances.clean_N is not None:
        right_N = instances.given_N[index_N] == instances.clean_N[index_N]
        return everyone | {"clean": right_N, "mislabeled": ~right_N}
    if number < len(run.rounds()):
        kept_N = run.selection(number)["kept"]
        return everyone | {"kept": kept_N, "flagged": ~kept_N}
    return everyone


def round_curves(run: Run, number: int) -> dict[str, list[float]]:
    """Share memorized in each committed epoch of a round, by group; nan for a group too small."""
    status_EK = run.status(number)
    return {
        name: [float("nan")] * len(status_EK)
        if mask_N.sum() < MIN_GROUP
        else [float(share) for share in memorized_share(status_EK, mask_N)]
        for name, mask_N in groups(run, number).items()
    }


def memorized_by_group(run: Run) -> dict[str, list[float]]:
    """Shares memorized per epoch, all rounds one after another, by group.

    A group that a round does not have yet is nan there.
    """
    rounds = [round_curves(run, number) for number in range(run.rounds_begun())]
    names = list(dict.fromkeys(name for curves in rounds for name in curves))
    return {
        name: [
            share
            for curves in rounds
            for share in curves.get(name, [float("nan")] * len(curves["all"]))
        ]
        for name in names
    }
