"""What can be done with the runs that are ticked on home: with one, or with several."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from mild import jobs
from mild.access import Role, may
from mild.store.lifecycle.remove import delete_run
from mild.store.overview import Overview
from mild.store.review.about import MAX_LENGTH, rename, tag
from mild.store.run import open_run
from mild.ui import trust
from mild.ui.cache.overviews import ENDED
from mild.ui.frame.start import open_page
from mild.ui.runs.doing import do_to_all
from mild.ui.runs.next_step import next_step
from mild.ui.words import plain, state_badge, visible_name

RESUMABLE = ("stopped", "failed", "interrupted")
NAMED = 5
"""Runs that are named before they are deleted; of more, the others are counted."""


def show(picked: Sequence[Overview], names: Mapping[str, str]) -> None:
    """Draw the buttons that make sense for every run that is picked."""
    if len(picked) == 1:
        (item,) = picked
        st.markdown(
            f"**{plain(names[item.run_id])}** {state_badge(item.state)} {plain(item.sentence)}"
        )
    else:
        st.markdown(f"**{len(picked)} runs chosen**")
    with st.container(horizontal=True):
        if len(picked) == 1:
            _open_one(picked[0])
        elif st.button("Compare", icon=":material/compare_arrows:", type="primary", key="compare"):
            open_page("compare", runs=[item.run_id for item in picked])
        if may(Role.OWNER):
            _go_on_or_stop(picked, names)
        if may(Role.REVIEWER):
            _write_about(picked, names)
        if may(Role.OWNER):
            _delete(picked, names)
    if len(picked) == 1 and picked[0].state != "damaged":
        trust.run_banner(open_run(picked[0].run_id))


def _open_one(item: Overview) -> None:
    if item.state == "damaged":
        return
    step = next_step(item)
    if st.button(step.words, icon=":material/arrow_forward:", type="primary", key="next step"):
        open_page(step.page, run=item.run_id)
    if st.button("Watch", icon=":material/monitoring:", key="watch"):
        open_page("live", run=item.run_id)
    if st.button("Select", icon=":material/content_cut:", disabled=not item.progress, key="select"):
        open_page("selection", run=item.run_id)
    if may(Role.REVIEWER):
        _report_button(item)
    if may(Role.OWNER) and st.button(
        "Duplicate", icon=":material/content_copy:", key="duplicate",
        help="A new run with these settings, to be changed before it starts",
    ):  # fmt: skip
        open_page("new_run", like=item.run_id)


def _report_button(item: Overview) -> None:
    st.download_button(
        "Report", data=lambda: _report(item.run_id), file_name=f"{item.run_id}.html",
        mime="text/html", icon=":material/description:", key="report",
        help="One HTML file that opens anywhere, without network",
    )  # fmt: skip


def _go_on_or_stop(picked: Sequence[Overview], names: Mapping[str, str]) -> None:
    live = [item for item in picked if item.state not in ENDED]
    ended = [item for item in picked if item.state in RESUMABLE]
    if ended and st.button(
        _with_number("Resume", ended, picked), icon=":material/resume:", key="resume run",
        help="Goes on from its last checkpoint, as if nothing had happened",
    ):  # fmt: skip
        do_to_all(ended, names, lambda item: jobs.resume(open_run(item.run_id)), "{} goes on.")
    if live and st.button(
        _with_number("Stop", live, picked), icon=":material/stop:", key="stop run",
        help="At the next batch; every epoch up to there is kept",
    ):  # fmt: skip
        do_to_all(live, names, lambda item: jobs.stop(open_run(item.run_id)), "{} is stopping.")


def _with_number(word: str, these: Sequence[Overview], picked: Sequence[Overview]) -> str:
    return word if len(picked) == 1 else f"{word} {len(these)}"


def _write_about(picked: Sequence[Overview], names: Mapping[str, str]) -> None:
    readable = [item for item in picked if item.state != "damaged"]
    if not readable:
        return
    one = readable[0] if len(picked) == 1 else None
    key = " ".join(item.run_id for item in readable)
    title = "Name and tags" if one else "Tag"
    with (
        st.popover(title, icon=":material/sell:", key="about runs"),
        st.form(f"about {key}", border=False),
    ):
        name = (
            st.text_input("Name", one.name[:MAX_LENGTH], max_chars=MAX_LENGTH, key=f"name {key}")
            if one
            else ""
        )
        known = list(dict.fromkeys(word for item in readable for word in item.tags))
        shared = [word for word in known if all(word in item.tags for item in readable)]
        tags = st.multiselect(
            "Tags", known, shared, accept_new_options=True, key=f"tags {key}",
            format_func=visible_name, help="Type a word and press Enter",
        )  # fmt: skip
        if not st.form_submit_button("Save"):
            return

    def save(item: Overview) -> None:
        folder = open_run(item.run_id).folder
        if one and name is not None and name != item.name:
            rename(folder, name)
        own = (word for word in item.tags if word not in shared)
        tag(folder, tuple(dict.fromkeys((*own, *tags))))

    do_to_all(readable, names, save, "{} is saved." if one else "{} are tagged.")


def _delete(picked: Sequence[Overview], names: Mapping[str, str]) -> None:
    """Draw the red button that deletes runs nobody works on; page.css knows its key."""
    gone = [item for item in picked if item.state in ENDED]
    if not gone:
        return
    key = f"delete {' '.join(item.run_id for item in gone)}"
    with st.popover(
        _with_number("Delete", gone, picked), icon=":material/delete:", key="open delete"
    ):
        st.markdown("**Delete?** Until you empty the trash, below the list, you can take back:")
        listed = "".join(f"\n- {plain(names[item.run_id])}" for item in gone[:NAMED])
        more = f"\n- and {len(gone) - NAMED} more" if len(gone) > NAMED else ""
        st.markdown(listed + more)
        what = f"“{names[gone[0].run_id]}”" if len(gone) == 1 else f"{len(gone)} runs"
        if st.button(plain(f"Delete {what}"), icon=":material/delete:", type="primary", key=key):
            do_to_all(gone, names, _put_away, "{} in the trash.")


def _put_away(item: Overview) -> None:
    delete_run(open_run(item.run_id))


def _report(run_id: str) -> str:
    from mild.report.page import make_report  # plotly: not before somebody asks

    return make_report(open_run(run_id))
