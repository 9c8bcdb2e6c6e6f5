"""One self-contained HTML file for one run: settings, curves, selections, suspicious images."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from typing import Any

import numpy as np
from jinja2 import Environment, PackageLoader, StrictUndefined

from mild.analysis.agreement import agreements, words
from mild.analysis.checks.rounds import with_checks
from mild.analysis.instances.held_out import held_out_words
from mild.analysis.learning import memorized_by_group
from mild.analysis.learning import stages as stages_of
from mild.analysis.outcome import outcome_of
from mild.analysis.rounds.side_by_side import RoundsView, view_rounds
from mild.analysis.trust.gather import told_of_round, trust_in_run
from mild.core.dynamics import counts_to_cells
from mild.figures.curves import learning_curves, memorized_curves
from mild.figures.histogram import metric_histogram
from mild.figures.html import Figure, as_html
from mild.figures.rounds import flow_between_rounds, kept_by_class, quality_by_round
from mild.report.worst import worst
from mild.scale import scale_of
from mild.store.notices import by_newer_version
from mild.store.review.about import about
from mild.store.review.conflicts import conflicts
from mild.store.run import Run
from mild.store.schema import RoundRecord
from mild.visible import visible, visible_name
from mild.words import count, duration, percent, score

_FACTS = (
    "device", "device_reason", "pipeline", "pipeline_reason", "n_workers", "n_workers_reason",
    "n_processes", "versions",
)  # fmt: skip
"""Of what was derived from the settings, what is shown below them."""


def make_report(run: Run) -> str:
    """Make the report of a run, finished or not, as HTML.

    Raises
    ------
    RunError
        If the run is damaged.
    """
    environment = Environment(
        loader=PackageLoader("mild.report", "."), autoescape=True, undefined=StrictUndefined,
        finalize=_as_seen,
    )  # fmt: skip
    environment.filters |= {
        "percent": percent,
        "count": count,
        "score": score,
    }
    return environment.get_template("report.html").render(**_content(run))


def _as_seen(value: Any) -> Any:
    """Write text of others as people see it; what was masked already stays."""
    return visible(value) if type(value) is str else value


def _content(run: Run) -> dict[str, Any]:
    config, state, facts = run.config(), run.state(), run.facts()
    summary = outcome_of(run)
    rounds = view_rounds(run)
    if rounds is not None:
        rounds = with_checks(run, rounds)
    figures = _figures(run, rounds)
    return {
        "run_id": run.run_id,
        "name": visible_name(about(run.folder).name or config.name),
        "state": state.state,
        "sentence": " ".join(filter(None, (state.sentence, by_newer_version(run)))),
        "made": time.strftime("%Y-%m-%d %H:%M"),
        "created": time.strftime("%Y-%m-%d %H:%M", time.localtime(state.created)),
        "took": duration(summary["seconds"]),
        "description": facts.get("description", ""),
        "wrong": facts.get("actual_noise_rate"),
        "accuracy": summary["accuracy"],
        "held_out": held_out_words(run),
        "agreements": [words(item) for item in agreements(run.folder)],
        "n_conflicts": len(conflicts(run.folder)),
        "outcomes": rounds.outcomes if rounds else (),
        "truth_known": rounds is not None and rounds.truth_known,
        "measured": rounds is not None and rounds.measured,
        "scales": [scale_of(name) for name in ("noise rate", "precision", "recall")],
        "trust": trust_in_run(run),
        "figures": [
            (title, note, as_html(figure, with_script=position == 0))
            for position, (title, note, figure) in figures
        ],
        "worst": worst(run),
        "noun": run.noun(),
        "settings": json.dumps(config.model_dump(mode="json"), indent=2),
        "facts": json.dumps({key: facts[key] for key in _FACTS if key in facts}, indent=2),
    }


def _figures(run: Run, rounds: RoundsView | None) -> Any:
    epochs = run.epochs()
    if not epochs:
        return enumerate([])
    n_rounds = run.rounds_begun()
    stages, records = stages_of(epochs, n_rounds), run.rounds()
    found = [
        (
            "Memorized, epoch by epoch",
            "Right labels are memorized early, wrong ones late.",
            memorized_curves(
                memorized_by_group(run), dict(list(stages.items())[:n_rounds]), run.noun().many
            ),
        ),
        (
            "Learning",
            "Of the network as a whole.",
            learning_curves(
                [item.train_loss for item in epochs],
                [item.test_accuracy for item in epochs],
                stages,
            ),
        ),
    ]
    found += [
        (f"Selection of round {record.round + 1}", _said(records, record), _histogram(run, record))
        for record in records
    ]
    if rounds is not None:
        found += _figures_of_rounds(rounds, run.noun().many)
    return enumerate(found)


def _figures_of_rounds(rounds: RoundsView, things: str) -> list[tuple[str, str, Figure]]:
    flows = [
        {kind: (flow.kept, flow.dropped) for kind, flow in item.flows.items()}
        for item in rounds.outcomes
    ]
    found = [(f"Where {things} go", "", flow_between_rounds(flows))]
    shares = [item.accuracy for item in rounds.outcomes]
    if any(share is not None for share in shares):
        curve = quality_by_round({"held-out accuracy": shares})
        found.append(("After each round", "", curve))
    if rounds.class_names:
        by_class = kept_by_class(rounds.kept_share_RC, rounds.class_names)
        found.append(("Kept by class", "Share of each given label that is kept.", by_class))
    return found


def _said(records: Sequence[RoundRecord], record: RoundRecord) -> str:
    said = [
        f"Kept: misclassified in fewer than {record.cut:.4g} of {record.epochs} epochs.",
        told_of_round(records, record.round),
    ]
    if record.planted:
        said.append(f"Planted labels: {record.planted:,}.")
    first = record.round == 0
    if first and record.can_tell_reason and record.can_tell_reason not in record.note:
        said.append(record.can_tell_reason)
    return " ".join(part for part in said if part)


def _histogram(run: Run, record: RoundRecord) -> Figure:
    selection, index_N = run.selection(record.round), run.index(record.round)
    judged_N = ~run.planted(record.round).mask(len(index_N))
    misclassified_N = selection["misclassified"][judged_N]
    n_by_count = counts_to_cells(misclassified_N, record.epochs)
    instances = run.instances()
    first_N, names = selection["kept"][judged_N], ("kept", "flagged")
    if instances.clean_N is not None:
        first_N = (instances.given_N == instances.clean_N)[index_N[judged_N]]
        names = ("clean", "mislabeled")
    first = counts_to_cells(misclassified_N[first_N], record.epochs)
    bars = {names[0]: first.tolist(), names[1]: (n_by_count - first).tolist()}
    if not judged_N.all():
        planted = counts_to_cells(selection["misclassified"][~judged_N], record.epochs)
        bars["planted"] = planted.tolist()
    return metric_histogram(
        bars, _expected(selection, n_by_count), record.cut, things=run.noun().many
    )


def _expected(selection: dict[str, Any], n_by_count: Any) -> Any:
    """Return instances that each component of the fit on record expects; None without a fit."""
    from mild.core.mixture.value import LOG_TWO, cell_probability

    if "weight" not in selection:
        return None
    shape, scale = selection["shape"], selection["scale"]
    cells = cell_probability(shape, scale * LOG_TWO ** (1 / shape), len(n_by_count) - 1)
    return np.asarray(n_by_count.sum() * selection["weight"][:, None] * cells)
