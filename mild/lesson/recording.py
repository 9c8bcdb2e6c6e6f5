"""Runs that ship with the product, each one small .npz file; see README.md beside this file.

Axes: A images of the training set by index, N images of a round by slot, E epochs, K bytes of
packed status. Nothing here is ever unpickled, and nothing needs torch, a network or a runs folder.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from mild.core.dynamics import counts_to_cells, misclassified_counts, unpack_status
from mild.core.planted.planting import Planted
from mild.errors import DataError, first_line

Array = npt.NDArray[Any]
BoolArray = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.int64]

FOLDER = Path(__file__).resolve().parent
NAMES = ("demo", "memorizing", "planted", "rounds")
"""The recordings there are."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordedRound:
    """One round: who was trained on, and what was recorded of each in every epoch."""

    index_N: IntArray
    status_EK: npt.NDArray[np.uint8]
    wrong_N: BoolArray
    """Whether the given label differs from the clean one."""
    predictions_EN: IntArray | None
    """What each image was taken for; None where it was not recorded."""
    losses_EN: npt.NDArray[np.float64] | None
    """Cross entropy of the label trained on, in nats."""
    mean_loss_N: npt.NDArray[np.float64] | None
    """The same, its mean over the epochs; where the single epochs are too many to ship."""
    planted: Planted
    """Which labels were changed on purpose; status and losses are of the label trained on."""

    @property
    def n(self) -> int:
        """Images trained on."""
        return len(self.index_N)

    @property
    def n_epochs(self) -> int:
        """Epochs recorded."""
        return len(self.status_EK)

    def status_EN(self) -> npt.NDArray[np.uint8]:
        """Unpack the status: 1 memorized, 0 misclassified, shape (E, N)."""
        return unpack_status(self.status_EK, self.n)

    def counts_N(self, n_epochs: int | None = None) -> npt.NDArray[np.int32]:
        """Return the epochs misclassified, over all or the first `n_epochs` epochs."""
        return misclassified_counts(self.status_EK, self.n, n_epochs=n_epochs)

    def cells_C(self, which_N: BoolArray | None = None) -> IntArray:
        """Count images, all or some, misclassified in exactly c = 0 .. E epochs."""
        counts_N = self.counts_N()
        return counts_to_cells(counts_N if which_N is None else counts_N[which_N], self.n_epochs)


@dataclass(frozen=True, kw_only=True, slots=True)
class Recording:
    """A run that really took place."""

    run_id: str
    command: str
    """What was typed to make it."""
    given_A: IntArray
    clean_A: IntArray
    class_names: tuple[str, ...]
    thumbnails_AHW: npt.NDArray[np.uint8] | None
    """Grey pixels; None where they were not recorded."""
    rounds: tuple[RecordedRound, ...]
    kept_N: IntArray
    """Images, by index, that the last round kept."""

    @property
    def wrong_A(self) -> BoolArray:
        """Shape (A,): whether the given label is wrong."""
        return np.asarray(self.given_A != self.clean_A)

    def kinds_by_round(self) -> list[dict[str, int]]:
        """Count clean and mislabeled images of each round, and of what the last one kept."""
        indices = [item.index_N for item in self.rounds] + [self.kept_N]
        wrong = [int(self.wrong_A[index_N].sum()) for index_N in indices]
        return [
            {"clean": len(index_N) - n_wrong, "mislabeled": n_wrong}
            for index_N, n_wrong in zip(indices, wrong, strict=True)
        ]

    def pictures(self, index_N: Array) -> npt.NDArray[np.uint8]:
        """Return the pictures of some images, shape (N, h, w, 3)."""
        if self.thumbnails_AHW is None:
            raise ValueError(f"recording {self.run_id} has no thumbnails")
        return np.repeat(self.thumbnails_AHW[index_N][..., None], 3, axis=-1)


def load(name: str) -> Recording:
    """Load a recording by its name.

    Raises
    ------
    DataError
        If the file that ships with the product is missing or damaged.
    """
    path = FOLDER / f"{name}.npz"
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as members:
            return _unpacked({key: members[key] for key in members.files})
    except Exception as error:  # zipfile, zlib and numpy each have their own
        raise DataError(
            f"The recorded run mild/lesson/{name}.npz cannot be read ({first_line(error)}); "
            "install MILD again, or make the file anew as mild/lesson/README.md says."
        ) from error


def _unpacked(members: dict[str, Array]) -> Recording:
    given_A, clean_A = (members[key].astype(np.int64) for key in ("given", "clean"))
    wrong_A = given_A != clean_A
    rounds: list[RecordedRound] = []
    while f"status{len(rounds)}" in members:
        number = len(rounds)
        index_N = members[f"index{number}"].astype(np.int64)
        losses_EN = members.get(f"losses{number}")
        mean_loss_N = members.get(f"mean_loss{number}")
        predictions_EN = members.get(f"predictions{number}")
        rounds.append(
            RecordedRound(
                index_N=index_N,
                status_EK=members[f"status{number}"],
                wrong_N=wrong_A[index_N],
                predictions_EN=None if predictions_EN is None else predictions_EN.astype(np.int64),
                losses_EN=None if losses_EN is None else losses_EN.astype(np.float64),
                mean_loss_N=None if mean_loss_N is None else mean_loss_N.astype(np.float64),
                planted=_planted(members, number),
            )
        )
    return Recording(
        run_id=str(members["run_id"]),
        command=str(members["command"]),
        given_A=given_A,
        clean_A=clean_A,
        class_names=tuple(map(str, members["class_names"])),
        thumbnails_AHW=members.get("thumbnails"),
        rounds=tuple(rounds),
        kept_N=members["kept"].astype(np.int64),
    )


def _planted(members: dict[str, Array], number: int) -> Planted:
    if f"planted_slot{number}" not in members:
        return Planted.none()
    slot_P, label_P = (
        members[f"planted_{name}{number}"].astype(np.int64) for name in ("slot", "label")
    )
    return Planted(slot_P=slot_P, label_P=label_P)
