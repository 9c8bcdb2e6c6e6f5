"""What the form of a new run comes to: a config, or every problem at once; and how else to ask."""

from __future__ import annotations

import json
import shlex
from typing import Any

import streamlit as st

from mild.config import RunConfig, options
from mild.data import load as sources
from mild.errors import ConfigError
from mild.ui import data_preview
from mild.ui.new_run import form, noise
from mild.ui.words import plain

LONGEST_COMMAND = 4000
"""Characters; longer ones are better given as a file."""


def read(
    values: dict[str, Any], base: RunConfig, problems: list[str]
) -> tuple[RunConfig | None, list[str]]:
    """The config, and one sentence for each reason why it cannot be started.

    None where the settings by themselves are wrong.
    """
    found = list(problems)
    try:
        config = options.read(values, form.beneath(base))
    except ConfigError as error:
        # The data are looked at all the same, so that no problem waits for another to be solved.
        return None, [*found, *error.problems, *_data_problems(values, base)]
    found += sources.problems(config.data)
    names = data_preview.class_names(config.data)
    if (unfit := noise.problem(config.noise, config.data.source, names)) is not None:
        found.append(unfit)
    return config, found


def show(config: RunConfig, values: dict[str, Any]) -> None:
    """The same run as a command and as JSON, and what is kept that the form does not show."""
    kept = [
        word
        for option in options.OPTIONS
        if option.parameter not in values
        for word in options.words(option, config)
    ]
    if kept:
        st.caption("Kept from where the form began, though it has no field for it:")
        st.code(shlex.join(kept), language="bash", wrap_lines=True)
    command = options.command_line(config)
    st.caption("The same run from a terminal:")
    if len(command) > LONGEST_COMMAND:
        command = "python -m mild train --config run.json"
    st.code(command, language="bash", wrap_lines=True)
    with st.expander("The same run as JSON"):
        st.caption(
            "Save it as run.json and start it with `python -m mild train --config run.json`."
        )
        st.code(json.dumps(config.model_dump(mode="json"), indent=2), language="json", height=400)


def show_problems(problems: list[str]) -> None:
    """All of them, in one box."""
    st.error(
        "The run was not started:\n" + "".join(f"\n- {plain(item)}" for item in problems),
        icon=":material/error:",
    )


def _data_problems(values: dict[str, Any], base: RunConfig) -> list[str]:
    data: dict[str, Any] = {name: values[name] for name in ("data", "path") if name in values}
    try:
        return sources.problems(options.read(data, form.beneath(base)).data)
    except ConfigError:
        return []
