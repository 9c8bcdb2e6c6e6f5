"""A few images of a data set before anything is trained."""

from __future__ import annotations

import streamlit as st

from mild.config import DataConfig
from mild.data.preview import Preview, preview
from mild.errors import DataError
from mild.figures.pictures import contact_sheet
from mild.ui.words import count, plain

COLUMNS = 8
N_IMAGES = 40


def show(config: DataConfig | None, problems: list[str]) -> None:
    """Images and class balance, or why there are none."""
    st.subheader("What will be trained on")
    if config is None or problems:
        st.info("The images are shown here once the settings are right.")
        return
    try:
        found = _preview(config.model_dump_json())
    except DataError as error:
        st.warning(plain(str(error)))
        return
    if found is None:
        st.info("This data set is read, or downloaded, when training starts.")
        return
    sheet = contact_sheet(found.images, columns=COLUMNS)
    st.image(sheet, width="stretch")
    smallest, largest = int(found.n_per_class.min()), int(found.n_per_class.max())
    st.caption(
        f"{count(found.n_images)} images in {len(found.class_names)} classes, "
        f"{count(smallest)} to {count(largest)} of each. Shown by given label, class after class."
    )
    for note in found.notes:
        st.caption(plain(note))


@st.cache_data(max_entries=16, show_spinner="Looking at the images …", ttl=600)
def _preview(config_json: str) -> Preview | None:
    return preview(DataConfig.model_validate_json(config_json), n=N_IMAGES)
