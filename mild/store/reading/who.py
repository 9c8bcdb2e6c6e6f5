"""Who is who in a run: given and clean labels, names, and small pictures."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from mild.errors import RunError
from mild.store.files import arrays
from mild.store.reading.records import Records

Array = npt.NDArray[Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Instances:
    """Who is who in the training set."""

    given_N: Array
    clean_N: Array | None
    """None where clean labels are unknown."""
    names: Array


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
        return arrays.load_npy(self.folder.thumbnails)

    def thumbnails_of(self, index_T: Array) -> Array | None:
        """Return pictures of instances, (T, h, w, 3), those of the held-out part after the others.

        None where the run holds none.
        """
        thumbnails = self.thumbnails()
        if thumbnails is None:
            return None
        found = np.array(thumbnails[np.minimum(index_T, len(thumbnails) - 1)])
        held_out = np.flatnonzero(index_T >= len(thumbnails))
        if len(held_out):
            more = arrays.load_npy(self.folder.held_out_thumbnails)
            found[held_out] = more[index_T[held_out] - len(thumbnails)]
        return found

    def _instances(self, path: Path) -> Instances:
        import pyarrow.parquet as pq

        try:
            table = pq.read_table(path)
            clean = table["clean"]
            known = clean.null_count < len(clean)
            return Instances(
                given_N=table["given"].to_numpy(),
                clean_N=clean.fill_null(-1).to_numpy() if known else None,
                names=np.asarray(table["name"].to_pylist(), dtype=object),
            )
        except (OSError, KeyError, ValueError) as error:  # pyarrow's errors are ValueErrors
            raise RunError(self._damaged(path.name, error)) from error
