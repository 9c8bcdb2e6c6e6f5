"""The bar that stays at the bottom of the form: what the run takes, what is wrong, and Start."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from mild.config import RunConfig
from mild.ui.frame.start import start_and_watch
from mild.ui.new_run.estimate import Estimate, room, roughly
from mild.ui.new_run.problems import ANCHOR, Problem
from mild.ui.words import plain

NAMED = 3
"""Problems that stand in the bar; of more, the others are counted."""
LONGEST = 110
"""Characters of a problem here; the whole sentence stands at its fields."""


def show(config: RunConfig | None, problems: Sequence[Problem], takes: Estimate | None) -> None:
    """Show links to every problem, or what the run takes; start it when asked."""
    # It stays in sight by its key, in page.css.
    with st.container(key="start bar", horizontal=True, vertical_alignment="center", gap="medium"):
        if problems:
            st.markdown(_linked(problems), width="stretch")
        elif takes is not None:
            st.markdown(_in_words(takes), width="stretch", help=takes.why)
        pressed = st.button(
            "Start training", type="primary", icon=":material/play_arrow:", key="start",
            disabled=bool(problems) or config is None,
        )  # fmt: skip
    if pressed and config is not None and not problems:
        start_and_watch(config)


def _linked(problems: Sequence[Problem]) -> str:
    links = [
        f"[{plain(_short(item.sentence))}](#{ANCHOR}{item.section})" for item in problems[:NAMED]
    ]
    more = f" and {len(problems) - NAMED} more" if len(problems) > NAMED else ""
    waits = all(item.still_to_give for item in problems)
    first = ":blue[:material/info:] First:" if waits else ":red[:material/error:] To fix first:"
    return f"{first} {' · '.join(links)}{more}"


def _short(sentence: str) -> str:
    return sentence if len(sentence) <= LONGEST else f"{sentence[: LONGEST - 1]}…"


def _in_words(takes: Estimate) -> str:
    parts = [f"**{takes.epochs}**"]
    if takes.seconds is not None:
        parts.append(f"at most about **{roughly(takes.seconds)}** here")
    else:
        parts.append("time not known yet")
    if takes.n_bytes is not None:
        parts.append(f"about **{room(takes.n_bytes)}** on disk")
    return " · ".join(parts)
