"""Other labels for the same images: they become the given labels, the source's own the clean ones.

For instance CIFAR-10N (Wei et al., ICLR 2022), where people labelled CIFAR-10 again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from mild.data.dataset import IntArray
from mild.data.labels.encode import encode
from mild.data.labels.overlay_file import read_columns
from mild.data.parts import Part
from mild.data.table import Table
from mild.errors import DataError
from mild.visible import printable
from mild.words import percent

NAME_COLUMNS = ("path", "name", "index")
"""A column of this name says which instance a row is about; without one, row i is instance i."""
TRUSTED_COLUMNS = ("clean_label", "clean")
"""A column of this name must repeat the source's own labels; if not, the order is another."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Overlay:
    """Labels read from a file, with what tells to which instance each belongs."""

    path: Path
    column: str
    values: list[str]
    keys: list[str] | None
    trusted: list[str] | None


def read_overlay(path: Path, column: str | None) -> Overlay:
    """Read one column of labels.

    Raises
    ------
    DataError
        If the file cannot be read, lacks the column, or has several and none was chosen.
    """
    table = read_columns(path)
    column = _choose_column(table, path, column)
    keys = next((table[name] for name in NAME_COLUMNS if name in table), None)
    trusted = next((table[name] for name in TRUSTED_COLUMNS if name in table), None)
    return Overlay(path=path, column=column, values=table[column], keys=keys, trusted=trusted)


def apply_overlay(
    part: Part, overlay: Overlay, class_names: Sequence[str], n_listed: int
) -> tuple[Part, tuple[str, ...], str]:
    """Give each instance its label from the overlay.

    Returns
    -------
    The part without instances whose label is missing or no class, a sentence for each of those,
    and a sentence on how far the labels differ from the source's own.

    Raises
    ------
    DataError
        If the rows do not fit the instances, or no label is a class.
    """
    rows_N = _rows(part, overlay, n_listed)
    own_N = part.given_N if part.clean_N is None else part.clean_N
    _check_order(overlay, rows_N, own_N, class_names)
    codes = encode(overlay.values, class_names, numbers_are_positions=True)
    given_N = np.where(rows_N >= 0, codes[rows_N], -1)
    kept = np.flatnonzero(given_N >= 0)
    if len(kept) == 0:
        raise DataError(
            f"{printable(overlay.path)}: no value of '{overlay.column}' is one of the classes "
            f"{', '.join(class_names[:10])}. Choose another column or file."
        )
    skipped = tuple(_why(part, overlay, rows_N, int(i)) for i in np.flatnonzero(given_N < 0))
    overlaid = replace(part, given_N=given_N, clean_N=own_N).take(kept)
    share = float(np.mean(overlaid.given_N != overlaid.clean_N))
    note = f"Given labels are '{overlay.column}' of {printable(overlay.path.name)}; "
    return overlaid, skipped, f"{note}{percent(share)} differ from the data set's own."


def _choose_column(table: Table, path: Path, column: str | None) -> str:
    choices = [name for name in table if name not in NAME_COLUMNS]
    found = ", ".join(choices) or "none"
    where = printable(path)
    if column is None and len(choices) == 1:
        return choices[0]
    if column is None:
        raise DataError(f"{where}: has several columns ({found}). Choose one with labels_column.")
    if column not in choices:
        raise DataError(
            f"{where}: column '{column}' is missing; found {found}. Choose one of them."
        )
    return column


def _rows(part: Part, overlay: Overlay, n_listed: int) -> IntArray:
    """Find the overlay's row of each instance, -1 where it has none."""
    if overlay.keys is None:
        if len(overlay.values) != n_listed:
            raise DataError(
                f"{printable(overlay.path)}: has {len(overlay.values):,} labels for {n_listed:,} "
                "images. Give one label per image, or a column 'path'."
            )
        return part.position_N
    row_of = {key: i for i, key in enumerate(overlay.keys)}
    if len(row_of) < len(overlay.keys):
        twice = next(key for i, key in enumerate(overlay.keys) if row_of[key] != i)
        raise DataError(
            f"{printable(overlay.path)}: has two rows for '{printable(twice)}'. Keep one of them."
        )
    by_name = [row_of.get(name, -1) for name in part.names]
    if max(by_name, default=-1) < 0:
        by_name = [row_of.get(str(position), -1) for position in part.position_N]
    if max(by_name, default=-1) < 0:
        raise DataError(
            f"{printable(overlay.path)}: names no image of the data set; the first here is "
            f"'{part.names[0]}', there '{printable(overlay.keys[0]) if overlay.keys else ''}'. "
            "Use paths relative to the data set's folder."
        )
    return np.array(by_name, dtype=np.int64)


def _check_order(
    overlay: Overlay, rows_N: IntArray, own_N: IntArray, class_names: Sequence[str]
) -> None:
    if overlay.trusted is None or overlay.column in TRUSTED_COLUMNS:
        return
    codes = encode(overlay.trusted, class_names, numbers_are_positions=True)
    n_other = int(np.sum(codes[rows_N[rows_N >= 0]] != own_N[rows_N >= 0]))
    if n_other:
        raise DataError(
            f"{printable(overlay.path)}: its clean labels differ from the data set's own for "
            f"{n_other:,} of {len(own_N):,} images, so its rows are in another order. "
            "Use it with the data set it was made for, or add a column 'path'."
        )


def _why(part: Part, overlay: Overlay, rows_N: IntArray, i: int) -> str:
    if rows_N[i] < 0:
        return f"{part.names[i]}: has no label in {printable(overlay.path.name)}; passed over."
    value = printable(overlay.values[rows_N[i]])
    return f"{part.names[i]}: label '{value}' is not one of the classes; passed over."
