"""The files of the round under way: rows appended after each epoch, whole files in between.

Axes: N instances of the round by slot, C classes, M held-out instances.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from mild.core.planted.planting import Planted
from mild.errors import RunError
from mild.store.files import arrays
from mild.store.files.rows import RowWriter
from mild.store.folder import RunFolder

Array = npt.NDArray[Any]
HELD_OUT = "held_out_predictions"


@dataclass(frozen=True, kw_only=True, slots=True)
class EpochArrays:
    """What one epoch recorded of each of the N instances of a round, by slot."""

    status_N: Array
    """1 memorized, 0 misclassified."""
    predictions_N: Array
    """The predicted label."""
    losses_N: Array
    """Cross entropy against the given label, in nats."""
    margins_N: Array
    """Given label's logit minus the largest other logit."""
    probabilities_NC: Array | None = None
    """Predicted probabilities; of a round's last epoch only, and where they are not too many."""
    held_out_predictions_M: Array | None = None
    """The label predicted for each held-out instance; None where nothing is held out."""


class RoundFiles:
    """Writes below `rounds/NNN/`, for one round after another."""

    def __init__(self, folder: RunFolder) -> None:
        self._folder = folder
        self._rows: dict[str, RowWriter] = {}

    def begin(
        self,
        number: int,
        index_N: Array,
        n_classes: int,
        n_epochs_done: int = 0,
        planted: Planted | None = None,
        *,
        held_out: bool = False,
    ) -> None:
        """Open a round; see `RunWriter.begin_round`."""
        folder = self._folder.round(number)
        folder.parent.mkdir(exist_ok=True)  # fails where the run's folder was removed
        folder.mkdir(exist_ok=True)
        if not n_epochs_done:
            _save_planted(folder / "planted.npz", planted)
            arrays.save_npy(folder / "index.npy", index_N.astype(np.int64))
        n, n_held_out = len(index_N), self._n_held_out(must=held_out)
        label = np.uint8 if n_classes <= 256 else np.uint16
        kinds = {
            "status": (-(-n // 8), np.uint8),
            "predictions": (n, label),
            "losses": (n, np.float16),
            "margins": (n, np.float16),
        }
        begun_with_it = held_out or (folder / f"{HELD_OUT}.npy").is_file()
        if n_held_out and (not n_epochs_done or begun_with_it):
            kinds[HELD_OUT] = (n_held_out, label)
        self.close()
        for name, (n_columns, dtype) in kinds.items():
            path = folder / f"{name}.npy"
            self._rows[name] = RowWriter(path, n_columns, dtype, n_epochs_done)
        self._current_path = folder / "current.npy"
        self._current_path.unlink(missing_ok=True)

    def current(self, status_N: Array) -> None:
        """Show the epoch under way: 0 misclassified, 1 memorized, 2 not seen yet."""
        arrays.save_npy(self._current_path, status_N.astype(np.uint8))

    def keep(self) -> None:
        """Put files back that were removed while they are written."""
        for rows in self._rows.values():
            rows.keep()

    def append(self, number: int, recorded: EpochArrays) -> None:
        """Add a row of each kind; they count once the epoch is committed."""
        largest = float(np.finfo(np.float16).max)
        self._rows["status"].append(np.packbits(recorded.status_N.astype(bool)))
        self._rows["predictions"].append(recorded.predictions_N)
        self._rows["losses"].append(np.clip(recorded.losses_N, 0, largest))
        self._rows["margins"].append(np.clip(recorded.margins_N, -largest, largest))
        if HELD_OUT in self._rows and recorded.held_out_predictions_M is not None:
            self._rows[HELD_OUT].append(recorded.held_out_predictions_M)
        if recorded.probabilities_NC is not None:
            path = self._folder.round(number) / "probabilities.npy"
            arrays.save_npy(path, recorded.probabilities_NC.astype(np.float16))

    def select(self, number: int, *, scores: dict[str, Array], selection: dict[str, Array]) -> None:
        """Write what a round's selection found."""
        self.keep()  # rows stay in hand until another round begins: closed, they were lost
        folder = self._folder.round(number)
        arrays.save_npz(folder / "scores.npz", scores)
        arrays.save_npz(folder / "selection.npz", selection)

    def close(self) -> None:
        """Close the files; rows stay."""
        for rows in self._rows.values():
            rows.close()
        self._rows = {}

    def _n_held_out(self, *, must: bool) -> int:
        """Count the instances that were written down as held out; with `must`, they were."""
        import pyarrow.parquet as pq

        path = self._folder.held_out
        if not path.is_file():
            if must:
                raise RunError(arrays.missing(path))
            return 0
        return int(pq.read_metadata(path).num_rows)


def _save_planted(path: Path, planted: Planted | None) -> None:
    path.unlink(missing_ok=True)  # of a worker that was gone before the round's first epoch
    if planted:
        arrays.save_npz(path, {"slot": planted.slot_P, "label": planted.label_P})
