"""`bench train`: time training against a plain loop, in one run."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.table import Table

from mild.cli.output import AsJson, print_json, stderr, stdout
from mild.installation import need
from mild.words import percent


def bench_train(
    data: Annotated[str, typer.Option(help="A source of images, as `train` takes it.")] = "made-up",
    path: Annotated[str | None, typer.Option(help="Its folder or file.")] = None,
    data_root: Annotated[str, typer.Option(help="Folder of torchvision's data sets.")] = "data",
    model: Annotated[str, typer.Option(help="The network.")] = "small-cnn",
    device: Annotated[str, typer.Option(help="auto, cpu, cuda, cuda:1 or mps.")] = "auto",
    n: Annotated[int | None, typer.Option(min=2, help="Take this many of the images.")] = None,
    batch_size: Annotated[int, typer.Option(min=2, help="Instances per step.")] = 128,
    epochs: Annotated[int, typer.Option(min=1, help="Epochs counted, of each loop.")] = 3,
    compiled: Annotated[
        bool | None,
        typer.Option(
            "--compile/--no-compile", help="Compile ours; by default as in a long run: on a GPU."
        ),
    ] = None,
    precision: Annotated[
        str, typer.Option(help="Number format of ours: auto, float32, bfloat16 or float16.")
    ] = "auto",
    as_json: AsJson = False,
) -> None:
    """Time training against a plain loop: a DataLoader with six workers, crop and flip by PIL.

    Both train the same network on the same images with the same batch and optimizer, an epoch in
    turn. Without --data the images are random pixels of the size of CIFAR-10.

    Example: python -m mild bench train --data cifar10 --data-root data --n 10000 --json
    """
    need("train", "This measurement")
    from benchmarks import train

    stderr.print("An epoch of each in turn, the first of each not counted.")
    result = train.run(
        source=data,
        path=path,
        data_root=data_root,
        model=model,
        device=device,
        n=n,
        batch_size=batch_size,
        n_epochs=epochs,
        compiled=compiled,
        precision=precision,
    )
    print_json(result) if as_json else stdout.print(_table(result))


def _title(result: dict[str, Any]) -> str:
    how = ", " + result["precision"] + (", compiled" if result["compiled"] else "")
    return f"{result['model']}{how} on {result['data']}"


def _table(result: dict[str, Any]) -> Table:
    table = Table("what", "ours", "plain loop", title=_title(result))
    table.add_row(
        "seconds per epoch", f"{result['ours_seconds']:.2f}", f"{result['plain_seconds']:.2f}"
    )
    table.add_row(
        "images per second",
        f"{result['ours_images_per_second']:,.0f}",
        f"{result['plain_images_per_second']:,.0f}",
    )
    table.add_row("times faster", f"{result['ratio']:.2f}", "1")
    table.add_row("recording, share of an epoch", percent(result["recording_share"]), "")
    peak = f"{result['peak_flops'] / 1e12:.2f} TFLOP/s"
    table.add_row(f"share of the matrix peak ({peak})", percent(result["peak_share"]), "")
    return table
