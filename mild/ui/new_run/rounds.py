"""The form of a new run, rounds: a table of epochs and weight decay, and how long it takes."""

from __future__ import annotations

import platform
from typing import Any, get_args

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from mild.analysis import pace as paces
from mild.analysis.pace import Pace
from mild.config import FinalConfig, RunConfig
from mild.data.load import held_out_share
from mild.data.preview import Preview
from mild.data.sources import SOURCES
from mild.store.folder import runs_root
from mild.store.run import all_runs, open_run
from mild.ui.new_run.fields import at, key
from mild.ui.words import count, duration, plain

FINALS = {
    "none": "none: the run ends after the last selection",
    "supervised": "supervised: learns what the last round kept",
    "mixmatch": "mixmatch: learns what was kept, and from what was dropped without its labels",
}
USUAL_EPOCHS = 10
ROW_PIXELS = 35
MOST_ROWS = 8
"""More are scrolled to."""
LARGEST_KEPT = 64
"""Pixels a side; larger images are made smaller before training."""
LOOKED_AT = 60
"""Newest runs whose pace is looked at."""


def ask(base: RunConfig) -> tuple[dict[str, Any], DeltaGenerator]:
    """Values by option: rounds, and the final stage; and the place for `show_total`."""
    st.markdown(
        ":small[Rounds]",
        help="Each round trains on what the round before it kept, then selects again.",
    )
    edited = st.data_editor(
        _frame(base), num_rows="dynamic", key=key("rounds"), width="stretch",
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
    final = _ask_final(base)
    return {"rounds": as_rounds(edited), **final}, st.empty()


def as_rounds(edited: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows of the table as settings; a row without anything in it is none."""
    rows = edited.astype(object).where(edited.notna(), None)
    return [
        {
            "epochs": epochs if epochs is None else int(epochs),
            "weight_decay": decay if decay is None else float(decay),
        }
        for epochs, decay in zip(rows["epochs"], rows["weight decay"], strict=True)
        if epochs is not None or decay is not None
    ]


def show_total(place: DeltaGenerator, config: RunConfig, found: Preview | None) -> None:
    """Epochs in all, and how long they take, where a finished run tells."""
    n_rounds, n_final = sum(item.epochs for item in config.rounds), config.final.epochs
    words = f"**{count(config.total_epochs)} epochs** in all: {count(n_rounds)} in "
    words += f"{len(config.rounds)} rounds" if len(config.rounds) > 1 else "one round"
    if config.final.kind != "none":
        words += f", {count(n_final)} of the final model"
    place.caption(f"{words}. {_time(config, found)}")


def _time(config: RunConfig, found: Preview | None) -> str:
    if found is None:
        return "How long that takes is not known: the number of images is not."
    n = found.n_images
    if found.holds_out:
        n = round(n * (1 - held_out_share(config.data)))
    pace = paces.like(
        _paces(str(runs_root()), tuple(run.run_id for run in all_runs())[:LOOKED_AT]),
        config, machine=platform.node(), image_size=_image_size(config, found), n=n,
    )  # fmt: skip
    if pace is None:
        return (
            "How long that takes is not known: no run with this network, device and image size "
            "has finished on this machine."
        )
    text = (
        f"Training takes at most about **{duration(paces.longest_seconds(config, n, pace))}**, "
        f"less when rounds drop images; from the run {plain(pace.run)}, which took "
        f"{1000 * pace.seconds_per_image:.3g} ms for an image in an epoch."
    )
    if config.final.kind not in ("none", "supervised"):
        text += f" The final model's {count(config.final.epochs)} epochs come on top."
    return text


def _image_size(config: RunConfig, found: Preview) -> tuple[int, int] | None:
    """Height and width; None where the worker will decide by the files."""
    if (side := config.data.image_size) is not None:
        return side, side
    files = SOURCES[config.data.source].list_files is not None
    height, width = found.images.shape[1:3]
    return None if files or max(height, width) > LARGEST_KEPT else (height, width)


@st.cache_data(max_entries=8, show_spinner=False, ttl=60)
def _paces(root: str, run_ids: tuple[str, ...]) -> list[Pace]:
    found = (_pace(root, run_id) for run_id in run_ids)
    return [pace for pace in found if pace is not None]


def _pace(root: str, run_id: str) -> Pace | None:
    """`root` is there for the cache: another folder has other runs."""
    return paces.pace_of(open_run(run_id))


def _frame(base: RunConfig) -> pd.DataFrame:
    n = len(base.rounds)
    return pd.DataFrame(
        {
            "epochs": pd.array([item.epochs for item in base.rounds], dtype="Int64"),
            "weight decay": pd.array([item.weight_decay for item in base.rounds], dtype="Float64"),
        },
        index=pd.RangeIndex(1, n + 1),
    )


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
