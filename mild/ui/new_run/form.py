"""The form of a new run: one widget per setting, named as on the command line."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, get_args

import streamlit as st

from mild import presets
from mild.config import (
    MODELS,
    NoiseModel,
    RunConfig,
    SelectionRule,
)
from mild.data.names import ON_DISK, SOURCES
from mild.store.run import open_run
from mild.ui.words import plain

_NOISE = {
    "none": "none: the labels as they are",
    "symmetric": "symmetric: drawn anew from all classes, the true one included",
    "symmetric-exclusive": "symmetric-exclusive: drawn anew from the other classes",
    "asymmetric": "asymmetric: classes that look alike are mistaken (CIFAR only)",
    "pairflip": "pairflip: each class is taken for the next one",
    "instance": "instance: images that look like another class are mislabeled more often",
}
_RULES = {
    "expected-error": "expected-error: the fewest expected mistakes under the fit",
    "posterior": "posterior: keep where the label is more likely right than a share you set",
    "noisy-scale": "noisy-scale: the authors' rule; removes 37 % of the mislabeled per round",
    "noisy-mode": "noisy-mode: the peak of the mislabeled component",
    "keep-fraction": "keep-fraction: a share you set",
    "manual": "manual: a cut you set",
}


BLANK = RunConfig(name="my run")
"""What the form shows at first."""
_FLIPS = {None: "automatic", True: "on", False: "off"}
KEYS = (
    "name", "data", "path", "noise", "rate", "rounds", "final epochs", "rule", "tau",
    "keep fraction", "cut", "model", "learning rate", "batch size", "crop padding", "device",
    "seed", "test fraction", "flip",
)  # fmt: skip
"""Widgets of the form; forgotten when the form starts from something else."""


def choose_base() -> RunConfig:
    """Where the form starts: blank, a preset, or the run that the address says to be like."""
    like = st.query_params.get("like")
    if like is not None and st.session_state.get("like") != like:
        st.session_state["like"] = like
        _forget()
    if like is not None:
        config = open_run(like).config()
        if config.recorded:
            st.caption(f"{plain(like)} was recorded by a loop of its own: choose what it knew.")
            unknown = {"data": BLANK.data, "model": BLANK.model, "final": BLANK.final}
            return config.model_copy(update=unknown)
        st.caption(f"With the settings of {plain(like)}.")
        return config
    chosen = st.selectbox(
        "Start from",
        ["blank", *presets.NAMES],
        key="start from",
        on_change=_forget,
        format_func=lambda name: (
            "a blank form" if name == "blank" else f"{name}: {presets.describe(name)}"
        ),
    )
    return BLANK if chosen == "blank" else presets.preset(chosen)


def ask(base: RunConfig) -> dict[str, Any]:
    """Values by option, as `mild.options.read` takes them; what is not asked is left to `base`."""
    values = {"name": st.text_input("Name", base.name, max_chars=80, key="name")}
    values |= _ask_data(base)
    values |= _ask_noise(base)
    values |= _ask_training(base)
    values |= _ask_rule(base)
    with st.expander("More settings"):
        values |= _ask_more(base)
    return values


def _forget() -> None:
    for key in KEYS:
        st.session_state.pop(key, None)


def _ask_data(base: RunConfig) -> dict[str, Any]:
    source = st.selectbox(
        "Images", list(SOURCES), _at(SOURCES, base.data.source), key="data",
        format_func=lambda item: SOURCES[item],
    )  # fmt: skip
    values: dict[str, Any] = {"data": source}
    if source in ON_DISK:
        values["path"] = st.text_input(
            "Folder or file", base.data.path or "", placeholder="/home/me/pictures", key="path",
            help="On the machine that runs this dashboard. Nothing in it is changed.",
        ) or None  # fmt: skip
    return values


def _ask_noise(base: RunConfig) -> dict[str, Any]:
    models = get_args(NoiseModel)
    model = st.selectbox(
        "Wrong labels made on purpose", models, _at(models, base.noise.model), key="noise",
        format_func=lambda item: _NOISE[item],
        help="For trying out and teaching: the truth is then known. For your own labels: none.",
    )  # fmt: skip
    if model == "none":
        return {"noise": model, "rate": 0.0}
    rate = round(100 * base.noise.rate) or 40
    rate = st.slider("Requested share", 0, 100, rate, format="%d %%", key="rate")
    return {"noise": model, "rate": rate / 100}


def _ask_training(base: RunConfig) -> dict[str, Any]:
    left, right = st.columns(2)
    epochs = base.final.epochs if base.final.kind != "none" else 0
    with left:
        rounds = st.text_input(
            "Epochs of each round", ",".join(str(item.epochs) for item in base.rounds),
            key="rounds", help="Each round trains on what the round before it kept.",
        )  # fmt: skip
    with right:
        final_epochs = st.number_input(
            "Epochs of the final model", 0, 10_000, epochs, key="final epochs",
            help="Trained on what the last round kept; 0 trains none.",
        )  # fmt: skip
    values: dict[str, Any] = {"rounds": rounds}
    if final_epochs == 0:
        return values | {"final": "none"}
    kind = base.final.kind if base.final.kind != "none" else "supervised"
    return values | {"final": kind, "final_epochs": int(final_epochs)}


def _ask_rule(base: RunConfig) -> dict[str, Any]:
    rules, asked = get_args(SelectionRule), base.selection
    rule = st.selectbox(
        "How the cut is found", rules, _at(rules, asked.rule), key="rule",
        format_func=lambda item: _RULES[item],
    )  # fmt: skip
    values: dict[str, Any] = {"rule": rule}
    if rule == "posterior":
        values["tau"] = st.slider(
            "Keep where P(clean) is at least", 0.05, 0.95, asked.tau, 0.05, key="tau"
        )
    elif rule == "keep-fraction":
        share = round(100 * (asked.keep_fraction or 0.6))
        share = st.slider("Share to keep", 1, 100, share, format="%d %%", key="keep fraction")
        values["keep_fraction"] = share / 100
    elif rule == "manual":
        start = 5 if asked.cut is None else asked.cut
        label = "Keep if misclassified in fewer epochs than"
        values["cut"] = int(st.number_input(label, 0, value=start, key="cut"))
    return values


def _ask_more(base: RunConfig) -> dict[str, Any]:
    left, right = st.columns(2)
    models = MODELS if base.model in MODELS else (*MODELS, base.model)
    with left:
        values: dict[str, Any] = {
            "model": st.selectbox("Network", models, _at(models, base.model), key="model"),
            "learning_rate": st.number_input(
                "Learning rate", value=base.optimizer.learning_rate, format="%.4f",
                key="learning rate",
            ),
            "batch_size": int(
                st.number_input("Batch size", value=base.optimizer.batch_size, key="batch size")
            ),
            "crop_padding": st.number_input(
                "Crop padding (pixels)", 0, 64, base.augmentation.crop_padding,
                placeholder="automatic", key="crop padding",
                help="By default an eighth of the side; 0 switches random crops off.",
            ),
        }  # fmt: skip
    with right:
        values |= {
            "device": st.text_input(
                "Device", base.device, key="device", help="auto, cpu, cuda, cuda:1 or mps"
            ),
            "seed": int(
                st.number_input(
                    "Seed", value=base.seed, key="seed", help="Every draw derives from it."
                )
            ),
            "test_fraction": st.slider(
                "Held-out share", 0.01, 0.9, base.data.test_fraction, 0.01, key="test fraction",
                help="Of each class, where the data set has no test part of its own.",
            ),
            "flip": st.selectbox(
                "Random horizontal flips", list(_FLIPS), list(_FLIPS).index(base.augmentation.flip),
                format_func=lambda item: _FLIPS[item], key="flip",
                help="Automatic: on, but not for sets of digits and letters.",
            ),
        }  # fmt: skip
    return values


def _at(options: Iterable[str], value: str) -> int:
    """Where a value stands; the first where it is none of them."""
    found = list(options)
    return found.index(value) if value in found else 0
