"""`agreement`: how well the reviewers of a run agree, and what they disagree about."""

from __future__ import annotations

from dataclasses import asdict

from rich.table import Table

from mild.analysis.agreement import Agreement, agreements, as_kappa
from mild.cli.opening import opened
from mild.cli.output import AsJson, print_json, stdout
from mild.cli.run_id import RunId
from mild.store.review.conflicts import conflicts


def agreement(run_id: RunId, as_json: AsJson = False) -> None:
    """Compare reviewers who did not see each other's answers: Cohen's kappa.

    Kappa is 1 where two always agree, and 0 where they agree as often as
    by chance. Opinions come from Review ("Second opinion") or from
    review-import --second.

    Example: python -m mild agreement RUN
    """
    run = opened(run_id)
    found, open_ = agreements(run.folder), conflicts(run.folder)
    if as_json:
        print_json(
            {
                "run_id": run.run_id,
                "agreements": [asdict(item) for item in found],
                "conflicts": [item.instance for item in open_],
            }
        )
        return
    if not found:
        stdout.print(
            f"No two reviewers of {run.run_id} have judged the same unseen. Give a second opinion "
            "on Review, or with review-import --second."
        )
        return
    stdout.print(_table(found))
    stdout.print(f"Conflicts that nobody has settled: {len(open_):,}.")


def _table(found: list[Agreement]) -> Table:
    table = Table("Reviewers", "Both judged", "Same decision", "Kappa", "95 % interval")
    for item in found:
        kappa = item.kappa
        between = "–" if kappa.low is None else f"{as_kappa(kappa.low)} to {as_kappa(kappa.high)}"
        table.add_row(
            " and ".join(item.reviewers), f"{item.n:,}", f"{item.n_same:,}", as_kappa(kappa.value),
            between,
        )  # fmt: skip
    return table
