"""Images listed in a CSV or Parquet file: path, label, optionally a clean label and a split."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from mild.config import DataConfig
from mild.data.labels.encode import class_list, encode
from mild.data.places import path_of
from mild.data.remote.address import address_of, address_problems
from mild.data.remote.cells import Base, image_files, place_of
from mild.data.remote.listing import named_files
from mild.data.sources.listed import FileList, Listed
from mild.data.sources.source import Source
from mild.data.table import Table, column, read_table
from mild.errors import DataError
from mild.visible import printable

TRAIN_WORDS = frozenset({"train", "training"})
TEST_WORDS = frozenset({"test", "testing", "val", "valid", "validation", "held-out"})


@dataclass(frozen=True, kw_only=True, slots=True)
class ManifestCells:
    """The cells a manifest has for us, and where it lies."""

    base: Base
    paths: list[str]
    labels: list[str]
    clean: list[str] | None
    splits: list[str] | None


@dataclass(slots=True)
class _Rows:
    """Row numbers to use, and why others were passed over."""

    train: list[int] = field(default_factory=list)
    test: list[int] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)


def list_manifest(config: DataConfig) -> Listed:
    """Read a manifest; its paths are relative to the folder it lies in, or addresses.

    Rows without label, with an unknown split, or with a file listed before are passed over.
    Clean labels count only if every training row has one.

    Raises
    ------
    DataError
        If the table or one of its columns is missing, or no row is left.
    """
    called = _called(config)
    cells = read_columns(config)
    rows = _choose_rows(cells)
    if not rows.train:
        found = f" First passed over: {rows.skipped[0]}" if rows.skipped else ""
        raise DataError(
            f"{called}: has no row to train on. Add rows with a path and a label.{found}"
        )
    clean, notes = _clean_cells(cells, rows.train, config.clean_column)
    given = [cells.labels[i] for i in rows.train]
    held_out = [cells.labels[i] for i in rows.test]
    trusted = [cells.clean[i] for i in rows.test] if cells.clean else None
    named = [label for label in trusted or [] if label]
    class_names = class_list(given + held_out + (clean or []) + named)
    files = image_files(cells.base, [cells.paths[i] for i in rows.train + rows.test])
    return Listed(
        root=cells.base if isinstance(cells.base, Path) else Path(str(cells.base)),
        train=FileList(
            files=files[: len(rows.train)],
            given_N=encode(given, class_names),
            clean_N=encode(clean, class_names) if clean else None,
        ),
        test=FileList(
            files=files[len(rows.train) :],
            given_N=encode(held_out, class_names),
            clean_N=encode(trusted, class_names) if trusted else None,  # UNKNOWN where empty
        ),
        class_names=class_names,
        title=f"Manifest {called.rpartition(os.sep)[2]}",
        skipped=tuple(rows.skipped),
        notes=notes,
    )


def read_columns(config: DataConfig) -> ManifestCells:
    """Read the columns named in the config; only those not renamed may be absent."""
    called = _called(config)
    file, base = _table_file(config)
    table = read_table(file, called)
    return ManifestCells(
        base=base,
        paths=column(table, config.path_column, called, "path_column"),
        labels=column(table, config.label_column, called, "label_column"),
        clean=_optional(table, config, "clean_column", called),
        splits=_optional(table, config, "split_column", called),
    )


def _table_file(config: DataConfig) -> tuple[Path, Base]:
    """Return the table, fetched where it is somewhere else, and the folder that it lies in."""
    address = address_of(config.path or "")
    if address is None:
        path = path_of(config)
        return path, path.parent
    (file,) = named_files([address], [printable(str(address))])
    file.read()
    return file.copy, address.parent


def _called(config: DataConfig) -> str:
    """Return what sentences call the table."""
    address = address_of(config.path or "")
    return printable(path_of(config) if address is None else str(address))


def _optional(table: Table, config: DataConfig, setting: str, called: str) -> list[str] | None:
    name = str(getattr(config, setting))
    if name not in table and name == DataConfig.model_fields[setting].default:
        return None
    return column(table, name, called, setting)


def _choose_rows(cells: ManifestCells) -> _Rows:
    rows = _Rows()
    first_row: dict[str, int] = {}
    for i, (file, label) in enumerate(zip(cells.paths, cells.labels, strict=True)):
        name = printable(file) or f"row {i + 1}"
        word = "train" if cells.splits is None else cells.splits[i].lower()
        earlier = first_row.setdefault(place_of(cells.base, file), i)
        if not file or not label:
            missing = "label" if file else "path"
            rows.skipped.append(f"{name}: has no {missing}, so it was passed over.")
        elif earlier != i:
            same = "the same label" if cells.labels[earlier] == label else "another label"
            rows.skipped.append(
                f"{name}: is listed again in row {i + 1} with {same}; row {earlier + 1} was kept."
            )
        elif word in TRAIN_WORDS:
            rows.train.append(i)
        elif word in TEST_WORDS:
            rows.test.append(i)
        else:
            rows.skipped.append(
                f"{name}: split '{printable(word)}' is neither train nor test, "
                "so it was passed over."
            )
    return rows


def _clean_cells(
    cells: ManifestCells, rows: Sequence[int], name: str
) -> tuple[list[str] | None, tuple[str, ...]]:
    if cells.clean is None:
        return None, ()
    clean = [cells.clean[i] for i in rows]
    n_missing = clean.count("")
    if n_missing:
        return None, (
            f"The column '{name}' is empty in {n_missing:,} of {len(rows):,} rows, "
            "so clean labels were not used.",
        )
    return clean, ()


def _problems(config: DataConfig) -> list[str]:
    if (address := address_of(config.path or "")) is not None:
        return address_problems(address)
    try:
        read_columns(config)
    except DataError as error:
        return [str(error)]
    return []


MANIFEST = Source(
    name="manifest",
    label="Your images: a CSV or Parquet file that lists images and labels",
    order=40,
    list_files=list_manifest,
    problems=_problems,
    needs_path=True,
    takes_addresses=True,
    own=True,
)
