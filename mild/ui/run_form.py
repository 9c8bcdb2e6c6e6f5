"""The form of a new run: one widget per setting, named as on the command line."""

from __future__ import annotations

from typing import Any

import streamlit as st

from mild.config import MODELS, NoiseModel, RunConfig, SelectionRule
from mild.data.names import ON_DISK, SOURCES
from mild.ui.words import percent

_DEFAULTS = RunConfig()
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


def ask() -> dict[str, Any]:
    """Values by option, as `mild.options.read` takes them."""
    values = {"name": st.text_input("Name", "my run", max_chars=80, key="name")}
    values |= _ask_data()
    values |= _ask_noise()
    values |= _ask_training()
    with st.expander("More settings"):
        values |= _ask_more()
    return values


def _ask_data() -> dict[str, Any]:
    source = st.selectbox(
        "Images", list(SOURCES), format_func=lambda item: SOURCES[item], key="data"
    )
    values: dict[str, Any] = {"data": source}
    if source in ON_DISK:
        values["path"] = st.text_input(
            "Folder or file", placeholder="/home/me/pictures", key="path",
            help="On the machine that runs this dashboard. Nothing in it is changed.",
        ) or None  # fmt: skip
    return values


def _ask_noise() -> dict[str, Any]:
    model = st.selectbox(
        "Wrong labels made on purpose", list(NoiseModel.__args__), key="noise",
        format_func=lambda item: _NOISE[item],
        help="For trying out and teaching: the truth is then known. For your own labels: none.",
    )  # fmt: skip
    if model == "none":
        return {"noise": model}
    rate = st.slider("Requested share", 0, 95, 40, 5, format="%d %%", key="rate")
    return {"noise": model, "rate": rate / 100}


def _ask_training() -> dict[str, Any]:
    left, right = st.columns(2)
    with left:
        rounds = st.text_input(
            "Epochs of each round", "20,10,10", key="rounds",
            help="Each round trains on what the round before it kept.",
        )  # fmt: skip
    with right:
        final_epochs = st.number_input(
            "Epochs of the final model", 0, 10_000, _DEFAULTS.final.epochs, key="final epochs",
            help="Trained from scratch on what the last round kept; 0 trains none.",
        )  # fmt: skip
    rule = st.selectbox(
        "How the cut is found", list(SelectionRule.__args__), key="rule",
        format_func=lambda item: _RULES[item],
    )  # fmt: skip
    values: dict[str, Any] = {"rounds": rounds, "rule": rule}
    values |= {"final": "none"} if final_epochs == 0 else {"final_epochs": int(final_epochs)}
    if rule == "posterior":
        values["tau"] = st.slider("Keep where P(clean) is at least", 0.05, 0.95, 0.5, 0.05)
    elif rule == "keep-fraction":
        share = st.slider("Share to keep", 1, 100, 60, format="%d %%")
        values["keep_fraction"] = share / 100
    elif rule == "manual":
        values["cut"] = int(
            st.number_input("Keep if misclassified in fewer epochs than", 0, value=5)
        )
    return values


def _ask_more() -> dict[str, Any]:
    left, right = st.columns(2)
    with left:
        values: dict[str, Any] = {
            "model": st.selectbox("Network", MODELS),
            "learning_rate": st.number_input("Learning rate", value=0.05, format="%.4f"),
            "batch_size": int(st.number_input("Batch size", value=64)),
            "crop_padding": int(
                st.number_input(
                    "Crop padding (pixels)", value=1, help="0 switches random crops off."
                )
            ),
        }
    with right:
        values |= {
            "device": st.text_input("Device", "auto", help="auto, cpu, cuda, cuda:1 or mps"),
            "seed": int(st.number_input("Seed", value=0, help="Every draw derives from it.")),
            "test_fraction": st.slider(
                f"Held-out share (default {percent(_DEFAULTS.data.test_fraction, 0)})",
                0.05, 0.5, _DEFAULTS.data.test_fraction, 0.05,
                help="Of each class, where the data set has no test part of its own.",
            ),
            "flip": st.checkbox(
                "Random horizontal flips", value=False,
                help="Off for digits and letters, which it turns into something else.",
            ),
        }  # fmt: skip
    return values
