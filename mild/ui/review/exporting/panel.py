"""Taking the review along: a folder of the images to train on, a file, and edits made elsewhere."""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path

import streamlit as st

from mild.data.originals import has_files
from mild.errors import MildError, ReviewError
from mild.export.edited.read_review import read_review
from mild.export.formats import FILES
from mild.export.table import Reviewed, with_decisions
from mild.store.review.decisions import decide
from mild.ui.gate.uploads import asks_for_a_file
from mild.ui.review.exporting import folder as export_folder
from mild.ui.review.state import Review, decided, list_anew, say
from mild.ui.words import count, plain


def show(review: Review) -> None:
    """Draw one button; behind it the folder, every format that is one file, and the way back."""
    with st.popover("Export", icon=":material/download:", key="review export"):
        export_folder.ask(review, reviewed_now)
        st.markdown("**As a table, or for another program**")
        _files(review)
        _import(review)


def reviewed_now(review: Review) -> Reviewed:
    """Gather the run and its decisions as they are now."""
    return with_decisions(review.run, review.measured, decided(review).decisions)


def _files(review: Review) -> None:
    no_pixels = not (has_files(review.run.config().data) or review.run.has_pictures())
    no_pixels = no_pixels and not review.run.folder.texts.is_file()  # Label Studio takes these, too
    with st.container(horizontal=True):
        for name, format_ in FILES.items():
            if no_pixels and format_.needs_pictures:
                continue
            st.download_button(
                format_.title,
                data=partial(_content, review, name),
                file_name=f"{review.run.run_id}{format_.suffix}",
                mime=format_.mime,
                key=f"export {name}",
                on_click="ignore",
            )
    st.caption(
        f"One row per {review.thing} in data-set order, with scores and decisions; a patch has "
        "what was relabelled or dropped, for the command patch."
    )


def _content(review: Review, name: str) -> bytes:
    return FILES[name].write(reviewed_now(review))


def _import(review: Review) -> None:
    asks_for_a_file()
    sent = st.file_uploader(
        "Bring back a CSV that was exported here and edited elsewhere",
        type=["csv"],
        key="import file",
        help="All of its rows are taken, or none.",
    )
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
