"""A few images of a data set, and how many there are of each class, before anything is trained."""

from __future__ import annotations

import streamlit as st

from mild.config import DataConfig
from mild.data import load as sources
from mild.data.preview import Preview, preview
from mild.data.sources import SOURCES
from mild.errors import DataError
from mild.figures import noise as noise_figures
from mild.figures.pictures import contact_sheet
from mild.ui.saving import chart
from mild.ui.words import count, percent, plain

COLUMNS = 8
N_IMAGES = 40


def look(config: DataConfig) -> Preview | None:
    """The preview; None where there are problems, or nothing can be seen before training."""
    try:
        return None if sources.problems(config) else _preview(_key(config))
    except DataError:
        return None


def class_names(config: DataConfig) -> tuple[str, ...] | None:
    """Names of the classes, numbers where only their number is known, None where neither is."""
    if found := look(config):
        return found.class_names
    source = SOURCES.get(config.source)
    if config.labels_path is None and source is not None and source.n_classes is not None:
        return tuple(str(label) for label in range(source.n_classes))
    return None


def show(config: DataConfig | None, problems: list[str]) -> None:
    """Images and class balance, or why there are none."""
    st.subheader("What will be trained on")
    if config is None or problems:
        st.info("The images are shown here once the settings are right.")
        for problem in problems:
            st.caption(plain(problem))
        return
    try:
        found = _preview(_key(config))
    except DataError as error:
        st.warning(plain(str(error)))
        return
    if found is None:
        st.info("This data set is read, or downloaded, when training starts.")
        return
    sheet = contact_sheet(found.images, columns=COLUMNS)
    st.image(sheet, width="stretch", output_format="PNG", alt="Some of the images")
    smallest, largest = int(found.n_per_class.min()), int(found.n_per_class.max())
    st.caption(
        f"{count(found.n_images)} images in {len(found.class_names)} classes, "
        f"{count(smallest)} to {count(largest)} of each. Shown by given label, class after class."
    )
    if found.holds_out:
        st.caption(_held_out(sources.held_out_share(config)))
    chart(
        noise_figures.class_balance(found.n_per_class.tolist(), found.class_names),
        "class balance",
        lambda: {"class": found.class_names, "images": found.n_per_class}, key="class balance",
        alt=f"Images of each class: {count(smallest)} to {count(largest)}",
    )  # fmt: skip
    for note in found.notes:
        st.caption(plain(note))


def _held_out(share: float) -> str:
    if not share:
        return "Every image is trained on: nothing is held out, so there will be no accuracy."
    return (
        f"{percent(share, 0)} of each class is held out for accuracy, and judged by what the "
        "network takes it for."
    )


def _key(config: DataConfig) -> str:
    """What the preview depends on."""
    nothing = DataConfig()
    unread = ("test_fraction", "validation_fraction")
    return config.model_copy(
        update={name: getattr(nothing, name) for name in unread}
    ).model_dump_json()


@st.cache_data(max_entries=16, show_spinner="Looking at the images …", ttl=600)
def _preview(config_json: str) -> Preview | None:
    return preview(DataConfig.model_validate_json(config_json), n=N_IMAGES)
