"""New run: what shall be trained?"""

from __future__ import annotations

from mild.ui.frame.shell import ensure_router, unseen_title

ensure_router()

import streamlit as st  # noqa: E402

from mild.ui import data_preview  # noqa: E402
from mild.ui.new_run import form, quick, request, start_bar  # noqa: E402
from mild.ui.new_run.estimate import estimate  # noqa: E402
from mild.ui.new_run.fields import noise  # noqa: E402
from mild.ui.new_run.sections import Sections  # noqa: E402

unseen_title("New run")
left, right = st.columns([3, 2], gap="large")
sections = Sections()
with left:
    asked = form.ask(sections)
config, problems = request.read(asked)
takes = estimate(config, asked.found) if config else None
with right:
    if any(item.section == "images" for item in problems):
        st.info("Your images are shown here, with their classes and sizes, once they are found.")
    elif config and takes:
        data_preview.show(config.data, asked.found)
        names = data_preview.class_names(config.data)
        if not any(item.section == "noise" for item in problems):
            noise.show(config.noise, config.data.source, names, asked.found)
        request.say_why(asked, config, takes)
        if asked.found is not None:
            with asked.reason_place:
                quick.offer(config, asked.found.n_images)
if config:
    request.show(config, asked.values)
start_bar.show(config, problems, takes)
sections.show(problems)
