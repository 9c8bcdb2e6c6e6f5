"""`export` and `review-import`: from a reviewed run to files, and back."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal
from uuid import uuid4

import typer
from rich.table import Table

from mild.access.reviewer import checked, known_reviewer
from mild.analysis.instances.held_out import held_out_words
from mild.cli.opening import opened
from mild.cli.output import AsJson, print_json, stdout
from mild.cli.run_id import RunId
from mild.errors import ExportError, ReviewError
from mild.export.formats import FILES, FORMATS
from mild.export.formats.format import FolderFormat
from mild.export.table import Reviewed, reviewed
from mild.export.write import write_file
from mild.store.review import opinions
from mild.store.review.decision import Window
from mild.store.review.decisions import decide, last_action
from mild.store.review.reviewers import spelled

if TYPE_CHECKING:
    FormatName = str
else:  # the command line offers, and checks, what is in a Literal
    FormatName = Literal[tuple(FORMATS)]


def export(
    run_id: RunId,
    format_: Annotated[FormatName, typer.Option("--format", help="What to write.")],
    output: Annotated[Path, typer.Option(help="The file, or for imagefolder and hf the folder.")],
    link: Annotated[
        bool, typer.Option("--link", help="imagefolder: link to the images, do not copy them.")
    ] = False,
    keep_undecided: Annotated[
        bool,
        typer.Option(
            "--keep-undecided",
            help="imagefolder, hf: keep flagged images that nobody decided about, as given.",
        ),
    ] = False,
    cut: Annotated[
        float | None,
        typer.Option(
            min=0, help="Flag by this cut in the last round: misclassified in so many epochs."
        ),
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace a file that exists.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Write every image with its scores and what was decided about it.

    Files have one row per image, in data-set order; rounds count from 1.
    An image folder (imagefolder) and a Hugging Face data set (hf) hold the
    images to train on, by their decided label: flagged images that nobody
    decided about are left out, the others stay as given. The originals are
    only read. A source with a test part is written as train and test.

    Example: python -m mild export RUN --format csv --output reviewed.csv
    """
    chosen = FORMATS[format_]
    if not isinstance(chosen, FolderFormat) and (link or keep_undecided):
        raise ExportError(
            "--link and --keep-undecided are for --format imagefolder or hf; leave it out."
        )
    if isinstance(chosen, FolderFormat) and overwrite:
        raise ExportError(f"--overwrite is for files; give {format_} a folder that is empty.")
    found = reviewed(opened(run_id), cut=cut)
    if isinstance(chosen, FolderFormat):
        more = asdict(chosen.write(found, output, link=link, keep_undecided=keep_undecided))
    else:
        write_file(output, FILES[format_].write(found), overwrite=overwrite)
        n_rows = FILES[format_].n_rows(found)
        more = {"n_written": n_rows, "n_rows": n_rows}
    _tell(found, format_, output, more, as_json=as_json)


def review_import(
    run_id: RunId,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A CSV that export wrote.")],
    reviewer: Annotated[
        str | None,
        typer.Option(help="Who decided; otherwise MILD_REVIEWER, or the name given on Review."),
    ] = None,
    second: Annotated[
        bool,
        typer.Option("--second", help="Opinions of a second reviewer: what is decided stays."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Read decisions from an exported table: all of its rows, or none.

    Read are index, decision (keep, relabel, drop) and new_label (a class).
    Rows without a decision change nothing. The whole import is one step
    of undo on the review page. With --second they are the opinions of a
    reviewer who did not see what was decided; `agreement` compares them.

    Example: python -m mild review-import RUN reviewed.csv
    """
    from mild.analysis.instances.measured import measure
    from mild.export.edited.read_review import read_review

    run = opened(run_id)
    wanted = read_review(file, measure(run))
    who = spelled(run.folder, known_reviewer() if reviewer is None else checked(reviewer))
    if second and not who:
        raise ReviewError(["A second opinion is somebody's: name them with --reviewer."])
    window = Window(f"import {uuid4().hex}", last_action(run.folder), who)
    if second:
        action = opinions.give(run.folder, wanted, window)
    else:
        action = decide(run.folder, wanted, window, kind="import")
    result = {
        "run_id": run.run_id,
        "n_read": len(wanted),
        "n_changed": action.n_changed if action else 0,
        **({"reviewer": who} if who else {}),
    }
    if as_json:
        print_json(result)
    else:
        stdout.print(
            f"{result['n_read']:,} {'opinions' if second else 'decisions'} read, "
            f"{result['n_changed']:,} of them new to {run.run_id}."
        )


def _tell(
    found: Reviewed, format_: str, output: Path, more: dict[str, Any], *, as_json: bool
) -> None:
    result = {
        "run_id": found.run.run_id,
        "format": format_,
        "output": str(output),
        "n": found.measured.n,
        "n_held_out": int(found.measured.held_out_A.sum()),
        "n_flagged": int(found.measured.flagged_A.sum()),
        "n_decided": len(found.decisions),
        **more,
    }
    held_out = held_out_words(found.run)
    if as_json:
        print_json(result | {"held_out": held_out})
        return
    table = Table(show_header=False, box=None)
    for title, key in (
        ("Images in the source", "n_source"),
        (f"{found.run.noun().many.capitalize()} of the run", "n"),
        ("Flagged", "n_flagged"),
        ("Decided", "n_decided"),
        ("Written", "n_written"),
        ("Left out", "n_left_out"),
        ("Not readable", "n_unreadable"),
        ("Set aside", "n_set_aside"),
        ("Not in the run", "n_not_in_run"),
    ):
        if key in result:
            table.add_row(title, f"{result[key]:,}")
    table.add_row("To", str(output))
    stdout.print(table)
    if more.get("note"):
        stdout.print(more["note"])
    stdout.print(held_out)
