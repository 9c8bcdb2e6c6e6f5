"""Taking the review along: a file to download, and the commands that do the same and more."""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path

import streamlit as st

from mild.errors import MildError, ReviewError
from mild.export.formats import FILES
from mild.export.pixels import has_files
from mild.export.read_review import read_review
from mild.export.table import Reviewed
from mild.store.review.decisions import decide
from mild.ui.review.state import Review, list_anew, say, standing
from mild.ui.words import count, plain


def show(review: Review) -> None:
    """Buttons for every format that is one file; a command for the folder of images."""
    with st.expander("Export and import", icon=":material/download:"):
        st.caption(
            "One row per image in data-set order, with scores and decisions. "
            "The file is made when you press the button."
        )
        no_pixels = not (
            has_files(review.run.config().data) or review.run.folder.thumbnails.is_file()
        )
        columns = st.columns(len(FILES))
        for column, (name, format_) in zip(columns, FILES.items(), strict=True):
            column.download_button(
                format_.title,
                data=partial(_content, review, name),
                file_name=f"{review.run.run_id}{format_.suffix}",
                mime=format_.mime,
                key=f"export {name}",
                on_click="ignore",
                width="stretch",
                disabled=no_pixels and format_.needs_pictures,
            )
        st.caption(
            "A folder of the images to train on, sorted by their decided label (flagged images "
            "that nobody decided about are left out; the originals are only read):"
        )
        cut = "" if review.cut is None else f" --cut {review.cut:g}"
        st.code(
            f"python -m mild export {review.run.run_id} --format imagefolder --output cleaned{cut}",
            language="bash",
            wrap_lines=True,
        )
        _import(review)


def _content(review: Review, name: str) -> bytes:
    """As of the moment in which the button is pressed."""
    found = Reviewed(
        run=review.run,
        config=review.run.config(),
        measured=review.measured,
        decisions=standing(review).decisions,
    )
    return FILES[name].write(found)


def _import(review: Review) -> None:
    st.caption("A CSV that was exported here and edited elsewhere: all of its rows, or none.")
    sent = st.file_uploader("Reviewed CSV", type=["csv"], key="import file")
    if sent is not None and st.button("Import its decisions", key="import"):
        try:
            n_changed = _read(review, sent.getvalue())
        except ReviewError as error:
            rows = "".join(f"\n- {plain(item)}" for item in error.problems)
            st.error(f"Nothing was imported:\n{rows}", icon=":material/error:")
        except MildError as error:
            st.error(plain(str(error)), icon=":material/error:")
        else:
            say(f"{count(n_changed)} decisions imported; undo takes all of them back.")
            list_anew()
            st.rerun()


def _read(review: Review, content: bytes) -> int:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "reviewed.csv"
        path.write_bytes(content)
        wanted = read_review(path, review.measured)
    done = decide(review.run.folder, wanted, review.window, kind="import")
    return done.n_changed if done else 0
