"""`demo` and `train`: ask for a run, watch it, print what it came to."""

from __future__ import annotations

import inspect
import json
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from mild import jobs
from mild.analysis.instances.held_out import held_out_words
from mild.analysis.outcome import outcome_of
from mild.cli.follow import follow
from mild.cli.output import AsJson, print_json, print_table, stderr, stdout
from mild.cli.signature import with_parameters
from mild.config import RunConfig, fitted, options, presets, stored
from mild.data.preview import preview
from mild.errors import ConfigError, DataError
from mild.preflight import device, problems
from mild.preflight.quick_look import options_of_quick_look, recommended
from mild.store.run import Run
from mild.store.schema import RoundRecord
from mild.words import between, percent

MAX_SKIPPED = 20
"""How many of the images that were passed over are named on the terminal."""

_PRESETS = f"Where to start: {fitted.NAME} (to your images), {', '.join(presets.NAMES)}."
Detach = Annotated[bool, typer.Option("--detach", help="Return at once; the run goes on.")]
Hold = Annotated[
    bool, typer.Option("--hold", help="Start nothing: you start its workers, as on many machines.")
]


def demo(
    as_json: AsJson = False,
    seed: Annotated[int, typer.Option(help="Every draw of the run derives from it.")] = 0,
) -> None:
    """Train on handwritten digits with 40 % of the labels drawn anew, in about half a minute.

    Example: python -m mild demo --json
    """
    config = presets.preset("demo").model_copy(update={"seed": seed})
    _refuse(config)
    _run(config, as_json=as_json, detach=False)


def _train(
    as_json: bool,
    detach: bool,
    hold: bool,
    preset: str | None,
    config: Path | None,
    **values: Any,
) -> None:
    """Train round after round, and select after each.

    Example: python -m mild train --data digits --noise symmetric --rate 0.4 --rounds 20,10,10
    """
    base = _fitted(values) if preset == fitted.NAME else _base(preset, config)
    asked = options.read(values, base, typed=True)
    _refuse(asked, here=not hold)
    _recommend(asked)
    if hold:
        show_held(jobs.create(asked), as_json=as_json)
    else:
        _run(asked, as_json=as_json, detach=detach)


def _refuse(config: RunConfig, *, here: bool = True) -> None:
    """Before a run is made: everything that would make it fail at its beginning, at once."""
    if found := problems(config, here=here):
        raise ConfigError([options.as_typed(sentence) for sentence in found])


def _recommend(config: RunConfig) -> None:
    """Say where another way would serve better; what was asked for is done all the same."""
    if config.data.path is None:
        return
    there = preview(config.data, n=0)
    if there is not None and (sentence := recommended(config, there.n_images)):
        stderr.print(f"{sentence} Its options: {options_of_quick_look()}.")


def _base(preset: str | None, config: Path | None) -> RunConfig:
    if preset is not None and config is not None:
        raise ConfigError(["--preset and --config both say where to start; give one of them."])
    if preset is not None:
        if preset not in presets.NAMES:
            known = ", ".join((fitted.NAME, *presets.NAMES))
            raise ConfigError([f"preset {preset!r}: there is no such preset; known are {known}."])
        return presets.preset(preset)
    return _from_file(config) if config is not None else RunConfig()


def _fitted(values: dict[str, Any]) -> RunConfig:
    """What follows from the images that are asked for; says why."""
    asked = options.read(values, typed=True)
    try:
        there = preview(asked.data, n=1)
    except DataError as error:
        raise ConfigError([options.as_typed(str(error))]) from None
    if there is None:
        raise ConfigError(
            [
                f"--preset {fitted.NAME} looks at the images, and those of {asked.data.source} are "
                "downloaded when training starts; choose another preset, or none."
            ]
        )
    n, size = there.n_images, there.sizes.usual if there.sizes else None
    found = fitted.fitted(RunConfig(), n=n, size=size, has_gpu=bool(device.n_gpus()))
    why = fitted.reason(found, n=n, n_classes=len(there.class_names), size=size)
    stderr.print(f"{why}.", markup=False, highlight=False)
    return found


def _from_file(path: Path) -> RunConfig:
    try:
        settings = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(
            [f"{path} cannot be read ({error.strerror}); name a JSON file."]
        ) from None
    except ValueError as error:
        raise ConfigError([f"{path} is not JSON ({error}); correct it, or start anew."]) from None
    if not isinstance(settings, dict):
        raise ConfigError([f"{path} holds no settings; it must hold one JSON object."])
    return stored.request(settings)


def _run(config: RunConfig, *, as_json: bool, detach: bool) -> None:
    watch(jobs.start(config), as_json=as_json, detach=detach)


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
        for sentence in _cannot_tell(run):
            stdout.print(sentence)
        if words := held_out_words(run):
            stdout.print(words)
        if summary["accuracy"]["last"] is not None:
            stdout.print(
                f"Held-out accuracy of the final model: {percent(summary['accuracy']['last'])}"
            )
    if state.state != "done":
        if stderr.is_terminal:  # elsewhere `follow` has said it
            stderr.print(f"{state.state}: {state.sentence}")
        raise typer.Exit(1)


def _tell_skipped(run: Run) -> None:
    sentences = [event.sentence for event in run.events() if event.kind == "skipped"]
    if n_skipped := run.facts().get("n_skipped", 0):
        stderr.print(f"{n_skipped:,} images were passed over:")
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
            percent(item.precision),
            percent(item.recall),
            percent(item.f1_flagged),
        )
    return table


def _cannot_tell(run: Run) -> list[str]:
    """One sentence for each round whose selection is not to be believed."""
    return [
        f"Round {item.round + 1} cannot tell: {item.can_tell_reason}"
        for item in run.rounds()
        if item.can_tell is False
    ]


def _estimated(item: RoundRecord) -> str:
    """The noise rate with its interval, where planted labels give one."""
    text = percent(item.noise_rate_estimate)
    if item.noise_rate_low is None or item.noise_rate_high is None:
        return text
    return f"{text}{between((item.noise_rate_low, item.noise_rate_high))}"


def _with_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give `command` one option per setting, from the table in `mild.config.options`."""
    keyword = inspect.Parameter.KEYWORD_ONLY
    own = {
        "as_json": (AsJson, False),
        "detach": (Detach, False),
        "hold": (Hold, False),
        "preset": (
            Annotated[str | None, typer.Option(help=_PRESETS)],
            None,
        ),
        "config": (
            Annotated[Path | None, typer.Option(help="Start from a run's JSON file.")],
            None,
        ),
    }
    parameters = [
        inspect.Parameter(name, keyword, default=default, annotation=annotation)
        for name, (annotation, default) in own.items()
    ]
    for option in options.OPTIONS:
        kind, text = options.kind_and_help(option)
        names = f"--{option.flag}/--no-{option.flag}" if kind is bool else f"--{option.flag}"
        annotation = Annotated[kind | None, typer.Option(names, help=text)]  # type: ignore[valid-type]
        parameters.append(
            inspect.Parameter(option.parameter, keyword, default=None, annotation=annotation)
        )

    return with_parameters(command, parameters)


train = _with_options(_train)
