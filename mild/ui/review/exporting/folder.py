"""The cleaned folder: images to train on by their decided label, beside the originals."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from mild.data.originals import has_originals
from mild.data.places import path_of
from mild.errors import MildError
from mild.export.folders.output_folder import WrittenFolder
from mild.export.formats import FOLDERS, FolderFormat
from mild.export.table import Reviewed
from mild.store.folder import runs_root
from mild.ui.review.state import Review
from mild.ui.words import count, plain

Reading = Callable[[Review], Reviewed]


def ask(review: Review, reviewed: Reading) -> None:
    """Ask for the kind of folder and its name, and write it when the button is pressed."""
    if not (has_originals(review.run.config().data) or review.run.has_pictures()):
        return  # there is no image to write
    st.markdown("**As a folder of images to train on**")
    place, usual = _place(review)
    kind = st.selectbox(
        "Kind of folder", tuple(FOLDERS), key="folder kind", label_visibility="collapsed",
        format_func=lambda name: FOLDERS[name].title,
    )  # fmt: skip
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    name = left.text_input("Name of the new folder", usual, key="folder name", max_chars=120)
    keep = st.checkbox(
        "Keep flagged images that nobody decided about", key="folder undecided",
        help="Without this they are left out; what was relabelled or dropped is as decided.",
    )  # fmt: skip
    pressed = right.button("Write the folder", type="primary", key="write folder", width="stretch")
    if pressed and not _is_name(name.strip()):
        st.error("A folder's name is needed here, without any slash.", icon=":material/error:")
    elif pressed:
        _write(review, reviewed, FOLDERS[kind], place / name.strip(), keep_undecided=keep)
    else:
        st.caption(plain(f"In {place}. The originals are only read."))


def _place(review: Review) -> tuple[Path, str]:
    """Say where the folder is written; a person may call it otherwise."""
    data = review.run.config().data
    source = path_of(data).absolute()
    if not has_originals(data) or not source.exists():
        return runs_root().parent, f"{review.run.run_id}-cleaned"
    folder = source.parent if source.is_file() else source
    return folder.parent, f"{folder.name}-cleaned"


def _is_name(name: str) -> bool:
    return bool(name) and name not in (".", "..") and Path(name).name == name


def _write(
    review: Review, reviewed: Reading, kind: FolderFormat, output: Path, *, keep_undecided: bool
) -> None:
    try:
        with st.spinner("Copying the images …"):
            found = kind.write(reviewed(review), output, link=False, keep_undecided=keep_undecided)
    except MildError as error:
        st.error(plain(str(error)), icon=":material/error:")
    else:
        st.success(plain(_words(output, found)), icon=":material/check:")


def _words(output: Path, found: WrittenFolder) -> str:
    words = f"{count(found.n_written)} images written to {output}, {count(found.n_left_out)} left "
    words += "out."
    if found.n_unreadable:
        words += f" {count(found.n_unreadable)} could not be read when the run began."
    return f"{words} {found.note}".rstrip()
