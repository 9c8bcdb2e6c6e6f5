"""Which labels were made wrong on purpose, and what they became."""

from __future__ import annotations

import numpy as np
import streamlit as st

from mild.core.noise import MODELS
from mild.figures import noise
from mild.store.run import Run
from mild.ui.class_names import class_names
from mild.ui.said import noun
from mild.ui.saving import chart, grid, of_run
from mild.ui.words import percent


def show(run: Run) -> None:
    """Draw the transition matrix that was reached; nothing where no label was made wrong."""
    facts = run.facts()
    if not facts.get("actual_transitions"):
        return
    with st.expander("Wrong labels made on purpose"):
        actual_CC = np.asarray(facts["actual_transitions"], dtype=float)
        names = class_names(run)
        where = MODELS[run.config().noise.model].rate_of
        st.caption(
            f"{percent(facts.get('actual_noise_rate'))} of all labels are wrong; asked for were "
            f"{percent(facts.get('requested_noise_rate'))} {where}. Of the {noun().many} with a "
            "clean label (row), the share that got each given label (column), in per cent:"
        )
        with st.container(width=640):
            shown = [names[i] for i in range(len(actual_CC))]
            chart(
                noise.transition_matrix(actual_CC, shown), of_run(run, "transitions"),
                lambda: grid("clean label", shown, shown, actual_CC),
                key="transitions", alt="Transition matrix from clean to given labels",
            )  # fmt: skip
