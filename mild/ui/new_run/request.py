"""What the form of a new run comes to: a config, or every problem at once; and how else to ask."""

from __future__ import annotations

import json
import shlex
from typing import Any

import streamlit as st

from mild.config import RunConfig, fitted, options
from mild.errors import ConfigError
from mild.ui.new_run import form, problems
from mild.ui.new_run.estimate import Estimate, roughly
from mild.ui.new_run.form import Filled
from mild.ui.new_run.problems import Problem

LONGEST_COMMAND = 4000
"""Characters; longer ones are better given as a file."""


def read(asked: Filled) -> tuple[RunConfig | None, list[Problem]]:
    """Return the config, and every reason why it cannot be started.

    None where the settings by themselves are wrong.
    """
    found = problems.placed(asked.unreadable)
    try:
        config = options.read(asked.values, form.base_settings(asked.base))
    except ConfigError as error:
        # The data are looked at all the same, so that no problem waits for another to be solved.
        return None, [*found, *problems.placed(error.problems), *_about_data(asked)]
    return config, [*found, *problems.of_config(config)]


def say_why(asked: Filled, config: RunConfig, takes: Estimate) -> None:
    """Say in one sentence what the images are, what is trained on them, and how long it takes."""
    if asked.found is None:
        return
    sizes = asked.found.sizes
    words = fitted.reason(
        config, n=asked.found.n_images, n_classes=len(asked.found.class_names),
        size=sizes.usual if sizes else None, of=sizes.of if sizes else "mostly",
    )  # fmt: skip
    if takes.seconds is not None:
        words += f", at most about {roughly(takes.seconds)} here"
    asked.reason_place.markdown(f":material/tune: {words}.")


def show(config: RunConfig, values: dict[str, Any]) -> None:
    """Show the same run as a command and as JSON, and what is kept that the form does not show."""
    kept = [
        word
        for option in options.OPTIONS
        if option.parameter not in values
        for word in options.words(option, config)
    ]
    with st.expander("The same run from a terminal"):
        if kept:
            st.caption(
                "Kept from the settings that you started from; the form has no field for it:"
            )
            st.code(shlex.join(kept), language="bash", wrap_lines=True)
        command = options.command_line(config)
        if len(command) > LONGEST_COMMAND:
            command = "python -m mild train --config run.json"
        st.code(command, language="bash", wrap_lines=True)
    with st.expander("The same run as JSON"):
        st.caption(
            "Save it as run.json and start it with `python -m mild train --config run.json`."
        )
        st.code(json.dumps(config.model_dump(mode="json"), indent=2), language="json", height=400)


def _about_data(asked: Filled) -> list[Problem]:
    names = ("data", "path", "path_column", "label_column")
    data = {name: asked.values[name] for name in names if name in asked.values}
    try:
        return problems.of_config(options.read(data, form.base_settings(form.BLANK)))
    except ConfigError:
        return []
