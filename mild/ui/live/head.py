"""How strongly the head of a frozen network is held back, and why: the weight decays tried."""

from __future__ import annotations

import streamlit as st

from mild.figures.head import trials
from mild.store.run import Run
from mild.ui.saving import chart, of_run
from mild.ui.words import score


def show(run: Run) -> None:
    """Show the weight decays tried; nothing for a whole network, or where one was told."""
    facts = run.facts()
    tried = [(float(decay), float(auroc)) for decay, auroc in facts.get("head_trials", [])]
    if not tried:
        return
    chosen = float(facts["head_weight_decay"]) if "head_weight_decay" in facts else None
    st.markdown(
        "**Weight decay of the head**, and how well planted labels are told apart with it",
        help="A head that memorizes every label at once tells nothing, and neither does one that "
        "learns nothing. Each weight decay was tried on the planted labels; no clean label "
        "is needed.",
    )
    words = ", ".join(f"{decay:g}: {score(auroc)}" for decay, auroc in tried)
    chart(
        trials(tried, chosen),
        of_run(run, "weight decays"),
        lambda: {
            "weight decay": [decay for decay, _ in tried],
            "AUROC of planted labels": [auroc for _, auroc in tried],
        },
        key="head trials",
        alt=f"AUROC of planted labels by weight decay: {words}",
    )
