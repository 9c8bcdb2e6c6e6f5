"""What can be done with one run: watch, select, report, repeat, rename, tag, stop, delete."""

from __future__ import annotations

import time
from collections.abc import Callable

import streamlit as st

from mild import jobs
from mild.errors import RunError
from mild.installation import TOP_LEVEL as ROOT
from mild.store.overview import Overview
from mild.store.remove import delete_run
from mild.store.review.about import rename, tag
from mild.store.run import open_run
from mild.store.schema import FINAL_STATES
from mild.ui import trust
from mild.ui.words import plain, state_badge

ENDED = (*FINAL_STATES, "interrupted", "damaged")
RESUMABLE = ("stopped", "failed", "interrupted")


def show(item: Overview) -> None:
    """The actions that make sense in the run's state."""
    st.markdown(f"**{plain(item.name)}** {state_badge(item.state)} {plain(item.sentence)}")
    if item.name != item.run_id:
        st.caption(f"Run {plain(item.run_id)}")
    with st.container(horizontal=True):
        if item.state != "damaged":
            _go_on(item)
        if item.state in RESUMABLE and st.button(
            "Resume",
            icon=":material/resume:",
            help="Goes on from its last checkpoint, as if nothing had happened",
            key="resume run",
        ):
            _try(lambda: jobs.resume(open_run(item.run_id)), "Going on.")
        if item.state not in ENDED:
            if st.button("Stop", icon=":material/stop:", key="stop run"):
                _try(lambda: jobs.stop(open_run(item.run_id)), "Stopping at the next batch.")
        else:
            _delete(item)
    if item.state != "damaged":
        trust.run_banner(open_run(item.run_id))
        _write_about(item)


def _go_on(item: Overview) -> None:
    if st.button("Watch", icon=":material/monitoring:", key="watch"):
        _open("live", run=item.run_id)
    if st.button("Select", icon=":material/content_cut:", disabled=not item.progress, key="select"):
        _open("selection", run=item.run_id)
    st.download_button(
        "Report",
        data=lambda: _report(item.run_id),
        file_name=f"{item.run_id}.html",
        mime="text/html",
        icon=":material/description:",
        help="One HTML file that opens anywhere, without network",
        key="report",
    )
    if st.button(
        "Duplicate",
        icon=":material/content_copy:",
        help="A new run with these settings, to be changed before it starts",
        key="duplicate",
    ):
        _open("new_run", like=item.run_id)


def _delete(item: Overview) -> None:
    with st.popover("Delete", icon=":material/delete:"):
        st.markdown("Everything that was recorded is lost. There is no way back.")
        if st.button("Delete it for good", type="primary", key=f"delete {item.run_id}"):
            _try(lambda: delete_run(open_run(item.run_id)), f"{item.name} is deleted.")


def _write_about(item: Overview) -> None:
    with st.expander("Name and tags"), st.form(f"about {item.run_id}", border=False):
        name = st.text_input("Name", item.name, max_chars=80, key=f"name {item.run_id}")
        tags = st.multiselect(
            "Tags",
            list(item.tags),
            list(item.tags),
            accept_new_options=True,
            key=f"tags {item.run_id}",
            help="Type a word and press Enter",
        )
        if st.form_submit_button("Save"):
            folder = open_run(item.run_id).folder

            def save() -> None:
                rename(folder, name)
                tag(folder, tuple(tags))

            _try(save, "Saved.")


def _try(action: Callable[[], None], said: str) -> None:
    try:
        action()
    except RunError as error:
        st.warning(plain(str(error)))
        return
    st.session_state["_toast"] = said
    time.sleep(0.2)  # a worker that stops needs a moment to say so
    st.rerun()


def _open(page: str, **query: str) -> None:
    st.switch_page(ROOT / "pages" / f"{page}.py", query_params=query)


def _report(run_id: str) -> str:
    from mild.report.page import make_report  # plotly: not before somebody asks

    return make_report(open_run(run_id))
