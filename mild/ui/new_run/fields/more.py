"""The form of a new run, what is seldom changed: network, optimizer, augmentation, device, seed."""

from __future__ import annotations

from typing import Any

import streamlit as st

from mild.config import MODELS, DataConfig, RunConfig
from mild.data import load as sources
from mild.ui.new_run.widgets import at, key

PIPELINES = {
    "auto": "automatic: by their size and the free memory",
    "resident": "resident: all in memory, once",
    "streaming": "streaming: decoded again in every epoch",
}
LAUNCHERS = {
    "auto": "as this dashboard was set up",
    "local": "on this machine",
    "slurm": "on a cluster, through Slurm",
}
_FLIPS = {None: "automatic", True: "on", False: "off"}
MOST_OFFERED = 16
"""Of a number that may be left open; a run that asks for more keeps it."""


def ask(base: RunConfig, source: str) -> dict[str, Any]:
    """Ask for what is seldom changed; return values by option for the chosen `source`."""
    left, right = st.columns(2)
    with left:
        values = _about_network(base) | _about_training(base)
    with right:
        values |= _about_data(base, source)
    return values


def _about_network(base: RunConfig) -> dict[str, Any]:
    models = MODELS if base.model in MODELS else (*MODELS, base.model)
    return {
        "model": st.selectbox(
            "Network", models, at(models, base.model), key=key(f"model {base.model}"),
            accept_new_options=True,
            help="Type any other network of torchvision, such as convnext_tiny; with the package "
            "timm, timm:NAME as well.",
        ),
        "weights": st.text_input(
            "Pretrained weights", base.weights or "", key=key("weights"),
            placeholder="a file of weights; none: start from scratch",
            help="A file that torch has saved for this network; its last layer starts from "
            "scratch where the number of classes differs.",
        ) or None,
        "pretrained": st.checkbox(
            "Start from published weights", base.pretrained, key=key("pretrained"),
            help="Downloaded once where they are not on this machine yet; images are brought to "
            "the size "
            "that they were trained on. With a file of weights: the file holds the published ones.",
        ),
        "freeze": st.checkbox(
            "Train only a head on frozen features", base.freeze, key=key("freeze"),
            help="Features of every image are computed once by the pretrained network, which stays "
            "as it is: minutes for a few thousand photographs. One round of 20 epochs is enough.",
        ),
    }  # fmt: skip


def _about_training(base: RunConfig) -> dict[str, Any]:
    paddings = _up_to(MOST_OFFERED, base.augmentation.crop_padding)
    return {
        "image_size": st.number_input(
            "Image size (pixels)", 4, 1024, base.data.image_size, key=key("image size"),
            placeholder="automatic: their own, at most 64",
            help="Every image is resized to this many pixels a side. More shows more, and takes "
            "longer: twice the size, four times as long.",
        ),
        "learning_rate": st.number_input(
            "Learning rate", value=base.optimizer.learning_rate, format="%.4f",
            key=key("learning rate"),
            help="How far a step goes at the start of each round; falls to 0 along a cosine.",
        ),
        "batch_size": int(
            st.number_input(
                "Batch size", value=base.optimizer.batch_size,
                key=key(f"batch size {base.optimizer.batch_size}"),
                help="Images per step.",
            )
        ),
        "crop_padding": st.selectbox(
            "Crop padding (pixels)", paddings,
            paddings.index(base.augmentation.crop_padding),
            key=key("crop padding"),
            format_func=_or_automatic,
            help="Zero padding before a random crop back to size. Automatic: an eighth of the "
            "side; 0 switches random crops off.",
        ),
        "pipeline": st.selectbox(
            "How images come to the device", list(PIPELINES),
            at(PIPELINES, base.data.pipeline), key=key("pipeline"),
            format_func=lambda item: PIPELINES.get(item, item),
            help="Images that fit into memory train much faster from there.",
        ),
    }  # fmt: skip


def _about_data(base: RunConfig, source: str) -> dict[str, Any]:
    workers = _up_to(MOST_OFFERED, base.data.workers)
    return {
        "device": st.text_input(
            "Device", base.device, key=key("device"), help="auto, cpu, cuda, cuda:1 or mps"
        ),
        "devices": int(
            st.number_input(
                "Devices", 1, 4096, base.devices, key=key("devices"),
                help="Train on this many at once; each takes its part of every batch.",
            )
        ),
        "launcher": st.selectbox(
            "Where it trains", list(LAUNCHERS), list(LAUNCHERS).index(base.launch.launcher),
            key=key("launcher"), format_func=lambda item: LAUNCHERS[item],
        ),
        "seed": int(
            st.number_input(
                "Seed", value=base.seed, key=key("seed"), help="All that is random follows from it."
            )
        ),
        "test_fraction": st.number_input(
            "Held-out share", 0.0, 0.9, base.data.test_fraction, 0.05,
            key=key("test fraction"), placeholder=_usual_share(source),
            help="Of each class, where the data set has no test part of its own. 0 trains on "
            "every image, and there is no accuracy. Held-out images are judged by what the "
            "network predicted them as.",
        ),
        "flip": st.selectbox(
            "Random horizontal flips", list(_FLIPS), list(_FLIPS).index(base.augmentation.flip),
            format_func=lambda item: _FLIPS[item], key=key("flip"),
            help="Automatic: on, but not for sets of digits and letters.",
        ),
        "workers": st.selectbox(
            "Processes that decode images", workers, workers.index(base.data.workers),
            key=key("workers"), format_func=_or_automatic,
            help="Used only when images are decoded again in every epoch.",
        ),
    }  # fmt: skip


def _usual_share(source: str) -> str:
    share = sources.held_out_share(DataConfig(source=source))
    return f"automatic: {share:g}" if share else "automatic: 0, for your own images"


def _up_to(most: int, asked: int | None) -> list[int | None]:
    """List what is offered: automatic, and whole numbers, among them `asked`."""
    return [None, *sorted({*range(most + 1), *([] if asked is None else [asked])})]


def _or_automatic(number: int | None) -> str:
    return "automatic" if number is None else str(number)
