"""The dynamics page: replay, status matrix, one image's timeline, histograms, density."""

from __future__ import annotations

from functools import partial

import streamlit as st

from mild.analysis.histograms import Number
from mild.analysis.matrix import Sort
from mild.figures import dynamics
from mild.store.run import Run
from mild.ui.cache.learning import histogram, memorized_curves
from mild.ui.cache.matrix import matrix_rows, ordered_by
from mild.ui.cache.rounds import groups
from mild.ui.components.status_matrix import status_matrix
from mild.ui.dynamics import density as dynamics_density
from mild.ui.dynamics import follow
from mild.ui.dynamics import instance as dynamics_instance
from mild.ui.frame.boundary import fragment
from mild.ui.said import noun, said
from mild.ui.saving import chart, of_run, save

SORTS: dict[Sort, str] = {
    "metric": "Metric",
    "class": "Given label",
    "first": "First memorized epoch",
}
BINS = 60
HISTOGRAMS: dict[Number, str] = {
    "first memorized epoch": "The first epoch in which the network predicted the given label.",
    "forgetting events": "How often an image was misclassified right after it was memorized.",
}


def show(run: Run, number: int) -> None:
    """Show one round, as a fragment: what is chosen here redraws nothing else."""
    recorded = follow.epochs_to_show(run, number)
    asked = run.config().rounds[number].epochs
    if recorded < asked and not run.state().live:
        st.info(f"The run ended after {recorded} of the {asked} epochs of this round.")
    fragment(_panel)(run, number, recorded)


def _panel(run: Run, number: int, recorded: int) -> None:
    sort, up_to = _controls(run, number, recorded)
    rows = matrix_rows(run, number, sort, recorded)
    of_row = f"row {run.run_id} {number} {sort} {ordered_by(run, number, recorded)}"
    row = st.session_state.get(of_row)
    status_matrix(
        rows,
        {"upTo": up_to, "chosen": row},
        key=f"matrix {run.run_id} {number}",
        on_row=lambda chosen: _choose_row(run, number, sort, recorded, of_row, chosen),
        on_epoch=lambda epoch: st.session_state.update({_epoch_key(run, number): epoch}),
        things=noun().many,
    )
    with st.container(horizontal=True, gap="small"):
        st.caption(_explanation(run, number), width="stretch")
        _save(run, number, recorded)
    dynamics_instance.show(run, number, sort, row, recorded)
    _histograms(run, number, up_to)
    fragment(dynamics_density.show)(run, number, up_to)


def _controls(run: Run, number: int, recorded: int) -> tuple[Sort, int]:
    left, right = st.columns([2, 1], gap="small", vertical_alignment="bottom")
    asked = st.query_params.get("sort", "metric")
    st.session_state.setdefault("sort", asked if asked in SORTS else "metric")
    chosen = left.segmented_control(
        said("Images in the order of"), list(SORTS), key="sort", required=True,
        format_func=SORTS.__getitem__,
        help="Metric: epochs misclassified minus epochs memorized; the likely right ones on top.",
    )  # fmt: skip
    sort: Sort = chosen or "metric"
    key = _epoch_key(run, number)
    last = st.session_state.get(f"{key} of")
    if key in st.session_state and last != recorded:  # it grows with the round, or stays
        at_end = last is None or st.session_state[key] >= last
        st.session_state[key] = recorded if at_end else min(st.session_state[key], recorded)
    st.session_state[f"{key} of"] = recorded
    if key not in st.session_state:
        epochs = st.query_params.get("epochs", "")
        whole = epochs.isascii() and epochs.isdigit()
        st.session_state[key] = min(max(1, int(epochs[:9])), recorded) if whole else recorded
    up_to = right.number_input(
        "Up to epoch", 1, recorded, step=1, key=key,
        help="Everything below counts only these first epochs, and the replay ends here.",
    )  # fmt: skip
    for name, value, usual in (("sort", sort, "metric"), ("epochs", str(up_to), str(recorded))):
        if value == usual:
            st.query_params.pop(name, None)
        else:
            st.query_params[name] = value
    return sort, int(up_to)


def _epoch_key(run: Run, number: int) -> str:
    return f"epoch {run.run_id} {number}"


def _choose_row(run: Run, number: int, sort: Sort, recorded: int, key: str, row: int) -> None:
    st.session_state[key] = row
    first = dynamics_instance.slots_of(run, number, sort, row, recorded)[0]
    dynamics_instance.choose(run, number, int(run.index(number)[first]))


def _explanation(run: Run, number: int) -> str:
    split, n_planted = groups(run, number), len(run.planted(number))
    text = (
        f"Above, the share of {noun().many} whose given label the network predicts; below, "
        f"{noun().one} by {noun().one}. "
    )
    if n_planted:
        text += f"The {n_planted:,} planted {noun().many} have a curve of their own and no row. "
    if split is None:
        return text + "Which labels are wrong is unknown, and this round has kept nothing yet."
    if split.names[0] == "clean":
        return text + "Right labels are memorized early, wrong ones late: that gap is the method."
    return text + (
        "Which labels are wrong is unknown here: the groups are what the round kept and flagged, "
        "so it proves nothing that they differ."
    )


def _save(run: Run, number: int, recorded: int) -> None:
    shares = memorized_curves(run, number, recorded)
    save(
        of_run(run, "status", number),
        lambda: {"epoch": list(range(1, recorded + 1)), **shares},
        of=f"matrix {run.run_id} {number}",
    )


def _histograms(run: Run, number: int, up_to: int) -> None:
    for column, (name, help_) in zip(st.columns(2, gap="medium"), HISTOGRAMS.items(), strict=True):
        never = name == "first memorized epoch"
        title = name.capitalize()
        with column:
            st.subheader(title, help=said(help_))
            counts, starts, width = histogram(run, number, up_to, name, BINS)
            figure = dynamics.counts_by_group(
                counts, starts, width=width, x=title, never=never, things=noun().many
            )
            chart(
                figure, of_run(run, name, number), partial(dict, {name: starts}, **counts),
                key=f"histogram {name}",
                alt=f"Histogram of the {name} of {sum(map(sum, counts.values())):,} {noun().many}",
            )  # fmt: skip
