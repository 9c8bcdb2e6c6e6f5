"""Going to a page, and starting a run from one."""

from __future__ import annotations

import secrets
from typing import NoReturn

import streamlit as st

from mild import jobs
from mild.config import RunConfig
from mild.installation import TOP_LEVEL as ROOT


def open_page(page: str, /, **query: str | list[str]) -> NoReturn:
    """Leave for a page by the name of its file."""
    st.switch_page(ROOT / "pages" / f"{page}.py", query_params=query)


def start_and_watch(config: RunConfig) -> NoReturn:
    """Start a worker and show its live page; a double click starts one run, not two."""
    asker = st.session_state.setdefault("asker", secrets.token_hex(8))
    run = jobs.start(config, asker=asker)
    open_page("live", run=run.run_id)
