"""Watch a run from a command until it ends, and print what it came to."""

from __future__ import annotations

import shlex
from typing import Annotated

import typer
from rich.table import Table

from mild import jobs
from mild.analysis.instances.held_out import held_out_words
from mild.analysis.outcome import outcome_of
from mild.analysis.trust.imitation import estimates_mean_nothing
from mild.cli.follow import follow
from mild.cli.output import print_json, print_table, stderr, stdout
from mild.store.run import Run
from mild.store.schema import RoundRecord
from mild.words import between, percent, score

MAX_SKIPPED = 20
"""How many of the images that were passed over are named on the terminal."""

Detach = Annotated[bool, typer.Option("--detach", help="Return at once; the run goes on.")]
Hold = Annotated[
    bool, typer.Option("--hold", help="Start nothing: you start its workers, as on many machines.")
]


def show_held(run: Run, *, as_json: bool) -> None:
    """Say how the workers of a run are started by hand."""
    words = ["python", *jobs.command(run.run_id, run.config().devices)]
    stderr.print(f"Run {run.run_id}", "Its workers are started by:", shlex.join(words), sep="\n")
    if as_json:
        print_json(outcome_of(run))


def watch(run: Run, *, as_json: bool, detach: bool) -> None:
    """Follow a run to its end and print what it came to."""
    stderr.print(f"Run {run.run_id}")
    if detach:
        if as_json:
            print_json(outcome_of(run))
        return
    state = follow(run)
    _tell_skipped(run)
    summary = outcome_of(run)
    if as_json:
        print_json(summary)
    else:
        if run.rounds():
            print_table(_table(run))
        for sentence in _cannot_tell(run) or _last_told(run):
            stdout.print(sentence)
        if words := held_out_words(run):
            stdout.print(words)
        if summary["accuracy"]["last"] is not None:
            stdout.print(
                f"Held-out accuracy of the final model: {score(summary['accuracy']['last'])}"
            )
    if state.state != "done":
        if stderr.is_terminal:  # elsewhere `follow` has said it
            stderr.print(f"{state.state}: {state.sentence}")
        raise typer.Exit(1)


def _tell_skipped(run: Run) -> None:
    sentences = [event.sentence for event in run.events() if event.kind == "skipped"]
    if n_skipped := run.facts().get("n_skipped", 0):
        there = "1 image was" if n_skipped == 1 else f"{n_skipped:,} images were"
        stderr.print(f"{there} passed over:")
        for sentence in sentences[:MAX_SKIPPED]:
            stderr.print(f"  {sentence}")
        if n_skipped > MAX_SKIPPED:
            stderr.print(f"  and {n_skipped - MAX_SKIPPED:,} more")


def _table(run: Run) -> Table:
    table = Table()
    for heading in (
        "Round", "Epochs", "Trained on", "Planted", "Kept", "Cut", "Noise estimate",
        "Precision of kept", "Recall of clean", "F1 of flagged",
    ):  # fmt: skip
        table.add_column(heading, justify="right")
    for item in run.rounds():
        table.add_row(
            str(item.round + 1),
            str(item.epochs),
            f"{item.trained_on:,}",
            "–" if item.planted is None else f"{item.planted:,}",
            f"{item.kept:,}",
            f"under {item.cut:.4g}",
            _estimated(item),
            score(item.precision),
            score(item.recall),
            score(item.f1_flagged),
        )
    return table


def _cannot_tell(run: Run) -> list[str]:
    """Write one sentence for each round whose selection is not to be believed."""
    return [
        f"Round {item.round + 1} cannot tell: {item.can_tell_reason}"
        for item in run.rounds()
        if item.can_tell is False
    ]


def _last_told(run: Run) -> list[str]:
    """Write what bounds the last of several rounds, whose own fit alone would not be believed."""
    last = run.rounds()[-1:]
    return [f"Round {item.round + 1}: {item.can_tell_reason}" for item in last if item.round]


def _estimated(item: RoundRecord) -> str:
    """Write the noise rate with its interval, where planted labels give one that means anything."""
    if estimates_mean_nothing(item):
        return "–"
    text = percent(item.noise_rate_estimate)
    if item.noise_rate_low is None or item.noise_rate_high is None:
        return text
    return f"{text}{between((item.noise_rate_low, item.noise_rate_high))}"
