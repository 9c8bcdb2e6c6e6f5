"""Compare, rules: what if training had stopped sooner, and what if another rule had cut?"""

from __future__ import annotations

from functools import partial

import streamlit as st

from mild.figures.compare import heat_map
from mild.scale import scale_of
from mild.ui.cache.comparing import load_rule_sweep
from mild.ui.cache.run_labels import run_labels
from mild.ui.compare.one_run import choose
from mild.ui.saving import chart, grid


def show_rules() -> None:
    """Draw a heat map for each measure: every rule after every number of epochs."""
    if (chosen := choose()) is None:
        return
    run, number = chosen
    sweep = load_rule_sweep(run, number)
    maps = {"Kept share": sweep.kept_share_RE}
    if run.instances().clean_N is not None:
        maps = {
            "F1 of flagged": sweep.f1_flagged_RE,
            "Precision of kept": sweep.precision_RE,
        } | maps
    st.caption("Nothing was trained for this: the status of every epoch is on record.")
    of_round = f"{run_labels([run])[run.run_id]} round {number + 1}"
    for title, values_RE in maps.items():
        st.markdown(f"**{scale_of(title).titled(title)}**")
        figure = heat_map(
            values_RE, sweep.epochs, sweep.rules, x="Epochs trained", y="Rule", title=title
        )
        chart(
            figure, f"{of_round} {title}",
            partial(grid, "rule", sweep.rules, sweep.epochs, values_RE),
            key=f"rules {title}", alt=f"{title} of every rule, by epochs trained",
        )  # fmt: skip
