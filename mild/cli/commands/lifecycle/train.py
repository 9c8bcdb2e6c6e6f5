"""`demo` and `train`: ask for a run, watch it, print what it came to."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from mild import jobs
from mild.cli.asked import asked_config, print_recommendation, refuse_problems
from mild.cli.output import AsJson
from mild.cli.signature import with_parameters
from mild.cli.watch import Detach, Hold, show_held, watch
from mild.config import fitted, options, presets

_PRESETS = f"Where to start: {fitted.NAME} (to your images), {', '.join(presets.NAMES)}."


def demo(
    as_json: AsJson = False,
    seed: Annotated[int, typer.Option(help="All that is random in the run follows from it.")] = 0,
) -> None:
    """Train on handwritten digits with 40 % of the labels drawn anew, in about half a minute.

    Example: python -m mild demo --json
    """
    config = presets.preset("demo").model_copy(update={"seed": seed})
    refuse_problems(config)
    watch(jobs.start(config), as_json=as_json, detach=False)


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
    asked = asked_config(values, preset, config)
    refuse_problems(asked, here=not hold)
    print_recommendation(asked)
    if hold:
        show_held(jobs.create(asked), as_json=as_json)
    else:
        watch(jobs.start(asked), as_json=as_json, detach=detach)


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
        shown = typer.Option(names, help=options.as_typed(text))
        annotation = Annotated[kind | None, shown]  # type: ignore[valid-type]
        parameters.append(
            inspect.Parameter(option.parameter, keyword, default=None, annotation=annotation)
        )

    return with_parameters(command, parameters)


train = _with_options(_train)
