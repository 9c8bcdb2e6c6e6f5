"""The live page: state, progress, curves, mosaic, log. Polls only while the run is live."""

from __future__ import annotations

import time

import numpy as np
import streamlit as st

from mild import jobs
from mild.errors import RunError
from mild.figures import curves, palette, pictures
from mild.store.overview import progress
from mild.store.run import Run, RunState
from mild.store.schema import EpochRecord
from mild.ui.boundary import fragment
from mild.ui.live import view as live_view
from mild.ui.new_run import data_preview
from mild.ui.shell import ROOT
from mild.ui.words import count, duration, plain, state_badge
from mild.views.learning import MIN_GROUP
from mild.views.learning import stages as stages_of

POLL_SECONDS = 1.0
N_PICTURES = 48
QUEUE_SECONDS = 3.0
"""A run that is queued for longer than this waits for another one."""


def show(run: Run) -> None:
    """Everything about one run, as it is now."""
    live = run.state().live
    drawing = True
    if live:
        drawing = not st.toggle(
            "Hold the charts", key="hold", help="Stops redrawing, so that a zoom stays as it is."
        )
    fragment(_panel, run_every=POLL_SECONDS if live else None)(run, live, drawing)


def _panel(run: Run, live: bool, drawing: bool) -> None:
    state = run.state()
    if live and not state.live:
        st.session_state["_toast"] = f"Run {run.run_id}: {state.state}. {state.sentence}"
        st.rerun()  # a full run, which ends the polling
    epochs = run.epochs()
    _headline(run, state, epochs)
    if not epochs:
        _before_the_first_epoch(run, state)
    elif drawing or "drawn" not in st.session_state:
        st.session_state["drawn"] = len(epochs)
        _charts(run, epochs)
    else:
        _charts(run, epochs[: st.session_state["drawn"]])
    _history(run)


def _headline(run: Run, state: RunState, epochs: list[EpochRecord]) -> None:
    left, right = st.columns([5, 1], vertical_alignment="center")
    wrong = state.state in ("failed", "interrupted")
    left.markdown(f"{state_badge(state.state)} {'' if wrong else plain(state.sentence)}")
    if state.live and right.button("Stop", icon=":material/stop:", key="stop", width="stretch"):
        try:
            jobs.stop(run)
            st.toast("Stopping at the next batch; every epoch up to here is kept.")
        except RunError as error:
            st.warning(plain(str(error)))
    if not state.live and epochs and right.button("See the selection", type="primary", key="see"):
        st.switch_page(ROOT / "pages" / "selection.py", query_params={"run": run.run_id})
    if wrong:
        st.error(plain(state.sentence), icon=":material/error:")
    st.progress(progress(run), text=_where(run, state, epochs))
    if state.state == "waiting" and st.button(
        "Set the cut", type="primary", icon=":material/content_cut:", key="set cut"
    ):
        number = str(len(run.rounds()) + 1)
        query = {"run": run.run_id, "round": number}
        st.switch_page(ROOT / "pages" / "selection.py", query_params=query)


def _where(run: Run, state: RunState, epochs: list[EpochRecord]) -> str:
    if state.state == "done":
        return f"Finished in {duration((state.ended or 0) - (state.started or 0))}."
    if not epochs:
        return f"{duration(time.time() - state.created)} since it was asked for."
    last = epochs[-1]
    asked = run.config().rounds
    stage = (
        f"round {last.stage + 1} of {len(asked)}" if run.is_round(last.stage) else "the final model"
    )
    text = f"Epoch {last.epoch} of {stage}"
    left = live_view.seconds_left(epochs, state.epochs_left) if state.live else None
    return f"{text}, about {duration(left)} left" if left is not None else text


