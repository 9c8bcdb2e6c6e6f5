"""New run: what shall be trained?"""

from __future__ import annotations

from mild.ui.shell import ensure_router

ensure_router()

import streamlit as st  # noqa: E402

from mild.ui import data_preview  # noqa: E402
from mild.ui.new_run import form as run_form  # noqa: E402
from mild.ui.new_run import noise, request, rounds  # noqa: E402
from mild.ui.start import start_and_watch  # noqa: E402

st.title("New run")
left, right = st.columns([3, 2], gap="large")
unreadable: list[str] = []
with left:
    base = run_form.choose_base()
    values, total = run_form.ask(base, unreadable)
config, problems = request.read(values, base, unreadable)

with right:
    data_preview.show(config.data if config else None, problems)
    if config and not problems:
        names, found = data_preview.class_names(config.data), data_preview.look(config.data)
        noise.show(config.noise, config.data.source, names, found)
        rounds.show_total(total, config, found)
if config:
    request.show(config, values)
pressed = st.button("Start training", type="primary", icon=":material/play_arrow:", key="start")
if problems:
    st.session_state["tried"] = pressed or st.session_state.get("tried")
    if st.session_state["tried"]:
        request.show_problems(problems)
elif pressed and config:
    st.session_state["tried"] = False
    start_and_watch(config)
