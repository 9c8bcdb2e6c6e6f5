"""`check`: measure a selection by a sample that people look at, instead of estimating it."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from uuid import uuid4

import typer
from rich.table import Table

from mild.cli.opening import opened
from mild.cli.output import AsJson, print_json, stdout
from mild.cli.run_id import RunId
from mild.errors import ReviewError
from mild.store.run import Run
from mild.words import Noun

if TYPE_CHECKING:
    from mild.analysis.instances.measured import MeasuredInstances


def check(
    run_id: RunId,
    output: Annotated[
        Path | None, typer.Option(help="Draw a sample and write it here, as a CSV to fill in.")
    ] = None,
    n: Annotated[int, typer.Option(min=2, max=10_000, help="How many images to check.")] = 50,
    read: Annotated[
        Path | None, typer.Option(help="Read the answers of a table that --output wrote.")
    ] = None,
    cut: Annotated[
        float | None, typer.Option(min=0, help="Flag by this cut in the last round.")
    ] = None,
    seed: Annotated[
        int | None, typer.Option(min=0, help="Seed of the draw; by default a new one each time.")
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace a file that exists.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Measure precision, recall, noise rate and F1 by images that people check.

    Half of the sample is flagged, half kept, and the table does not say
    which. Write right, wrong or unknown (or keep and drop) into the column
    answer: is the given label right? Then read the table back. Images that
    were drawn and not answered yet are written again before new ones.

    Example: python -m mild check RUN --n 50 --output sample.csv
    """
    from mild.analysis.instances.measured import measure

    if output is not None and read is not None:
        raise ReviewError(["--output draws a sample and --read reads answers; give one of them."])
    run = opened(run_id)
    measured = measure(run, cut=cut)
    done: dict[str, Any] = {}
    if output is not None:
        chosen = secrets.randbelow(1 << 31) if seed is None else seed
        done = _write(run, measured, output, n, cut, chosen, overwrite=overwrite)
    if read is not None:
        done = _read(run, measured, read)
    _tell(run, measured, cut, done, as_json=as_json)


def _write(
    run: Run,
    measured: MeasuredInstances,
    output: Path,
    n: int,
    cut: float | None,
    seed: int,
    *,
    overwrite: bool,
) -> dict[str, Any]:
    """Write the sample; the file is tried first, so that no sample is drawn that nobody sees."""
    from mild.analysis.checks.sides import sides_of_run
    from mild.analysis.checks.spot_checks import draw
    from mild.export.edited.answers import sample_table
    from mild.export.write import write_file
    from mild.store.review.checks import checks

    write_file(output, sample_table(run, measured, ()), overwrite=overwrite)
    n_drawn = draw(run, sides_of_run(measured, cut), n, seed=seed)
    waiting = checks(run.folder).to_answer
    write_file(output, sample_table(run, measured, waiting), overwrite=True)
    return {"output": str(output), "n_written": len(waiting), "n_drawn_now": n_drawn}


def _read(run: Run, measured: MeasuredInstances, path: Path) -> dict[str, Any]:
    from mild.export.edited.answers import read_answers
    from mild.store.review.checks import answer, checks

    found = read_answers(path, measured, checks(run.folder).drawn)
    return {
        "n_read": len(found),
        "n_changed": answer(run.folder, found, f"check {uuid4().hex}"),
    }


def _tell(
    run: Run,
    measured: MeasuredInstances,
    cut: float | None,
    done: dict[str, Any],
    *,
    as_json: bool,
) -> None:
    from mild.analysis.checks.sides import sides_of_run
    from mild.analysis.checks.spot_checks import as_json as as_object
    from mild.analysis.checks.spot_checks import checked, source_of
    from mild.store.review.checks import checks

    now = checks(run.folder)
    sides = sides_of_run(measured, cut)
    found = checked(run, sides.kept_A, sides.flagged_A)
    result = {
        "run_id": run.run_id,
        **done,
        "n_drawn": len(now.drawn),
        "n_answered": len(now.answers),
        "n_to_answer": len(now.to_answer),
        "source": source_of(truth_known=measured.clean_A is not None, check=found),
        "check": as_object(found),
    }
    if as_json:
        print_json(result)
        return
    noun = run.noun()
    if "output" in result:
        stdout.print(
            f"{result['n_written']:,} {noun.many} to check are in {result['output']}; fill in the "
            f"column answer and read it with: python -m mild check {run.run_id} --read "
            f"{result['output']}"
        )
    _print(result, found, noun)


def _print(result: dict[str, Any], found: Any, noun: Noun) -> None:
    from mild.analysis.checks.spot_checks import N_ENOUGH
    from mild.analysis.checks.words import TITLES, measured

    stdout.print(
        f"{result['n_answered']:,} of {result['n_drawn']:,} drawn {noun.many} are answered."
        if result["n_drawn"]
        else f"No {noun.one} was drawn to be checked yet; draw some with --output."
    )
    if found is None:
        if result["n_drawn"]:
            stdout.print(f"Figures need {N_ENOUGH} answers that are right or wrong.")
        return
    table = Table(show_header=False, box=None)
    for name, (title, _) in TITLES.items():
        table.add_row(title[0].upper() + title[1:], measured(name, getattr(found, name)))
    stdout.print(table)
