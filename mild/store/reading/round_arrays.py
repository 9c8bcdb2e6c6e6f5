"""What the files of a run's rounds say, of every instance by slot."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from mild.core.planted.planting import Planted
from mild.store.files import arrays
from mild.store.reading import checked
from mild.store.reading.records import Records

Array = npt.NDArray[Any]


class RoundArrays(Records):
    """The part of `mild.store.run.Run` that reads what lies below `rounds/`."""

    def index(self, number: int) -> Array:
        """Shape (N,): the instance in each slot of a round."""
        path = self.folder.round(number) / "index.npy"
        return self._sound(path, lambda: checked.index(arrays.load_npy(path), self.n_instances()))

    def planted(self, number: int) -> Planted:
        """Which slots of a round were trained with a label that we changed."""
        path = self.folder.round(number) / "planted.npz"
        if not path.is_file():
            return Planted.none()
        n = len(self.index(number))
        return self._sound(path, lambda: _planted(arrays.load_npz(path), n))

    def status(self, number: int) -> Array:
        """Shape (E, ceil(N / 8)): packed status of a round's committed epochs, memory-mapped."""
        return self._committed(number, "status.npy", "u")

    def predictions(self, number: int) -> Array:
        """Shape (E, N): predicted labels of the committed epochs of a round, memory-mapped."""
        return self._committed(number, "predictions.npy", "iu")

    def losses(self, number: int) -> Array:
        """Shape (E, N): cross entropy in nats, as 16-bit floats, memory-mapped."""
        return self._committed(number, "losses.npy", "f")

    def margins(self, number: int) -> Array:
        """Shape (E, N): given label's logit minus the largest other, memory-mapped."""
        return self._committed(number, "margins.npy", "f")

    def probabilities(self, number: int) -> Array | None:
        """Shape (N, C): probabilities in a round's last epoch; None where not on record."""
        path = self.folder.round(number) / "probabilities.npy"
        if not path.is_file():
            return None
        n = len(self.index(number))
        return self._sound(path, lambda: checked.shares(arrays.load_npy(path), n))

    def neighbours(self, number: int) -> dict[str, Array]:
        """`neighbour_NK` and `similarity_NK` of a round; empty where not on record."""
        path = self.folder.round(number) / "neighbours.npz"
        if not path.is_file():
            return {}
        n = len(self.index(number))
        return self._sound(path, lambda: checked.neighbours(arrays.load_npz(path), n))

    def selection(self, number: int) -> dict[str, Array]:
        """What a round's selection wrote."""
        path, n = self.folder.round(number) / "selection.npz", len(self.index(number))
        return self._sound(path, lambda: checked.selection(arrays.load_npz(path), n))

    def scores(self, number: int) -> dict[str, Array]:
        """Scores per slot that a round wrote at its end."""
        path, n = self.folder.round(number) / "scores.npz", len(self.index(number))
        return self._sound(path, lambda: checked.scores(arrays.load_npz(path), n))

    def held_out_predictions(self, number: int) -> Array | None:
        """Shape (E, M): what the held-out part was taken for after each committed epoch of a round.

        Memory-mapped; None where nothing is held out, or an older version trained the round.
        """
        path = self.folder.round(number) / "held_out_predictions.npy"
        if not (path.is_file() and self.folder.held_out.is_file()):
            return None
        array, n_epochs = arrays.load_npy(path), self.n_epochs(number)
        width = self._n_rows(self.folder.held_out) or 0
        return self._sound(path, lambda: checked.rows(array, "iu", n_epochs, width))

    def _committed(self, number: int, name: str, kinds: str) -> Array:
        n_epochs = self.n_epochs(number)
        path = self.folder.round(number) / name
        array, n = arrays.load_npy(path), len(self.index(number))
        width = -(-n // 8) if name == "status.npy" else n
        return self._sound(path, lambda: checked.rows(array, kinds, n_epochs, width))


def _planted(members: dict[str, Array], n: int) -> Planted:
    slot_P, label_P = members["slot"], members["label"]
    if slot_P.dtype.kind != "i" or label_P.dtype.kind != "i" or slot_P.ndim != 1:
        raise ValueError(f"it holds {slot_P.dtype} and {label_P.dtype}, not whole numbers")
    if slot_P.shape != label_P.shape:
        raise ValueError(f"it holds {len(slot_P)} slots, and labels of shape {label_P.shape}")
    if len(slot_P) and not (slot_P[0] >= 0 and slot_P[-1] < n and (np.diff(slot_P) > 0).all()):
        raise ValueError(f"its slots are not rising, or not within 0 .. {n - 1}")
    if len(label_P) and label_P.min() < 0:
        raise ValueError(f"it holds the label {label_P.min()}; labels count from 0")
    return Planted(slot_P=slot_P.astype(np.int64), label_P=label_P.astype(np.int64))
