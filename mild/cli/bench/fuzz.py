"""`bench fuzz`: hostile input of every kind, each case from a seed."""

from __future__ import annotations

from typing import Annotated

import typer

from mild.cli.output import AsJson, print_json, stderr
from mild.errors import MildError
from mild.installation import need


def bench_fuzz(
    cases: Annotated[int, typer.Option(help="Of each kind.", min=1)] = 10_000,
    seed: Annotated[int, typer.Option(help="Another seed makes other cases.", min=0)] = 0,
    only: Annotated[
        list[str] | None, typer.Option(help="A kind; may be given several times.")
    ] = None,
    first: Annotated[
        int, typer.Option(help="Number of the first case, to repeat a find.", min=0)
    ] = 0,
    as_json: AsJson = False,
) -> None:
    """Feed in damaged and hostile files, addresses and messages: only sentences may come out.

    Ends with status 1 where anything else did: another error, a hang, memory beyond a bound, code
    that was run, or a file written elsewhere. A find is repeated by its kind, the seed and its
    number.

    Example: python -m mild bench fuzz --cases 200 --seed 0 --only configs
    """
    need("dashboard", "This measurement")
    need("train", "This measurement")
    from benchmarks.fuzz import run
    from benchmarks.fuzz.kinds import KINDS

    if unknown := [name for name in only or () if name not in KINDS]:
        raise typer.BadParameter(f"{unknown[0]!r} is none of {', '.join(KINDS)}")
    kinds = [kind for name, kind in KINDS.items() if not only or name in only]
    result = run.run(kinds, cases=cases, seed=seed, first=first, say=stderr.print)
    if as_json:
        print_json(result)
    if result["found"]:
        raise MildError(f"{result['found']:,} cases ended in what no input may do; see above.")
