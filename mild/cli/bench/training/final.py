"""`bench final`: what the final stage is worth, on CIFAR-10 as image files."""

from __future__ import annotations

from typing import Any

from rich.table import Table

from mild.cli.bench.asked import Seeds, TrainTestFolder
from mild.cli.output import AsJson, print_json, stderr, stdout
from mild.installation import need
from mild.words import score


def bench_final(
    data: TrainTestFolder,
    seed: Seeds = None,
    as_json: AsJson = False,
) -> None:
    """Compare final stages: supervised on everything, supervised on what was kept, MixMatch.

    DATA holds train/<class>/ and test/<class>/ with image files, such as CIFAR-10. A few thousand
    of them get wrong labels; takes some ten minutes of two processor cores for each seed.

    Example: python -m mild bench final --data cifar10-files --seed 0 --json
    """
    need("train", "This measurement")
    from benchmarks import final
    from benchmarks.training import cifar_trials

    stderr.print("One line for each finished stage:")
    result = final.run(cifar_trials.load(data), seed or final.SEEDS)
    print_json(result) if as_json else stdout.print(_table(result))


def _table(result: dict[str, Any]) -> Table:
    seeds = [str(item["seed"]) for item in result["seeds"]]
    table = Table(
        "trained on", *(f"seed {seed}" for seed in seeds), "mean", "best epoch", "seconds",
        title=f"Held-out accuracy after the last epoch, {result['n_test']:,} images",
    )  # fmt: skip
    for way, mean in result["mean"].items():
        table.add_row(
            way,
            *(score(item["ways"][way]["last"]) for item in result["seeds"]),
            score(mean["last"]),
            score(mean["best"]),
            f"{mean['seconds']:,.0f}",
        )
    return table
