"""New run: what shall be trained?"""

from __future__ import annotations

from mild.ui.shell import ensure_router

ensure_router()

import streamlit as st  # noqa: E402

from mild import options  # noqa: E402
from mild.config import RunConfig  # noqa: E402
from mild.data import sources  # noqa: E402
from mild.errors import ConfigError  # noqa: E402
from mild.ui.new_run import data_preview  # noqa: E402
from mild.ui.new_run import form as run_form  # noqa: E402
from mild.ui.start import start_and_watch  # noqa: E402
from mild.ui.words import plain  # noqa: E402

st.title("New run")
left, right = st.columns([3, 2], gap="large")
with left:
    base = run_form.choose_base()
    values = run_form.ask(base)

config: RunConfig | None
try:
    config = options.read(values, base)
    problems = sources.problems(config.data)
except ConfigError as error:
    config, problems = None, error.problems

with right:
    data_preview.show(config.data if config else None, problems)

if config:
    st.caption("The same run from a terminal:")
    st.code(options.command_line(config), language="bash", wrap_lines=True)
pressed = st.button("Start training", type="primary", icon=":material/play_arrow:", key="start")
if problems:
    asked = pressed or st.session_state.get("tried")
    st.session_state["tried"] = asked
    if asked:
        st.error(
            "The run was not started:\n" + "".join(f"\n- {plain(item)}" for item in problems),
            icon=":material/error:",
        )
elif pressed and config:
    st.session_state["tried"] = False
    start_and_watch(config)
