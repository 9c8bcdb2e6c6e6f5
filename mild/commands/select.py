"""`select`: from a file of learning status to a cut, and how good it is where that is known."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from mild.commands.apply_cut import apply_cut
from mild.commands.output import AsJson, print_json, stdout
from mild.config import SelectionRule
from mild.core.dynamics import misclassified_counts
from mild.core.evaluation import Evaluation, evaluate
from mild.core.selection import Selection
from mild.core.selection import select as choose
from mild.errors import SelectionError
from mild.store.status_file import StatusFile, read_status_file
from mild.words import percent

HELP = """Choose the instances to keep from a recorded STATUS.npz.

The file holds `status`, shape (epochs, instances), 1 where the network predicted the given label;
or its bits packed along axis 1, with the number of instances as `n`. Optional: `given`, `clean`.

With --apply, name a RUN that waits for a person's cut instead of a file: it goes on with --cut.

Example: python -m mild select status.npz --rule posterior --tau 0.7 --json
"""


def select(
    status: Annotated[
        Path, typer.Argument(help="File of learning status, .npz; a run with --apply.")
    ],
    rule: Annotated[
        SelectionRule | None,
        typer.Option(help="How the cut is chosen; expected-error unless another option tells."),
    ] = None,
    cut: Annotated[
        int | None, typer.Option(help="Keep what was misclassified in fewer epochs (manual).")
    ] = None,
    tau: Annotated[
        float | None, typer.Option(help="Keep while P(clean) is at least this (posterior).")
    ] = None,
    keep_fraction: Annotated[
        float | None, typer.Option(help="Keep this share, 0 to 1 (keep-fraction).")
    ] = None,
    per_class: Annotated[
        bool, typer.Option("--per-class", help="One cut for every given label.")
    ] = False,
    apply: Annotated[
        bool, typer.Option("--apply", help="Give --cut to a run that waits for it.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    if apply:
        others = {"--rule": rule, "--tau": tau, "--keep-fraction": keep_fraction}
        apply_cut(str(status), cut, {**others, "--per-class": per_class}, as_json=as_json)
        return
    rule = _rule(rule, cut, tau, keep_fraction)
    recorded = read_status_file(status)
    if per_class and recorded.given_N is None:
        raise SelectionError(
            f"{status}: --per-class needs the given labels, and the file has no array 'given'. "
            "Add them or leave the option out."
        )
    start = time.perf_counter()
    counts_N = misclassified_counts(recorded.packed_EK, recorded.n)
    try:
        selection = choose(
            counts_N,
            len(recorded.packed_EK),
            rule=rule,
            tau=0.5 if tau is None else tau,
            keep_fraction=keep_fraction,
            cut=cut,
            given_N=recorded.given_N,
            per_class=per_class,
        )
    except ValueError as error:
        raise SelectionError(f"{str(error)[0].upper()}{str(error)[1:]}.") from error
    seconds = time.perf_counter() - start
    judged = _judge(recorded, selection, counts_N)
    note = " ".join(part for part in (recorded.note, selection.note) if part)
    result = summary(selection, judged, note=note, n=recorded.n, seconds=seconds)
    if as_json:
        print_json(result)
    else:
        stdout.print(_table(result))
        if note:
            stdout.print(note)


select.__doc__ = HELP


def summary(
    selection: Selection, judged: Evaluation | None, *, note: str, n: int, seconds: float
) -> dict[str, Any]:
    """What `select --json` prints; null where nothing is known."""
    mixture = selection.mixture
    components = []
    if mixture is not None:
        rows = zip(mixture.weight, mixture.shape, mixture.scale, mixture.median, strict=True)
        names = ("weight", "shape", "scale", "median")
        components = [dict(zip(names, map(float, row), strict=True)) for row in rows]
    result = {
        "n": n,
        "n_epochs": selection.n_epochs,
        "rule": selection.rule,
        "cut": selection.cut,
        "kept": selection.n_kept,
        "noise_rate_estimate": selection.noise_rate_estimate,
        "components": components,
        "converged": selection.converged,
        "note": note,
        "seconds": seconds,
        "precision": judged and judged.precision,
        "recall": judged and judged.recall,
        "f1_flagged": judged and judged.f1_flagged,
        "auroc": judged and judged.auroc,
        "best_f1_flagged": judged and judged.best_f1_flagged,
    }
    if selection.class_cuts:
        result["class_cuts"] = [
            {"given": c.given, "n": c.n, "cut": c.cut, "kept": c.n_kept, "emptied": c.emptied}
            for c in selection.class_cuts
        ]
    return result


def _rule(
    rule: SelectionRule | None, cut: int | None, tau: float | None, keep_fraction: float | None
) -> SelectionRule:
    """The rule an option belongs to; an option of another rule is an error, not ignored."""
    wanted: list[tuple[str, SelectionRule, object]] = [
        ("--cut", "manual", cut),
        ("--tau", "posterior", tau),
        ("--keep-fraction", "keep-fraction", keep_fraction),
    ]
    for option, owner, value in wanted:
        if value is None:
            continue
        if rule is not None and rule != owner:
            raise SelectionError(
                f"{option} {value} belongs to rule '{owner}', but the rule is '{rule}'. "
                "Leave one of them out."
            )
        rule = owner
    return rule or "expected-error"


def _judge(recorded: StatusFile, selection: Selection, counts_N: Any) -> Evaluation | None:
    if recorded.given_N is None or recorded.clean_N is None or selection.kept_N is None:
        return None
    return evaluate(counts_N, selection.kept_N, recorded.given_N, recorded.clean_N)


def _table(result: dict[str, Any]) -> Table:
    table = Table(show_header=False, box=None)
    rows = {
        "Instances": f"{result['n']:,}",
        "Epochs": str(result["n_epochs"]),
        "Rule": result["rule"],
        "Cut": f"keep what was misclassified in fewer than {result['cut']} epochs",
        "Kept": f"{result['kept']:,} ({percent(result['kept'] / result['n'])})",
        "Flagged": f"{result['n'] - result['kept']:,}",
        "Estimated noise rate": percent(result["noise_rate_estimate"]),
        "Precision of the kept": percent(result["precision"]),
        "Recall of the clean": percent(result["recall"]),
        "F1 of the flagged": percent(result["f1_flagged"]),
        "Best possible F1": percent(result["best_f1_flagged"]),
        "AUROC": percent(result["auroc"]),
        "Seconds": f"{result['seconds']:.3f}",
    }
    for name, text in rows.items():
        table.add_row(name, text)
    for name, part in zip(("Clean", "Mislabeled"), result["components"], strict=False):
        table.add_row(
            f"{name} component",
            f"weight {part['weight']:.3f}, median {part['median']:.2f} epochs, "
            f"shape {part['shape']:.2f}, scale {part['scale']:.2f}",
        )
    for part in result.get("class_cuts", []):
        alarm = " - almost nothing is kept" if part["emptied"] else ""
        kept = f"cut {part['cut']}, kept {part['kept']:,} of {part['n']:,}{alarm}"
        table.add_row(f"Class {part['given']}", kept)
    return table
