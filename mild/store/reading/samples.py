"""What instances are, where a run holds more of them than pictures: texts, table rows, sounds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import numpy.typing as npt

from mild.errors import RunError
from mild.store.files import plain
from mild.store.reading.records import Records
from mild.store.samples import sounds, table, texts
from mild.store.samples.sounds import Sound
from mild.store.samples.table import Cell
from mild.store.samples.texts import Text

if TYPE_CHECKING:
    import pandas as pd

IntArray = npt.NDArray[np.integer[Any]]
Value = TypeVar("Value")


class Samples(Records):
    """The part of `mild.store.run.Run` that tells what its instances are."""

    def has_pictures(self) -> bool:
        """Tell whether the run holds small pictures of its instances."""
        return self.folder.thumbnails.is_file()

    def has_samples(self) -> bool:
        """Tell whether the run holds texts, a table, or sounds."""
        folder = self.folder
        return any(path.is_file() for path in (folder.texts, folder.table, folder.sound_places))

    def texts_of(self, index_T: IntArray) -> list[Text] | None:
        """Return texts of instances; None where the run holds none."""
        return self._read(self.folder.texts, lambda path: texts.read_texts(path, index_T))

    def rows_of(self, index_T: IntArray) -> list[dict[str, Cell]] | None:
        """Return rows of instances, by the columns' names; None where the run holds no table."""
        return self._read(self.folder.table, lambda path: table.read_rows(path, index_T))

    def table(self) -> pd.DataFrame | None:
        """The whole table; None where the run holds none."""
        return self._read(self.folder.table, table.read_frame)

    def columns(self) -> dict[str, npt.NDArray[Any]] | None:
        """Return whole columns of the table, shape (N,) each; None where the run holds none."""
        found = self._read(self.folder.table, table.read_columns)
        n = self.n_instances()
        if found and any(len(column) != n for column in found.values()):
            error = ValueError(f"it does not have {n} rows")
            raise RunError(self._damaged(self.folder.table.name, error))
        return found

    def sounds_of(self, index_T: IntArray) -> list[Sound | None] | None:
        """Return sounds of instances, None for those not kept; None where the run holds none."""
        samples = self.folder.sounds
        return self._read(
            self.folder.sound_places, lambda path: sounds.read_sounds(samples, path, index_T)
        )

    def _read(self, path: Path, read: Callable[[Path], Value]) -> Value | None:
        if not path.is_file():
            return None
        try:
            plain.check(path)
            return read(path)
        except Exception as error:  # pyarrow has errors of every kind for what is damaged
            raise RunError(self._damaged(path.name, error)) from error
