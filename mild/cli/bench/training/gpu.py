"""`bench gpu`: test and measure on a GPU, within minutes, into one JSON file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from mild.cli.output import AsJson, print_json, stderr
from mild.installation import need


def bench_gpu(
    file: Annotated[Path, typer.Argument(help="The JSON file to write.")],
    data: Annotated[
        Path | None,
        typer.Option(help="CIFAR-10's training images, a folder for each class.", exists=True),
    ] = None,
    minutes: Annotated[float, typer.Option(min=1, help="What would end later is left out.")] = 8.5,
    as_json: AsJson = False,
) -> None:
    """Test and measure on a GPU: its tests, training against a plain loop, fast-cifar10.

    The answers are written after every step, so that a break costs one of them.

    Example: python -m mild bench gpu gpu.json --data cifar10-files/train
    """
    need("train", "This measurement")
    from benchmarks import gpu

    gpu.run(file, data=data, minutes=minutes, say=stderr.print)
    if as_json:
        print_json(json.loads(file.read_text(encoding="utf-8")))
