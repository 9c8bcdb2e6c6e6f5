"""`bench planting`: what planted labels cost and buy, on CIFAR-10 as image files."""

from __future__ import annotations

from typing import Any

from rich.table import Table

from mild.cli.bench.asked import RunsKept, Seeds, TrainTestFolder
from mild.cli.output import AsJson, print_json, stderr, stdout
from mild.installation import need
from mild.words import score


def bench_planting(
    data: TrainTestFolder,
    seed: Seeds = None,
    runs: RunsKept = None,
    as_json: AsJson = False,
) -> None:
    """Compare runs with planted labels and without: kept set, ranking, accuracy.

    DATA holds train/<class>/ and test/<class>/ with image files, such as CIFAR-10. A few thousand
    of them get wrong labels; takes some ten minutes of one processor core for each seed.

    Example: python -m mild bench planting --data cifar10-files --seed 0 --json
    """
    need("train", "This measurement")
    from benchmarks import planting

    stderr.print("One line for each finished run:")
    result = planting.run(data, seed or planting.SEEDS, root=runs)
    print_json(result) if as_json else stdout.print(_table(result))


def _table(result: dict[str, Any]) -> Table:
    table = Table(
        "noise", "labels", "precision of kept", "recall of clean", "F1 of flagged", "AUROC",
        "held-out accuracy", title=f"Means over the seeds, {result['n_train']:,} images",
    )  # fmt: skip
    for noise, ways in result["mean"].items():
        for way, mean in ways.items():
            table.add_row(
                noise,
                way,
                *(score(mean[key]) for key in ("precision", "recall", "f1_flagged")),
                score(mean["auroc_of_both"], 4),
                score(mean["accuracy"]),
            )
    return table