def _before_the_first_epoch(run: Run, state: RunState) -> None:
    if state.state == "queued" and time.time() - state.created > QUEUE_SECONDS:
        st.info("It waits for its turn: one run trains on a device at a time, the oldest first.")
    thumbnails = run.thumbnails()
    if thumbnails is None and run.config().recorded:
        st.info(f"{plain(run.facts().get('description', ''))}. It came without pictures.")
        return
    if thumbnails is None:
        with st.container(width=640):
            data_preview.show(run.config().data, [])
        return
    facts = run.facts()
    st.subheader("What is trained on")
    step = max(1, len(thumbnails) // N_PICTURES)
    st.image(pictures.contact_sheet(thumbnails[::step][:N_PICTURES], columns=12), width=640)
    st.caption(plain(facts.get("description", "")))


def _charts(run: Run, epochs: list[EpochRecord]) -> None:
    n_rounds = run.rounds_begun()
    stages = stages_of(epochs, n_rounds)
    rounds = dict(list(stages.items())[:n_rounds])
    left, right = st.columns(2, gap="medium")
    with left:
        st.subheader(
            "Memorized", help="Share of the images whose given label the network predicts."
        )
        groups = live_view.memorized_by_group(run, n_rounds)
        st.plotly_chart(curves.memorized_curves(groups, rounds), key="memorized")
        _explain(groups, n_rounds)
    with right:
        st.subheader("Learning", help="Of the network as a whole, the final model included.")
        figure = curves.learning_curves(
            [item.train_loss for item in epochs], [item.test_accuracy for item in epochs], stages
        )
        st.plotly_chart(figure, key="learning")
    _mosaic(run, n_rounds)


def _explain(groups: dict[str, list[float]], n_rounds: int) -> None:
    if "mislabeled" in groups:
        text = "Right labels are memorized early, wrong ones late: that gap is the method."
        if n_rounds > 1 and np.isnan(groups["mislabeled"][-1]):
            text += f" Fewer than {MIN_GROUP} mislabeled images are left: no curve."
        st.caption(text)
    else:
        text = "Which labels are wrong is unknown here; the selection page estimates it."
        if "flagged" in groups:
            text += " The groups are what each finished round kept and flagged."
        st.caption(text)


def _mosaic(run: Run, n_rounds: int) -> None:
    st.subheader("Status", help="Whether each image's given label was memorized, epoch by epoch.")
    newest = n_rounds - 1
    number = newest
    if n_rounds > 1:
        chosen = st.segmented_control(
            "Status of round", range(n_rounds), key=f"status of {n_rounds}",
            default=newest if run.state().live else 0, label_visibility="collapsed",
            format_func=lambda item: f"Round {item + 1}",
        )  # fmt: skip
        number = newest if chosen is None else int(chosen)
    drawn = live_view.mosaic(run, number)
    n_epochs = run.config().rounds[number].epochs
    st.image(
        pictures.status_mosaic(drawn.share_RE, n_epochs, drawn.divider),
        width="stretch",
        caption=None,
    )
    rows = (
        "an image" if drawn.instances_per_row == 1 else f"{count(drawn.instances_per_row)} images"
    )
    order = (
        "Clean images are above the white line, mislabeled ones below it"
        if drawn.divider
        else "Images are in the order of their given labels"
    )
    st.html(
        "<p style='font-size:0.85rem;opacity:0.85'>"
        f"{_key(palette.MEMORIZED)} memorized &nbsp; {_key(palette.MISCLASSIFIED)} misclassified "
        f"&nbsp; {_key(palette.NOT_SEEN)} not seen yet &nbsp;·&nbsp; "
        f"Each row is {rows}, each column one of {n_epochs} epochs. {order}.</p>"
    )


def _key(rgb: tuple[int, int, int]) -> str:
    return (
        "<span style='display:inline-block;width:0.8em;height:0.8em;border-radius:2px;"
        f"background:{palette.hex_of(rgb)}'></span>"
    )


def _history(run: Run) -> None:
    with st.expander("History and log"):
        lines = [
            f"{time.strftime('%H:%M:%S', time.localtime(item.time))}  {item.kind}: {item.sentence}"
            for item in run.events()[-40:]
        ]
        st.text("\n".join(lines) or "Nothing has happened yet.")
        if log := run.log_tail():
            st.caption("The end of worker.log")
            st.code(log, language=None)
