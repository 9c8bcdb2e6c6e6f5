"""The images of a row, and how one of them was learned."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from mild.analysis.matrix import Sort
from mild.core.dynamics import NEVER
from mild.figures import dynamics
from mild.figures.pictures import raster
from mild.store.run import Run
from mild.ui import neighbours, samples
from mild.ui.cache.learning import dynamics as learning_dynamics
from mild.ui.cache.matrix import matrix
from mild.ui.cache.rounds import instances
from mild.ui.class_names import class_names
from mild.ui.said import noun, said
from mild.ui.saving import chart
from mild.ui.words import count, plain, visible_name

N_PICTURES = 36
PICTURE_PIXELS = 176
SAMPLE_PIXELS = 220


def slots_of(run: Run, number: int, sort: Sort, row: int, n_epochs: int) -> list[int]:
    """Return the slots of up to N_PICTURES images of one row of the picture."""
    slots_N = matrix(run, number, sort, n_epochs).slots(row)
    wanted = np.linspace(0, len(slots_N) - 1, min(len(slots_N), N_PICTURES)).astype(int)
    return [int(slot) for slot in slots_N[wanted]]


def choose(run: Run, number: int, index: int) -> None:
    """Show this image's timeline from now on."""
    st.session_state[_key(run, number)] = index


def show(run: Run, number: int, sort: Sort, row: int | None, n_epochs: int) -> None:
    """Show the chosen row's images, and the timeline of the chosen image in the first epochs."""
    st.subheader(
        said("One image"),
        help=said(
            "Choose a row of the picture above, or type the image's number in the training set."
        ),
    )
    n = len(instances(run).given_N)
    key = _key(run, number)
    if key not in st.session_state:
        asked = st.query_params.get("image", "")
        whole = asked.isascii() and asked.isdigit()
        st.session_state[key] = int(asked[:9]) if whole and int(asked[:9]) < n else None
    if row is not None:
        _row(run, number, sort, row, n_epochs)
    with st.container(width=320):
        index = st.number_input(
            said("Image number"), 0, n - 1, step=1, key=key, placeholder="none chosen"
        )
    if index is None:
        st.query_params.pop("image", None)
        st.caption(said("No image is chosen yet: click a row of the picture above."))
        return
    st.query_params["image"] = str(index)
    slots = np.flatnonzero(run.index(number) == index)
    if len(slots) == 0:
        st.info(said(f"Image {count(int(index))} is not in this round; an earlier one dropped it."))
        return
    _timeline(run, number, int(index), int(slots[0]), n_epochs)


def _row(run: Run, number: int, sort: Sort, row: int, n_epochs: int) -> None:
    slots = slots_of(run, number, sort, row, n_epochs)
    n = int(matrix(run, number, sort, n_epochs).n_R[row])
    shown = f"{len(slots)} of the {count(n)} images" if n > len(slots) else f"The {n} images"
    st.caption(said(f"{shown if n > 1 else 'The image'} of the chosen row:"))
    st.html(neighbours.sheet(neighbours.cards(run, number, slots, n_epochs)))
    if len(slots) == 1:
        return
    names, index_N = instances(run).names, run.index(number)
    indices = [int(index_N[slot]) for slot in slots]
    key = f"one of {run.run_id} {number} {sort} {row}"
    with st.container(width=640):
        st.selectbox(
            "Show", indices, key=key,
            format_func=lambda index: visible_name(f"{index}: {names[index]}"),
            on_change=lambda: choose(run, number, st.session_state[key]),
        )  # fmt: skip


def _timeline(run: Run, number: int, index: int, slot: int, n_epochs: int) -> None:
    known, names = instances(run), class_names(run)
    predicted_E = np.asarray(run.predictions(number)[:n_epochs, slot])
    bits_E = np.asarray(run.status(number)[:n_epochs, slot // 8])
    memorized_E = ((bits_E >> (7 - slot % 8)) & 1).astype(bool)
    predicted = [names[int(label)] for label in predicted_E]
    given = names[int(known.given_N[index])]
    name = visible_name(str(known.names[index]))
    left, right = st.columns([1, 4], gap="medium")
    with left:
        thumbnails = run.thumbnails()
        if thumbnails is not None:
            sheet = raster.contact_sheet(
                thumbnails[index : index + 1], columns=1, side=PICTURE_PIXELS
            )
            st.image(sheet, width=PICTURE_PIXELS, output_format="PNG", alt=name)
        st.text(name, help=_whole(str(known.names[index])))
        _what_it_is(run, index)
        st.markdown(_facts(run, number, index, slot, n_epochs))
    with right:
        file = f"{run.run_id} round {number + 1} {noun().one} {index}"
        figure = dynamics.timeline(predicted, memorized_E, given)
        words = _predicted(predicted, given)
        columns = {
            "epoch": range(1, len(predicted) + 1),
            "memorized": memorized_E.astype(int),
            "predicted": predicted,
        }
        chart(figure, file, lambda: columns, key="timeline", alt=words)
        st.caption(words)


def _what_it_is(run: Run, index: int) -> None:
    """Its text, row or sound, where it has no picture."""
    index_T = np.array([index])
    if run.has_pictures() or not run.has_samples():
        return
    (sample,) = samples.in_small(run, index_T, large=True)
    if sample.text:
        with st.container(height=SAMPLE_PIXELS):
            st.text(sample.text)
    if sample.cells:
        cells = [(cell.name, cell.value) for cell in sample.cells]
        st.dataframe(
            pd.DataFrame(cells, columns=["", "value"]), hide_index=True, height=SAMPLE_PIXELS
        )
    if (wav := samples.sound_of(run, index)) is not None:
        st.audio(wav, format="audio/wav")


def _whole(name: str) -> str | None:
    """What the tooltip tells of a name that was shortened."""
    return plain(name) if visible_name(name) != name else None


def _facts(run: Run, number: int, index: int, slot: int, n_epochs: int) -> str:
    known, names = instances(run), class_names(run)
    found = learning_dynamics(run, number, n_epochs)
    lines = [f"Given label **{plain(names[int(known.given_N[index])])}**"]
    if known.clean_N is not None:
        lines.append(f"Clean label **{plain(names[int(known.clean_N[index])])}**")
    first = int(found.first_memorized_epoch_N[slot])
    lines += [
        f"Misclassified in **{found.misclassified_N[slot]}** of {n_epochs} epochs",
        "Never memorized" if first == NEVER else f"First memorized in epoch **{first}**",
        f"Forgotten **{found.forgetting_events_N[slot]}** times",
    ]
    return "  \n".join(lines)


def _predicted(predicted: list[str], given: str) -> str:
    others = [name for name in predicted if name != given]
    if not others:
        return f"Predicted as {plain(given)}, its given label, in every epoch."
    most = max(sorted(set(others)), key=others.count)
    return (
        f"Predicted as {plain(given)}, its given label, in {predicted.count(given)} epochs, and "
        f"otherwise mostly as {plain(most)} ({others.count(most)} epochs)."
    )


def _key(run: Run, number: int) -> str:
    return f"image {run.run_id} {number}"
