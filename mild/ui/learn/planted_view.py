"""The recording with planted labels: judged once per server, then instant."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from mild.lesson import planting
from mild.lesson.recording import IntArray, RecordedRound, Recording
from mild.ui.learn.view import recorded_run

MANY = (0, 25, 50, 100)
"""How many planted labels the rule is given."""
N_PAIRS = 6


@dataclass(frozen=True, kw_only=True, slots=True)
class PlantedRound:
    """The round in which labels were planted."""

    recording: Recording
    recorded: RecordedRound


def planted_round() -> PlantedRound:
    """The only round of the recording with planted labels."""
    run = recorded_run("planted")
    return PlantedRound(recording=run, recorded=run.rounds[0])


@st.cache_resource(show_spinner=False)
def planted_choice(n_planted: int) -> planting.PlantedChoice:
    """What the default rule makes of it, given so many planted labels."""
    view = planted_round()
    return planting.choose(view.recorded, n_planted, len(view.recording.class_names))


@st.cache_resource(show_spinner=False)
def planted_counts() -> tuple[IntArray, IntArray]:
    """Clean and mislabeled images per count, without the planted."""
    return planting.rest_by_count(planted_round().recorded)


@st.cache_resource(show_spinner=False)
def pairs() -> list[tuple[int, int]]:
    """Slots of hard clean images, each with a mislabeled one of a similar history."""
    return planting.look_alikes(planted_round().recorded, N_PAIRS)
