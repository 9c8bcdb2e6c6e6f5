"""The form of a new run: images first, then settings that follow from them and can be changed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from mild.config import DataConfig, RunConfig, fitted, options, presets
from mild.data.preview import Preview
from mild.errors import ConfigError
from mild.preflight.device import n_gpus
from mild.store.run import open_run
from mild.ui import data_preview
from mild.ui.new_run.fields import cut, images, more, noise, rounds
from mild.ui.new_run.sections import Sections
from mild.ui.new_run.widgets import begin_anew, key
from mild.ui.words import plain

BLANK = RunConfig(name="my run", data=DataConfig(source=images.OFFERED[0]))
"""What the form shows at first."""
MAY_BE_EMPTY = (
    "path", "workers", "test_fraction", "image_size", "image_column", "split", "test_split"
)  # fmt: skip
"""Settings of the images that the form asks for and may leave open."""
MOST_CHARACTERS = 80
"""Of a run's name."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Filled:
    """What the form holds."""

    values: dict[str, Any]
    """By option, as `options.read` takes them."""
    base: RunConfig
    """What the form began with: it has what is not asked."""
    found: Preview | None
    """The images, where they can be looked at."""
    reason_place: st.delta_generator.DeltaGenerator
    """For why the settings are as they are."""
    unreadable: list[str]
    """A sentence for each entry that cannot be read at all."""


def ask(sections: Sections) -> Filled:
    """Draw every field, from top to bottom."""
    begun_with = _base()
    values: dict[str, Any] = {}
    unreadable: list[str] = []
    with sections.section("images"):
        values |= (data := images.ask(begun_with))
    found = _look(data, begun_with)
    base = _choose_base(begun_with, data["data"], found)
    reason_place = st.container()
    with sections.section("name"):
        values["name"] = _ask_name(base, data.get("path") if found else None)
    own = data["data"] in images.OWN and st.query_params.get("like") is None
    with sections.section("noise", "Wrong labels made on purpose", expanded=not own):
        names = _class_names(data, base)
        values |= noise.ask(base.noise, names, unreadable)
    with sections.section("rounds", "Rounds and epochs", expanded=not own):
        values |= rounds.ask(base)
    with sections.section("cut", "How the cut is found", expanded=False):
        values |= cut.ask(base)
    with sections.section("network", "Network, training and device", expanded=False):
        values |= more.ask(base, data["data"])
    return Filled(
        values=values, base=base, found=found, reason_place=reason_place, unreadable=unreadable
    )


def _ask_name(base: RunConfig, path: str | None) -> str:
    """Ask for the name; at first that of the folder or file with one's own images."""
    name, named = base.name, key("name")
    if path and base.name == BLANK.name and (stem := Path(path).stem[:MOST_CHARACTERS]):
        name, named = stem, key(f"name {stem}")
    return st.text_input("Name", name, max_chars=MOST_CHARACTERS, key=named)


def base_settings(base: RunConfig) -> RunConfig:
    """Return the settings under the form's values: `base` without what the form may leave open."""
    return base.model_copy(
        update={
            "weights": None,
            "data": base.data.model_copy(update=dict.fromkeys(MAY_BE_EMPTY)),
            "augmentation": base.augmentation.model_copy(
                update={"crop_padding": None, "flip": None}
            ),
        }
    )


def _base() -> RunConfig:
    """Return where the form starts: the run that the address names, a preset, or blank."""
    like = st.query_params.get("like")
    if st.session_state.get("form like", like) != like:
        begin_anew()
    st.session_state["form like"] = like
    if like is None:
        chosen = st.session_state.get("start from", fitted.NAME)
        return presets.preset(chosen) if chosen in presets.NAMES else BLANK
    run = open_run(like)
    config = run.config()
    name = plain(config.name)
    if config.recorded:
        st.caption(f"{name} was recorded by a loop of its own: choose what it knew.")
        unknown = {"data": BLANK.data, "model": BLANK.model, "final": BLANK.final}
        return config.model_copy(update=unknown)
    st.caption(f"With the settings of {name}.")
    return config


def _choose_base(begun_with: RunConfig, source: str, found: Preview | None) -> RunConfig:
    """Choose where the form starts, fitted to one's own images where nothing else is asked for."""
    if st.query_params.get("like") is not None:
        return begun_with
    chosen = st.selectbox(
        "Settings", [fitted.NAME, *presets.NAMES], key="start from", on_change=begin_anew,
        format_func=_describe,
    )  # fmt: skip
    if chosen != fitted.NAME or found is None or source not in images.OWN:
        return begun_with
    size = found.sizes.usual if found.sizes else None
    return fitted.fitted(begun_with, n=found.n_images, size=size, has_gpu=bool(n_gpus()))


def _describe(name: str) -> str:
    return "Fitted to the images" if name == fitted.NAME else f"{name}: {presets.describe(name)}"


def _look(data: dict[str, Any], base: RunConfig) -> Preview | None:
    try:
        return data_preview.load_preview(options.read(data, base_settings(base)).data)
    except ConfigError:
        return None


def _class_names(data: dict[str, Any], base: RunConfig) -> tuple[str, ...] | None:
    try:
        return data_preview.class_names(options.read(data, base_settings(base)).data)
    except ConfigError:
        return None
