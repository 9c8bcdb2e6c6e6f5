"""Who is who in a run: given and clean labels, names, and small pictures."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from mild.errors import RunError
from mild.parquet_files import read_parquet
from mild.store.files import arrays, plain
from mild.store.files.columns import array
from mild.store.reading import checked
from mild.store.reading.records import Records

Array = npt.NDArray[Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Instances:
    """Who is who in the training set."""

    given_N: Array
    clean_N: Array | None
    """None where clean labels are unknown."""
    names: Array


def _names(cells: list[Any]) -> Array:
    """As text; what is missing has none."""
    names = np.empty(len(cells), dtype=object)
    names[:] = ["" if cell is None else str(cell) for cell in cells]
    return names


class Who(Records):
    """The part of `mild.store.run.Run` that tells instances by name and by sight."""

    def has_instances(self) -> bool:
        """Tell whether the worker has read the data set."""
        return self.folder.instances.is_file()

    def instances(self) -> Instances:
        """Return given and clean labels and names of the whole training set."""
        found = self._instances(self.folder.instances)
        known = found.clean_N is not None and not (found.clean_N < 0).any()
        return found if known else replace(found, clean_N=None)

    def held_out(self) -> Instances | None:
        """Return those of the held-out part, a clean label of -1 where it alone is unknown.

        None where nothing is held out, or the run is older than this.
        """
        return self._instances(self.folder.held_out) if self.folder.held_out.is_file() else None

    def thumbnails(self) -> Array | None:
        """Return all thumbnails, (N, h, w, 3), uint8, memory-mapped; None before they are made."""
        if not self.folder.thumbnails.is_file():
            return None
        path = self.folder.thumbnails
        return self._sound(
            path, lambda: checked.pictures(arrays.load_npy(path), self.n_instances())
        )

    def thumbnails_of(self, index_T: Array) -> Array | None:
        """Return thumbnails of the instances asked for, shape (T, h, w, 3), uint8.

        An index beyond the training part means the held-out part, in its order.

        None where the run holds none.
        """
        thumbnails = self.thumbnails()
        if thumbnails is None:
            return None
        found = np.array(thumbnails[np.minimum(index_T, len(thumbnails) - 1)])
        held_out = np.flatnonzero(index_T >= len(thumbnails))
        if len(held_out):
            path = self.folder.held_out_thumbnails
            more = self._sound(path, lambda: checked.pictures(arrays.load_npy(path)))
            if (
                len(more) <= int(index_T.max()) - len(thumbnails)
                or more.shape[1:] != found.shape[1:]
            ):
                raise RunError(self._damaged(path.name, ValueError(f"its shape is {more.shape}")))
            found[held_out] = more[index_T[held_out] - len(thumbnails)]
        return found

    def _instances(self, path: Path) -> Instances:
        try:
            plain.check(path)
            table = read_parquet(path)
            clean = table["clean"]
            known = clean.null_count < len(clean)
            return Instances(
                given_N=checked.labels(array(table["given"])),
                clean_N=checked.labels(array(clean, empty=-1), -1) if known else None,
                names=_names(table["name"].to_pylist()),
            )
        except Exception as error:  # pyarrow has errors of every kind for what is damaged
            raise RunError(self._damaged(path.name, error)) from error
