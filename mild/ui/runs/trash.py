"""The trash below the list of runs: what was deleted can be taken back until it is emptied."""

from __future__ import annotations

import streamlit as st

from mild.access import Role, may
from mild.errors import RunError
from mild.store.lifecycle.remove import empty_trash, restore_run, trashed
from mild.ui.cache.run_labels import run_labels
from mild.ui.words import plain


def show() -> None:
    """Draw the trash for owners; nothing where it is empty."""
    runs = trashed() if may(Role.OWNER) else []
    if not runs:
        return
    with st.expander(f"Trash ({len(runs)})", icon=":material/delete:"):
        names = run_labels(runs)
        chosen = st.multiselect(
            "Take back", list(names), key="in trash", format_func=names.__getitem__
        )
        with st.container(horizontal=True):
            if st.button("Take back", disabled=not chosen, key="restore"):
                _restore(chosen)
            with st.popover("Empty the trash"):
                st.markdown("What is in it will be deleted for good. There is no way back.")
                if st.button("Delete for good", type="primary", key="empty trash"):
                    _empty()


def _restore(run_ids: list[str]) -> None:
    try:
        for run_id in run_ids:
            restore_run(run_id)
    except RunError as error:
        st.warning(plain(str(error)))
        return
    st.session_state["_toast"] = "Taken back."
    st.rerun()


def _empty() -> None:
    try:
        empty_trash()
    except RunError as error:
        st.warning(plain(str(error)))
        return
    st.session_state["_toast"] = "The trash is empty."
    st.rerun()
