"""`select`: from a file of learning status to a cut, and how good it is where that is known."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from mild.analysis.rounds.select_file import judge_file, select_file
from mild.analysis.trust.imitation import beyond_imitation
from mild.cli.commands.apply_cut import apply_cut
from mild.cli.output import AsJson, print_json, stdout
from mild.cli.signature import RuleName, flag, with_numbers
from mild.core.evaluation import Evaluation
from mild.core.selection import DEFAULT, NUMBERS, Rule, Selection, make_rule
from mild.errors import SelectionError
from mild.store.status_file import read_status_file
from mild.words import percent, score

HELP = """Choose the instances to keep from a recorded STATUS.npz.

The file holds `status`, shape (epochs, instances), 1 where the network predicted the given label;
or its bits packed along axis 1, with the number of instances as `n`. Optional: `given`, `clean`
(labels), `losses`, `margins`, `predictions` (epochs, instances), and where labels were planted
`planted` (true or false) and `trained` (labels trained on): they anchor the fit and are not judged.

With --apply, name a RUN that waits for a person's cut instead of a file: it goes on with --cut.

Example: python -m mild select status.npz --rule posterior --tau 0.7 --json
"""


def _select(
    status: Annotated[
        Path, typer.Argument(help="File of learning status, .npz; a run with --apply.")
    ],
    rule: Annotated[
        RuleName | None,
        typer.Option(help=f"How the cut is chosen; {DEFAULT.name} unless another option tells."),
    ] = None,
    cut: Annotated[
        float | None,
        typer.Option(
            help="Keep what was misclassified in fewer epochs (manual); 7.5 halves a count."
        ),
    ] = None,
    per_class: Annotated[
        bool, typer.Option("--per-class", help="One cut for every given label.")
    ] = False,
    apply: Annotated[
        bool, typer.Option("--apply", help="Give --cut to a run that waits for it.")
    ] = False,
    as_json: AsJson = False,
    **numbers: float | None,
) -> None:
    if apply:
        others = {"--rule": rule, **{flag(name): value for name, value in numbers.items()}}
        apply_cut(str(status), cut, {**others, "--per-class": per_class}, as_json=as_json)
        return
    result = _selected(status, _rule(rule, {"cut": cut, **numbers}), per_class=per_class)
    if as_json:
        print_json(result)
        return
    stdout.print(_table(result))
    if result["note"]:
        stdout.print(result["note"])


select = with_numbers(
    _select,
    after="cut",
    words=lambda item: f"{item.help[0].upper()}{item.help[1:-1]} ({item.rule}).",
)
select.__doc__ = HELP


def _selected(status: Path, asked: Rule, *, per_class: bool) -> dict[str, Any]:
    recorded = read_status_file(status)
    if per_class and recorded.given_N is None:
        raise SelectionError(
            f"{status}: --per-class needs the given labels, and the file has no array 'given'. "
            "Add them or leave the option out."
        )
    start = time.perf_counter()
    try:
        selection = select_file(recorded, asked, per_class=per_class)
    except ValueError as error:
        raise SelectionError(f"{str(error)[0].upper()}{str(error)[1:]}.") from error
    seconds = time.perf_counter() - start
    note = " ".join(part for part in (recorded.note, selection.note) if part)
    return summary(
        selection,
        judge_file(recorded, selection),
        note=note,
        n=_n_judged(selection, recorded.n),
        seconds=seconds,
    )


def summary(
    selection: Selection, judged: Evaluation | None, *, note: str, n: int, seconds: float
) -> dict[str, Any]:
    """Return what `select --json` prints; null where nothing is known."""
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
        "can_tell": selection.trust.can_tell,
        "can_tell_reason": selection.trust.reason,
        **_planted_keys(selection),
    }
    if selection.class_cuts:
        result["class_cuts"] = [
            {"given": c.given, "n": c.n, "cut": c.cut, "kept": c.n_kept, "emptied": c.emptied}
            for c in selection.class_cuts
        ]
    return result


def _rule(name: str | None, numbers: dict[str, float | None]) -> Rule:
    """Find the rule that an option belongs to; an option of another rule is an error."""
    for number in NUMBERS.values():
        value = numbers[number.name]
        if value is None:
            continue
        if name is not None and name != number.rule:
            raise SelectionError(
                f"{flag(number.name)} {value:g} belongs to rule '{number.rule}', but the rule is "
                f"'{name}'. Leave one of them out."
            )
        name = number.rule
    made = make_rule(name or DEFAULT.name, **numbers)
    for number in made.lacking:
        raise SelectionError(
            f"The rule '{made.name}' needs {number.what}; add {flag(number.name)}."
        )
    return made


def _planted_keys(selection: Selection) -> dict[str, Any]:
    fit, estimate = selection.anchored, selection.estimate
    if fit is None or estimate is None:
        return {}
    return {
        "noise_rate_interval": estimate.noise_rate_interval,
        "f1_estimate": estimate.f1_flagged,
        "f1_interval": estimate.f1_flagged_interval,
        "planted": {"n": fit.n_planted, "auroc": fit.separation},
    }


def _n_judged(selection: Selection, n: int) -> int:
    return n if selection.planted_N is None else n - int(selection.planted_N.sum())


def planted_words(result: dict[str, Any]) -> str:
    """Say how many labels were planted, and how well they are told from the others."""
    if "planted" not in result:
        return "none"
    n, auroc = result["planted"]["n"], score(result["planted"]["auroc"])
    return f"{n:,}, told from clean ones with an AUROC of {auroc}"


def _noise_rate(result: dict[str, Any]) -> str:
    """Write the noise rate with its interval; a dash where planted labels cannot imitate it."""
    if "noise_rate_interval" not in result:
        return percent(result["noise_rate_estimate"])
    planted = result["planted"]
    if beyond_imitation(result["can_tell"], n_planted=planted["n"], planted_auroc=planted["auroc"]):
        return "–"
    low, high = result["noise_rate_interval"]
    return f"{percent(result['noise_rate_estimate'])} ({percent(low)} – {percent(high)})"


def _table(result: dict[str, Any]) -> Table:
    table = Table(show_header=False, box=None)
    rows = {
        "Instances": f"{result['n']:,}",
        "Epochs": str(result["n_epochs"]),
        "Rule": result["rule"],
        "Cut": f"keep what was misclassified in fewer than {result['cut']:.4g} epochs",
        "Kept": f"{result['kept']:,} ({percent(result['kept'] / result['n'])})",
        "Flagged": f"{result['n'] - result['kept']:,}",
        "Planted labels": planted_words(result),
        "Estimated noise rate": _noise_rate(result),
        "Precision of kept": score(result["precision"]),
        "Recall of clean": score(result["recall"]),
        "F1 of flagged": score(result["f1_flagged"]),
        "Best possible F1": score(result["best_f1_flagged"]),
        "AUROC": score(result["auroc"]),
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
        kept = f"cut {part['cut']:.4g}, kept {part['kept']:,} of {part['n']:,}{alarm}"
        table.add_row(f"Class {part['given']}", kept)
    return table
