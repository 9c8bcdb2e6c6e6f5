"""Views of runs, computed once. Keys are names and counts, never arrays: those would be sampled."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from mild.analysis import compare
from mild.analysis.rounds import side_by_side as rounds
from mild.store.run import Run, open_run


def load_rounds(run: Run) -> rounds.RoundsView | None:
    """All finished rounds; None before the first."""
    return _rounds(_root(run), run.run_id, len(run.rounds()))


def load_detectors(run: Run, number: int) -> dict[str, compare.DetectorCurves] | None:
    """Every detector on a round; None where there is no truth to judge by."""
    return _detectors(_root(run), run.run_id, number, run.n_epochs(number))


def load_detector_ranking(run: Run, number: int) -> dict[str, float] | None:
    """`mild.analysis.compare.rank_detectors`, kept until the run goes on."""
    n_rounds = len(run.rounds())  # what the estimated noise rate comes from
    return _detector_ranking(_root(run), run.run_id, number, run.n_epochs(number), n_rounds)


def load_rule_sweep(run: Run, number: int) -> compare.RuleSweep:
    """Every rule after every number of epochs of a round."""
    return _rule_sweep(_root(run), run.run_id, number, run.n_epochs(number))


def _root(run: Run) -> str:
    return str(run.folder.path.parent)


@st.cache_resource(max_entries=32, show_spinner="Reading the rounds …")
def _rounds(root: str, run_id: str, n_rounds: int) -> rounds.RoundsView | None:
    return rounds.view_rounds(open_run(run_id, Path(root)))


@st.cache_resource(max_entries=16, show_spinner="Scoring with every detector …")
def _detectors(
    root: str, run_id: str, number: int, n_epochs: int
) -> dict[str, compare.DetectorCurves] | None:
    return compare.judge_detectors(open_run(run_id, Path(root)), number)


@st.cache_resource(max_entries=16, show_spinner="Scoring with every detector …")
def _detector_ranking(
    root: str, run_id: str, number: int, n_epochs: int, n_rounds: int
) -> dict[str, float] | None:
    return compare.rank_detectors(open_run(run_id, Path(root)), number)


@st.cache_resource(max_entries=16, show_spinner="Trying every rule after every epoch …")
def _rule_sweep(root: str, run_id: str, number: int, n_epochs: int) -> compare.RuleSweep:
    return compare.sweep_rules(open_run(run_id, Path(root)), number)
