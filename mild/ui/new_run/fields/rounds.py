"""The form of a new run, rounds: a table of epochs and weight decay, and the final stage."""

from __future__ import annotations

from typing import Any, get_args

import pandas as pd
import streamlit as st

from mild.config import FinalConfig, RunConfig
from mild.ui.new_run.widgets import at, key

FINALS = {
    "none": "none: the run ends after the last selection",
    "supervised": "supervised: learns what the last round kept",
    "mixmatch": "mixmatch: learns what was kept, and from what was dropped without its labels",
}
USUAL_EPOCHS = 10
ROW_PIXELS = 35
MOST_ROWS = 8
"""More are scrolled to."""


def ask(base: RunConfig) -> dict[str, Any]:
    """Ask for rounds and the final stage; return values by option."""
    st.markdown(
        ":small[Rounds]",
        help="Each round trains on what the round before it kept, then selects again.",
    )
    edited = st.data_editor(
        _frame(base), num_rows="dynamic", key=key(f"rounds {_epochs_of(base)}"), width="stretch",
        height=ROW_PIXELS * (2 + min(len(base.rounds), MOST_ROWS)),
        placeholder=f"{base.optimizer.weight_decay:g}, as the optimizer has it",
        column_config={
            "epochs": st.column_config.NumberColumn(
                "Epochs", min_value=1, max_value=10_000, step=1, default=USUAL_EPOCHS,
                required=True,
                help="Times that the network sees every image of the round.",
            ),
            "weight decay": st.column_config.NumberColumn(
                "Weight decay", min_value=0.0, max_value=1.0, format="%g",
                help="How strongly large weights are held back in this round.",
            ),
        },
    )  # fmt: skip
    return {"rounds": as_rounds(edited), **_ask_final(base)}


def as_rounds(edited: pd.DataFrame) -> list[dict[str, Any]]:
    """Turn rows of the table into settings; a row without anything in it is none."""
    rows = edited.astype(object).where(edited.notna(), None)
    return [
        {
            "epochs": epochs if epochs is None else int(epochs),
            "weight_decay": decay if decay is None else float(decay),
        }
        for epochs, decay in zip(rows["epochs"], rows["weight decay"], strict=True)
        if epochs is not None or decay is not None
    ]


def _frame(base: RunConfig) -> pd.DataFrame:
    n = len(base.rounds)
    return pd.DataFrame(
        {
            "epochs": pd.array([item.epochs for item in base.rounds], dtype="Int64"),
            "weight decay": pd.array([item.weight_decay for item in base.rounds], dtype="Float64"),
        },
        index=pd.RangeIndex(1, n + 1),
    )


def _epochs_of(base: RunConfig) -> str:
    """Return the key of the table: another one where the settings follow from other images."""
    return ",".join(str(item.epochs) for item in base.rounds)


def _ask_final(base: RunConfig) -> dict[str, Any]:
    kinds = get_args(FinalConfig.model_fields["kind"].annotation)
    left, right = st.columns([2, 1])
    kind = left.selectbox(
        "Final model", kinds, at(kinds, base.final.kind), key=key("final"),
        format_func=lambda item: FINALS.get(item, item),
    )  # fmt: skip
    if kind == "none":
        return {"final": kind}
    epochs = right.number_input("Its epochs", 1, 10_000, base.final.epochs, key=key("final epochs"))
    return {"final": kind, "final_epochs": int(epochs)}
