"""The compare page: runs overlaid, detectors against the truth, rules after any epoch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from mild.analysis.compare import DetectorCurves, settings_that_differ
from mild.core.detectors import DETECTORS
from mild.errors import RunError
from mild.figures.compare import detector_bars, detector_curves, heat_map, overlaid_curves
from mild.store.overview import overview
from mild.store.run import Run, all_runs
from mild.ui.cache import load_detector_ranking, load_detectors, load_rule_sweep
from mild.ui.current import choose_round, choose_run
from mild.ui.run_labels import run_labels
from mild.ui.saving import chart, grid
from mild.ui.words import percent, plain

MAX_RUNS = 12
WHAT_THEY_ARE = " ".join(f"{name}: {item.label}." for name, item in DETECTORS.items())


def show_runs() -> None:
    """Any number of runs: the settings that differ, and how they learned."""
    runs = {run.run_id: run for run in all_runs()}
    asked = [item for item in st.query_params.get_all("runs") if item in runs]
    if "compared" not in st.session_state:
        st.session_state["compared"] = asked[:MAX_RUNS] or list(runs)[:2]
    labels = run_labels(runs.values())
    chosen = st.multiselect(
        "Runs",
        list(runs),
        key="compared",
        format_func=lambda item: labels.get(item, item),
        max_selections=MAX_RUNS,
    )
    if chosen != st.query_params.get_all("runs"):
        st.query_params["runs"] = chosen  # a link shows these, whatever runs come later
    readable = [run for run in (runs[item] for item in chosen) if _readable(run)]
    if len(readable) < 2:
        st.info("Choose two runs or more.")
        return
    _settings(readable, labels)
    _results(readable, labels)
    _accuracies(readable, labels)


def show_detectors() -> None:
    """Other ways to find wrong labels, on the same recording."""
    run = choose_run()
    number = _round_of(run)
    if run is None or number is None:
        return
    found = load_detectors(run, number)
    if found is None:
        _ranked_by_planted(run, number)
        return
    table = pd.DataFrame(
        {
            "Detector": list(found),
            "AUROC": [100 * item.auroc for item in found.values()],
            "Average precision": [100 * item.average_precision for item in found.values()],
            "Best possible F1": [100 * item.best_f1 for item in found.values()],
        }
    ).sort_values("AUROC", ascending=False)
    shares = {
        name: st.column_config.NumberColumn(format="%.1f %%") for name in list(table.columns)[1:]
    }
    st.dataframe(table, hide_index=True, column_config=shares)
    of_round = f"{run.run_id} round {number + 1}"
    left, right = st.columns(2, gap="medium")
    with left:
        st.subheader(
            "ROC", help="Of flagging an image as mislabeled; up and to the left is better."
        )
        roc = {name: item.roc for name, item in found.items()}
        chart(
            detector_curves(roc, x="Clean images flagged (%)", y="Mislabeled images flagged (%)"),
            f"{of_round} ROC",
            lambda: _points(roc, "detector", "clean flagged", "mislabeled flagged"),
            key="roc", alt=_ranking(found),
        )  # fmt: skip
    with right:
        st.subheader("Precision and recall", help="Up and to the right is better.")
        points = {name: item.precision_recall for name, item in found.items()}
        chart(
            detector_curves(
                points,
                x="Mislabeled images flagged (%)",
                y="Flagged images that are mislabeled (%)",
            ),
            f"{of_round} precision and recall",
            lambda: _points(points, "detector", "recall of flagged", "precision of flagged"),
            key="precision recall", alt=_ranking(found),
        )  # fmt: skip
    st.caption(WHAT_THEY_ARE)


def _ranked_by_planted(run: Run, number: int) -> None:
    """Where clean labels are unknown: how well each detector tells the planted labels."""
    ranking = load_detector_ranking(run, number)
    if ranking is None:
        st.info(
            "Detectors can be judged only where some labels are known to be wrong: "
            "make noise on purpose, give clean labels with the data, or plant labels."
        )
        return
    st.subheader(
        "How well planted labels are told",
        help="AUROC: the chance that a planted label looks more suspicious than a clean one; "
        "50 % is a guess. Corrected for the estimated share of mislabeled images.",
    )
    words = ", ".join(f"{name} {percent(value)}" for name, value in ranking.items())
    chart(
        detector_bars(ranking, x="AUROC of planted against clean labels (%)"),
        f"{run.run_id} round {number + 1} detectors by planted labels",
        lambda: {"detector": list(ranking), "AUROC of planted labels": list(ranking.values())},
        key="ranking", alt=f"AUROC: {words}",
    )  # fmt: skip
    st.caption(
        "Clean labels are unknown here, so detectors are ranked by the labels that were planted. "
        "Mistakes that people make are harder to find than planted ones, so the truth is lower; "
        f"the order is mostly the same. {WHAT_THEY_ARE}"
    )


def _ranking(found: dict[str, DetectorCurves]) -> str:
    best = sorted(found, key=lambda name: -found[name].auroc)
    return "AUROC: " + ", ".join(f"{name} {percent(found[name].auroc)}" for name in best)


def show_rules() -> None:
    """What if training had stopped after e epochs, and what if another rule had cut?"""
    run = choose_run()
    number = _round_of(run)
    if run is None or number is None:
        return
    sweep = load_rule_sweep(run, number)
    known = run.instances().clean_N is not None
    maps = (
        {"F1 of the flagged": sweep.f1_flagged_RE, "Clean share of the kept": sweep.precision_RE}
        if known
        else {}
    ) | {"Kept share": sweep.kept_share_RE}
    for title, values in maps.items():
        st.subheader(title)
        figure = heat_map(values, sweep.epochs, sweep.rules, x="Epochs trained", title=title)
        chart(
            figure, f"{run.run_id} round {number + 1} {title}",
            partial(grid, "rule", sweep.rules, sweep.epochs, values),
            key=title, alt=f"{title} of every rule, by epochs trained",
        )  # fmt: skip
    st.caption("Nothing was trained for this: the status of every epoch is on record.")


def _round_of(run: Run | None) -> int | None:
    if run is None:
        return None
    n_rounds = run.rounds_begun()
    if not n_rounds:
        st.info("There is nothing to compare yet: this run has not finished its first epoch.")
        return None
    return choose_round(run, n_rounds)


def _readable(run: Run) -> bool:
    try:
        run.config(), run.state()
    except RunError as error:
        st.warning(plain(str(error)))
        return False
    return True


def _settings(runs: list[Run], labels: dict[str, str]) -> None:
    st.subheader("Settings that differ")
    different = settings_that_differ(runs)
    if not different:
        st.caption("None: these runs were asked for with the same settings.")
        return
    frame = pd.DataFrame(different, index=[labels[run.run_id] for run in runs]).T
    st.dataframe(frame.rename_axis("Setting"))


def _results(runs: list[Run], labels: dict[str, str]) -> None:
    st.subheader("What they reached")
    rows = []
    for run in runs:
        item = overview(run)
        first = run.rounds()[0] if run.rounds() else None
        rows.append(
            {
                "Run": labels[item.run_id],
                "State": item.state,
                "Rounds": item.rounds_done,
                "Kept": percent(item.kept_share),
                "F1 of flagged": percent(item.f1_flagged),
                "AUROC in round 1": percent(first.auroc if first else None),
                "Accuracy": percent(item.accuracy),
            }
        )
    st.dataframe(pd.DataFrame(rows), hide_index=True)


def _accuracies(runs: list[Run], labels: dict[str, str]) -> None:
    curves = {}
    for run in runs:
        epochs = run.epochs()
        accuracies = [item.test_accuracy for item in epochs]
        curves[labels[run.run_id]] = (list(range(1, len(epochs) + 1)), accuracies)
    st.subheader("Held-out accuracy")
    without = [name for name, (_, up) in curves.items() if all(item is None for item in up)]
    if without:
        who = "any of these runs" if len(without) == len(curves) else ", ".join(without)
        st.caption(f"Nothing is held out in {plain(who)}, so there is no accuracy.")
    if len(without) == len(curves):
        return
    curves = {name: curve for name, curve in curves.items() if name not in without}
    figure = overlaid_curves(
        curves, x="Epoch, all rounds one after another", y="Held-out accuracy (%)"
    )
    chart(
        figure, "held-out accuracy", lambda: _points(curves, "run", "epoch", "held-out accuracy"),
        key="accuracies", alt="Held-out accuracy by epoch, a line per run",
    )  # fmt: skip


def _points(
    curves: Mapping[str, tuple[Iterable[Any], Iterable[Any]]], of: str, x: str, y: str
) -> dict[str, list[Any]]:
    """One line per point of every curve."""
    found: dict[str, list[Any]] = {of: [], x: [], y: []}
    for name, (along, up) in curves.items():
        found[x] += list(along)
        found[y] += list(up)
        found[of] += [name] * (len(found[x]) - len(found[of]))
    return found
