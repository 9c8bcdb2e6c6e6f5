"""`bench torture`: real runs, faults at random moments, and whether anything was lost."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from mild.cli.output import AsJson, print_json, stderr, stdout
from mild.errors import ConfigError
from mild.installation import need


def bench_torture(
    kills: Annotated[int, typer.Option(min=1, help="How often to try.")] = 100,
    seed: Annotated[int, typer.Option(help="Of the first try; the next has one more.")] = 0,
    only: Annotated[str | None, typer.Option(help="One scenario; all others are left out.")] = None,
    at_once: Annotated[int, typer.Option(min=1, help="How many tries at the same time.")] = 1,
    as_json: AsJson = False,
) -> None:
    """Hurt real runs at random moments, and see that nothing is lost and nothing is left.

    Workers, dashboards and whoever makes, deletes or exports runs are killed or stopped; files are
    removed and renamed under them; the disk is full, read-only or gone; the clock is set back.
    After each the run must come to what an undisturbed one comes to, to the bit. As root it mounts
    file systems of its own, in a name space of its own. A try takes some ten seconds.

    Example: python -m mild bench torture --kills 100 --seed 7
    """
    need("train", "This measurement")
    need("dashboard", "This measurement")
    from benchmarks.torture import bench
    from benchmarks.torture.faults import FAULTS

    if only is not None and only not in FAULTS:
        raise ConfigError([f"--only {only}: there are {', '.join(FAULTS)}; name one of them."])
    result = bench.run(kills, seed, only, _say, at_once)
    if as_json:
        print_json(result)
    else:
        stdout.print(_summary(result))
    if result["survived"] < result["tried"]:
        raise typer.Exit(1)


def _say(done: Any) -> None:
    how = "survived" if done.survived else "FAILED"
    stderr.print(f"{how}  {done.scenario} --seed {done.seed}  {done.seconds:.0f} s  {done.story}")


def _summary(result: dict[str, Any]) -> str:
    lines = [f"survived {result['survived']} / tried {result['tried']}"]
    for item in result["tries"]:
        if not item["survived"]:
            again = f"--only {item['scenario']} --seed {item['seed']} --kills 1"
            lines.append(f"repeat: python -m mild bench torture {again}")
    return "\n".join(lines)
