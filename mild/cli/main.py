"""The command line: which commands there are, and how an error ends one."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from mild.cli.bench.dashboard.crowd import bench_crowd
from mild.cli.bench.dashboard.endurance import bench_endurance
from mild.cli.bench.dashboard.ui import bench_ui
from mild.cli.bench.fuzz import bench_fuzz
from mild.cli.bench.select import bench_select
from mild.cli.bench.torture import bench_torture
from mild.cli.bench.training.final import bench_final
from mild.cli.bench.training.gpu import bench_gpu
from mild.cli.bench.training.photos import bench_photos
from mild.cli.bench.training.planting import bench_planting
from mild.cli.bench.training.train import bench_train
from mild.cli.commands import models, noise, select, show
from mild.cli.commands.lifecycle import branch, resume, runs, train, trash
from mild.cli.commands.review import agreement, check, export, patch, report
from mild.cli.output import MOST_PRINTED
from mild.cli.plain_help import PlainCommand, PlainGroup
from mild.errors import MildError, out_of_reach
from mild.installation import TOP_LEVEL
from mild.version import __version__
from mild.visible import visible

app = typer.Typer(
    cls=PlainGroup,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)


def _version(asked: bool) -> None:
    if asked:
        print(f"mild {__version__}")
        raise typer.Exit


@app.callback(epilog="Exit status 0: done; 1: failed, with one sentence; 2: wrong usage.")
def _mild(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Say which, and end."),
    ] = False,
) -> None:
    """See which labels are wrong by watching a network learn."""


app.command("show")(show.show)
app.command("demo")(train.demo)
app.command("train")(train.train)
app.command("models")(models.models)
app.command("runs")(runs.runs)
app.command("stop")(runs.stop)
app.command("pause")(resume.pause)
app.command("resume")(resume.resume)
app.command("branch")(branch.branch)
app.command("delete")(trash.delete)
app.command("trash")(trash.trash)
app.command("restore")(trash.restore)
app.command("select")(select.select)
app.command("noise")(noise.noise)
app.command("report")(report.report)
app.command("export")(export.export)
app.command("review-import")(export.review_import)
app.command("agreement")(agreement.agreement)
app.command("patch")(patch.patch)
app.command("check")(check.check)

bench = typer.Typer(cls=PlainGroup, no_args_is_help=True)
bench.command("select")(bench_select)
bench.command("train")(bench_train)
bench.command("ui")(bench_ui)
bench.command("final")(bench_final)
bench.command("planting")(bench_planting)
bench.command("photos")(bench_photos)
bench.command("fuzz")(bench_fuzz)
bench.command("gpu")(bench_gpu)
bench.command("torture")(bench_torture)
bench.command("crowd")(bench_crowd)
bench.command("endurance")(bench_endurance)
app.add_typer(bench, name="bench")
for known in (*app.registered_commands, *bench.registered_commands):
    known.cls = PlainCommand


@bench.callback()
def _bench() -> None:
    """Measure, in one run, against a named alternative."""
    sys.path.append(str(TOP_LEVEL))  # `benchmarks` is no package that anybody else is to import


def main() -> None:
    """Exit status 0: done; 1: failed, with one sentence on standard error; 2: wrong usage."""
    by_module = Path(sys.argv[0]).name == "__main__.py"
    try:
        app(prog_name="python -m mild" if by_module else "mild")
    except MildError as error:
        _fail(str(error))
    except OSError as error:  # a disk that is full, read-only or gone, met by whatever we do
        _fail(f"{out_of_reach(error)}, then say it again.")


def _fail(sentence: str) -> None:
    print(visible(sentence, MOST_PRINTED, lines=True), file=sys.stderr)
    sys.exit(1)
