"""What the files of a run's rounds say, of every instance by slot."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy.typing as npt

from mild.core.planted.planting import Planted
from mild.errors import RunError
from mild.store.files import arrays
from mild.store.reading import checked
from mild.store.reading.records import Records
from mild.store.schema import n_planted_fact

Array = npt.NDArray[Any]
Check = Callable[[Array, Any], Array]


class RoundArrays(Records):
    """The part of `mild.store.run.Run` that reads what lies below `rounds/`."""

    def index(self, number: int) -> Array:
        """Return the instance in each slot of a round, shape (N,)."""
        path = self.folder.round(number) / "index.npy"
        return self._read_through(path, checked.index, self.n_instances())

    def planted(self, number: int) -> Planted:
        """Return which slots of a round had a label planted, rising, and with which labels."""
        path = self.folder.round(number) / "planted.npz"
        if not path.is_file():
            if self.facts().get(n_planted_fact(number)):  # else nothing was planted
                raise RunError(arrays.missing(path))
            return Planted.none()
        n = len(self.index(number))
        return self._sound(path, lambda: checked.planted(arrays.load_npz(path), n))

    def status(self, number: int) -> Array:
        """Return packed status of a round's committed epochs, (E, ceil(N / 8)), memory-mapped.

        A bit is 1 where the network predicted the label trained on.
        """
        return self._committed(number, "status.npy", "u")

    def predictions(self, number: int) -> Array:
        """Return predicted labels of a round's committed epochs, shape (E, N), memory-mapped."""
        return self._committed(number, "predictions.npy", "iu")

    def losses(self, number: int) -> Array:
        """Return cross entropy in nats, shape (E, N), float16, memory-mapped; higher is worse."""
        return self._committed(number, "losses.npy", "f")

    def margins(self, number: int) -> Array:
        """Return the trained label's logit minus the largest other, shape (E, N), float16.

        Memory-mapped. Lower means more likely wrong.
        """
        return self._committed(number, "margins.npy", "f")

    def probabilities(self, number: int) -> Array | None:
        """Return probabilities in a round's last epoch, (N, C); None where not on record."""
        path = self.folder.round(number) / "probabilities.npy"
        if not path.is_file():
            return None
        n = len(self.index(number))
        return self._read_through(path, checked.shares, n)[:n]

    def neighbours(self, number: int) -> dict[str, Array]:
        """Return `neighbour_NK`, slots by falling similarity, and `similarity_NK`, -1 to 1.

        Both of shape (N, K); empty where not on record.
        """
        path = self.folder.round(number) / "neighbours.npz"
        if not path.is_file():
            return {}
        n = len(self.index(number))
        return self._sound(path, lambda: checked.neighbours(arrays.load_npz(path), n))

    def selection(self, number: int) -> dict[str, Array]:
        """Return what a round's selection wrote: `kept`, `misclassified` and more, shape (N,)."""
        path, n = self.folder.round(number) / "selection.npz", len(self.index(number))
        return self._sound(path, lambda: checked.selection(arrays.load_npz(path), n))

    def scores(self, number: int) -> dict[str, Array]:
        """Return the detectors' scores that a round wrote at its end, by name, shape (N,) each."""
        path, n = self.folder.round(number) / "scores.npz", len(self.index(number))
        return self._sound(path, lambda: checked.scores(arrays.load_npz(path), n))

    def held_out_predictions(self, number: int) -> Array | None:
        """Return what held-out instances were taken for after each committed epoch, (E, M).

        Memory-mapped; None where nothing is held out, or an older version trained the round.
        """
        path = self.folder.round(number) / "held_out_predictions.npy"
        if not (path.is_file() and self.folder.held_out.is_file()):
            return None
        array, n_epochs = arrays.load_npy(path), self.n_epochs(number)
        width = self._n_rows(self.folder.held_out) or 0
        return self._sound(path, lambda: checked.rows(array, "iu", n_epochs, width))

    def _read_through(self, path: Path, check: Check, n: int | None) -> Array:
        """Map a file that `check` reads to its last value; once, as long as nobody writes it."""
        array = arrays.load_npy(path)
        try:
            status = path.stat()
        except OSError as error:
            raise RunError(arrays.missing(path)) from error
        known = (status.st_mtime_ns, status.st_size)
        self._sound(path, lambda: _read_through(path, *known, check, n))
        return array

    def _committed(self, number: int, name: str, kinds: str) -> Array:
        n_epochs = self.n_epochs(number)
        path = self.folder.round(number) / name
        array, n = arrays.load_npy(path), len(self.index(number))
        width = -(-n // 8) if name == "status.npy" else n
        return self._sound(path, lambda: checked.rows(array, kinds, n_epochs, width))


@lru_cache(maxsize=256)
def _read_through(path: Path, _mtime: int, _size: int, check: Check, n: int | None) -> None:
    check(arrays.load_npy(path), n)
