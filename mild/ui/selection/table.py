"""The data of the histogram and its cut, as they are saved."""

from __future__ import annotations

from mild.analysis.rounds.round_view import RoundView


def cut_table(view: RoundView, cut: float) -> dict[str, object]:
    """Make a row per number of misclassified epochs."""
    counts = range(view.n_epochs + 1)
    columns: dict[str, object] = {
        "misclassified_epochs": list(counts),
        "metric": [2 * c - view.n_epochs for c in counts],
        "instances": view.n_by_count,
        "kept": [view.kept(min(c + 1, cut)) - view.kept(min(c, cut)) for c in counts],
    }
    if view.clean_by_count is not None:
        columns["clean"] = view.clean_by_count
    if view.planted_by_count is not None:
        columns["planted"] = view.planted_by_count
    expected, posterior = view.expected(), view.posterior()
    if expected is not None and posterior is not None:
        columns |= {"expected_clean": expected[0], "expected_mislabeled": expected[1]}
        columns["posterior_clean"] = posterior
    return columns
