"""`patch`: what was decided, applied to the folder or the table that the images came from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from mild.cli.output import AsJson, print_json, stdout
from mild.data.table import PARQUET_SUFFIXES, TEXT_SUFFIXES
from mild.errors import PatchError
from mild.export.patch.apply import apply_moves
from mild.export.patch.changes import Change, read_changes
from mild.export.patch.manifest import patched_table, plan_table
from mild.export.patch.plan import Plan, dropped_folder, plan_moves
from mild.export.write import write_file
from mild.visible import printable

N_SHOWN = 20
"""Moves that a dry run prints."""


def patch(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What export --format patch wrote.")],
    target: Annotated[
        Path, typer.Argument(metavar="TARGET", help="The folder of images, or the table.")
    ],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Check everything, and change nothing.")
    ] = False,
    undo: Annotated[
        Path | None,
        typer.Option(
            help="Of a folder: where to write the patch that undoes this one; by default beside it."
        ),
    ] = None,
    output: Annotated[
        Path | None, typer.Option(help="Of a table: the new one; by default beside the old one.")
    ] = None,
    path_column: Annotated[str, typer.Option(help="Of a table: the column with images.")] = "path",
    label_column: Annotated[
        str, typer.Option(help="Of a table: the column with labels.")
    ] = "label",
    as_json: AsJson = False,
) -> None:
    """Correct a folder of images, or a table, by what was decided.

    In a folder, relabelled images move to the folder of their new class, and
    dropped ones to a folder beside it, called as it is with -dropped after
    its name. Nothing is overwritten, and a second patch takes all of it back.
    A table stays as it is: a new one is written beside it. Where a row does
    not fit, nothing is changed at all.

    Example: python -m mild patch labels.patch.csv /path/to/images --dry-run
    """
    changes = read_changes(file)
    target = target.absolute()
    if target.is_dir():
        result = _folder(changes, target, undo or _beside(file), dry_run=dry_run)
    elif target.suffix.lower() in TEXT_SUFFIXES | PARQUET_SUFFIXES:
        new = output or target.with_name(f"{target.stem}.patched{target.suffix}")
        result = _table(changes, target, new, path_column, label_column, dry_run=dry_run)
    else:
        raise PatchError(
            [f"{printable(target)}: is neither a folder nor a CSV or Parquet file. Give one."]
        )
    _tell(result | {"n_rows": len(changes), "dry_run": dry_run}, as_json=as_json)


def _beside(file: Path) -> Path:
    return file.with_name(f"{file.name.removesuffix('.csv').removesuffix('.patch')}.undo.csv")


def _folder(changes: list[Change], target: Path, undo: Path, *, dry_run: bool) -> dict[str, Any]:
    plan = plan_moves(target, changes)
    if not dry_run and plan.moves:
        apply_moves(plan.moves, undo)
    return {
        "target": str(target),
        "n_relabelled": len(plan.moves) - plan.n_dropped - plan.n_back,
        "n_brought_back": plan.n_back,
        "n_dropped": plan.n_dropped,
        "n_unchanged": plan.n_unchanged,
        "dropped_to": str(dropped_folder(target)) if plan.n_dropped else None,
        "undo": str(undo) if plan.moves and not dry_run else None,
        "moves": _shown(plan, target) if dry_run else [],
    }


def _shown(plan: Plan, target: Path) -> list[str]:
    start = f"{target.parent}/"
    return [
        " → ".join(printable(str(path).removeprefix(start)) for path in (move.source, move.target))
        for move in plan.moves[:N_SHOWN]
    ]


def _table(
    changes: list[Change],
    target: Path,
    output: Path,
    path_column: str,
    label_column: str,
    *,
    dry_run: bool,
) -> dict[str, Any]:
    if output.absolute().parent != target.parent:
        raise PatchError(
            [
                f"{printable(output)}: lies in another folder than {printable(target)}, whose "
                "paths are relative to where it lies. Give a name in the same folder."
            ]
        )
    new = plan_table(target, changes, path_column=path_column, label_column=label_column)
    if not dry_run:
        write_file(output, patched_table(target, new, label_column=label_column))
    return {
        "target": str(target),
        "n_relabelled": len(new.label_of),
        "n_brought_back": 0,
        "n_dropped": len(new.dropped),
        "n_unchanged": new.n_unchanged,
        "output": None if dry_run else str(output),
        "moves": [],
    }


def _tell(result: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(result)
        return
    for move in result["moves"]:
        stdout.print(move)
    images = "image" if result["n_relabelled"] == 1 else "images"
    would = "would be " if result["dry_run"] else ""
    back = f"{result['n_brought_back']:,} brought back, " if result["n_brought_back"] else ""
    words = (
        f"{result['n_relabelled']:,} {images} {would}relabelled, {back}"
        f"{result['n_dropped']:,} dropped, {result['n_unchanged']:,} as they are already."
    )
    stdout.print(words)
    for key, text in (
        ("dropped_to", "The dropped ones are in"),
        ("undo", "To undo it, apply"),
        ("output", "The new table is"),
    ):
        if result.get(key) and not result["dry_run"]:
            stdout.print(f"{text} {result[key]}")
