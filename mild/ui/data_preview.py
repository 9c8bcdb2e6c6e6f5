"""A few images of a data set, and what is known of it before anything is trained."""

from __future__ import annotations

import streamlit as st

from mild.config import DataConfig
from mild.data import load as sources
from mild.data.preview import Preview, Sizes, preview
from mild.data.sources import SOURCES
from mild.errors import DataError
from mild.figures import noise as noise_figures
from mild.figures.pictures.raster import contact_sheet
from mild.ui.cache.decorators import per_server
from mild.ui.class_names import shown_names
from mild.ui.saving import chart
from mild.ui.words import count, percent, plain, visible_name

COLUMNS = 8
N_IMAGES = 40
NAMED_CLASSES = 12
"""Classes whose names are shown; of more, the others are counted."""
TOO_FEW = 5
"""Images of a class below which a wrong label among them hardly shows."""
NAMED_SKIPPED = 5


def load_preview(config: DataConfig) -> Preview | None:
    """Return the preview; None where there are problems, or nothing can be seen before training."""
    try:
        return None if sources.problems(config) else _preview(_key(config))
    except DataError:
        return None


def class_names(config: DataConfig) -> tuple[str, ...] | None:
    """Return names of classes, numbers where only their number is known, else None."""
    if found := load_preview(config):
        return found.class_names
    source = SOURCES.get(config.source)
    if config.labels_path is None and source is not None and source.n_classes is not None:
        return tuple(str(label) for label in range(source.n_classes))
    return None


def show(config: DataConfig, found: Preview | None) -> None:
    """Show images, sizes, split, class balance, what is passed over; or why there are none."""
    if found is None:
        st.info("This data set is read, or downloaded, when training starts.")
        return
    if len(found.images):
        sheet = contact_sheet(found.images, columns=COLUMNS)
        st.image(sheet, width="stretch", output_format="PNG", alt="Some of the images")
    st.markdown(_in_words(config, found))
    _passed_over(found)
    _classes(found)


def _in_words(config: DataConfig, found: Preview) -> str:
    parts = [f"**{count(found.n_images)} images in {len(found.class_names)} classes**"]
    if found.sizes:
        parts.append(_sizes(found.sizes))
    return f"{', '.join(parts)}. {_split(config, found)}"


def _sizes(sizes: Sizes) -> str:
    """Write width by height, as people say it."""
    usual, smallest, largest = (
        f"{w} × {h}" for w, h in (sizes.usual, sizes.smallest, sizes.largest)
    )
    if sizes.of == "all":
        return f"all of {usual} pixels"
    if sizes.of == "many":
        return f"of many sizes, the smallest of {smallest} pixels, the largest of {largest}"
    mostly = f"mostly of {usual} pixels ({percent(sizes.share, 0)})"
    return f"{mostly}, the smallest of {smallest}, the largest of {largest}"


def _split(config: DataConfig, found: Preview) -> str:
    if found.n_test:
        return f"{count(found.n_test)} more are held out for accuracy: its own test part."
    if not found.holds_out:
        return "It has a test part of its own for accuracy."
    share = sources.held_out_share(config)
    if not share:
        return "All are trained on: nothing is held out, so there will be no accuracy."
    return (
        f"{percent(share, 0)} of each class is held out for accuracy, and judged by what it is "
        "predicted as."
    )


def _classes(found: Preview) -> None:
    n_C, names = found.n_per_class, found.class_names
    few = [f"{visible_name(names[i])} ({n})" for i, n in enumerate(n_C) if n < TOO_FEW]
    if few:
        st.warning(
            f"Too few images to find wrong labels among them: {plain(_listed(few))}. Add images, "
            "or merge classes.",
            icon=":material/warning:",
        )
    st.caption(f"Classes: {plain(_listed(shown_names(names)))}")
    chart(
        noise_figures.class_balance(n_C.tolist(), shown_names(names)), "class balance",
        lambda: {"class": names, "images": n_C}, key="class balance",
        alt=f"Images of each class: {count(int(n_C.min()))} to {count(int(n_C.max()))}",
    )  # fmt: skip


def _passed_over(found: Preview) -> None:
    for note in found.notes:
        st.caption(plain(note))
    if found.skipped and not len(found.images):
        st.error(
            f"None of the {count(len(found.skipped))} images looked at can be read. "
            f"The first: {plain(found.skipped[0])}",
            icon=":material/error:",
        )
    if found.skipped:
        n = len(found.skipped)
        files = "1 image is" if n == 1 else f"{count(n)} images are"
        with st.expander(f"{files} passed over, as far as has been looked at"):
            for sentence in found.skipped[:NAMED_SKIPPED]:
                st.caption(plain(sentence))
            if n > NAMED_SKIPPED:
                st.caption(f"and {count(n - NAMED_SKIPPED)} more")


def _listed(names: list[str]) -> str:
    more = len(names) - NAMED_CLASSES
    return ", ".join(names[:NAMED_CLASSES]) + (f", and {count(more)} more" if more > 0 else "")


def _key(config: DataConfig) -> str:
    """Keep of the settings only what the preview depends on."""
    nothing = DataConfig()
    unread = ("test_fraction", "validation_fraction")
    return config.model_copy(
        update={name: getattr(nothing, name) for name in unread}
    ).model_dump_json()


@per_server(16, "Looking at the images …", seconds=600)
def _preview(config_json: str) -> Preview | None:
    return preview(DataConfig.model_validate_json(config_json), n=N_IMAGES)
