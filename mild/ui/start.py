"""Starting a run from a page."""

from __future__ import annotations

import secrets

import streamlit as st

from mild import jobs
from mild.config import RunConfig
from mild.installation import TOP_LEVEL as ROOT


def start_and_watch(config: RunConfig) -> None:
    """Start a worker and show its live page; a double click starts one run, not two."""
    asker = st.session_state.setdefault("asker", secrets.token_hex(8))
    run = jobs.start(config, asker=asker)
    st.switch_page(ROOT / "pages" / "live.py", query_params={"run": run.run_id})
