"""Compare, detectors: other ways to find wrong labels, on the same recording."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from mild.analysis.compare import DetectorCurves
from mild.core.detectors import DETECTORS
from mild.figures.compare import detector_bars, detector_curves
from mild.store.run import Run
from mild.ui.cache.comparing import load_detector_ranking, load_detectors
from mild.ui.cache.run_labels import run_labels
from mild.ui.compare.curves import points
from mild.ui.compare.one_run import choose
from mild.ui.said import said
from mild.ui.saving import chart
from mild.ui.words import score

WHAT_THEY_ARE = " ".join(f"{name}: {item.label}." for name, item in DETECTORS.items())


def show_detectors() -> None:
    """Compare detectors by the truth where it is known, else by the planted labels."""
    if (chosen := choose()) is None:
        return
    run, number = chosen
    of_round = f"{run_labels([run])[run.run_id]} round {number + 1}"
    found = load_detectors(run, number)
    if found is None:
        _ranked_by_planted(run, number, of_round)
        return
    _table(found)
    left, right = st.columns(2, gap="medium")
    with left:
        _roc(found, of_round)
    with right:
        _precision_and_recall(found, of_round)


def _table(found: Mapping[str, DetectorCurves]) -> None:
    best = sorted(found.items(), key=lambda pair: -pair[1].auroc)
    frame = pd.DataFrame(
        {
            "Detector": [name for name, _ in best],
            "AUROC": [score(item.auroc) for _, item in best],
            "Average precision": [score(item.average_precision) for _, item in best],
            "Best possible F1": [score(item.best_f1) for _, item in best],
            "What it looks at": [said(DETECTORS[name].label) for name, _ in best],
        }
    )
    right = st.column_config.TextColumn(alignment="right")
    widths = {
        **dict.fromkeys(list(frame.columns)[1:-1], right),
        "What it looks at": st.column_config.TextColumn(width="large"),
    }
    st.dataframe(frame, hide_index=True, column_config=widths)


def _roc(found: Mapping[str, DetectorCurves], of_round: str) -> None:
    st.markdown(
        "**ROC**", help=said("Of flagging an image as mislabeled; up and to the left is better.")
    )
    roc = {name: item.roc for name, item in found.items()}
    chart(
        detector_curves(
            roc,
            x=said("False positive rate: clean images flagged"),
            y=said("True positive rate: mislabeled images flagged"),
        ),
        f"{of_round} ROC", lambda: points(roc, "detector", "clean flagged", "mislabeled flagged"),
        key="roc", alt=_ranking(found),
    )  # fmt: skip


def _precision_and_recall(found: Mapping[str, DetectorCurves], of_round: str) -> None:
    st.markdown("**Precision and recall**", help="Up and to the right is better.")
    lines = {name: item.precision_recall for name, item in found.items()}
    chart(
        detector_curves(
            lines,
            x=said("Recall: mislabeled images flagged"),
            y=said("Precision: flagged images that are mislabeled"),
        ),
        f"{of_round} precision and recall",
        lambda: points(lines, "detector", "recall of flagged", "precision of flagged"),
        key="precision recall", alt=_ranking(found),
    )  # fmt: skip


def _ranked_by_planted(run: Run, number: int, of_round: str) -> None:
    """Rank detectors by how well each tells the planted labels."""
    ranking = load_detector_ranking(run, number)
    if ranking is None:
        st.info(
            "Detectors can be judged only where some labels are known to be wrong: "
            "add noise on purpose, give clean labels with the data, or plant labels."
        )
        return
    st.markdown(
        "**How well planted labels are told apart**",
        help=said(
            "AUROC: the chance that a planted label looks more suspicious than a clean one; "
            ".5 is a guess. Corrected for the estimated share of mislabeled images."
        ),
    )
    words = ", ".join(f"{name} {score(value)}" for name, value in ranking.items())
    chart(
        detector_bars(ranking, x="AUROC of planted against clean labels"),
        f"{of_round} detectors by planted labels",
        lambda: {"detector": list(ranking), "AUROC of planted labels": list(ranking.values())},
        key="ranking", alt=f"AUROC: {words}",
    )  # fmt: skip
    st.caption(
        "Clean labels are unknown here, so detectors are ranked by the labels that were planted. "
        "Mistakes that people make are harder to find than planted ones, so the true figures are "
        f"lower; the order is mostly the same. {said(WHAT_THEY_ARE)}"
    )


def _ranking(found: Mapping[str, DetectorCurves]) -> str:
    best = sorted(found, key=lambda name: -found[name].auroc)
    return "AUROC: " + ", ".join(f"{name} {score(found[name].auroc)}" for name in best)
