"""The live page: state, progress, device, curves, mosaic, log. Polls only while the run is live."""

from __future__ import annotations

import time
from dataclasses import dataclass

import streamlit as st

from mild import jobs
from mild.analysis.pace import seconds_left
from mild.errors import RunError
from mild.figures import pictures
from mild.installation import TOP_LEVEL as ROOT
from mild.store.overview import progress
from mild.store.run import Run, RunState
from mild.store.schema import EpochRecord
from mild.ui import data_preview, trust
from mild.ui.boundary import fragment
from mild.ui.live import charts, cut, device
from mild.ui.words import duration, plain, state_badge

POLL_SECONDS = 1.0
REDRAW_SECONDS = 2.5
"""Epochs that end faster than this are drawn together."""
N_PICTURES = 48
_DRAWN = "live page drawn at"
QUEUE_SECONDS = 3.0
"""A run that is queued for longer than this waits for another one."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """What of a run there is to draw, beside what the polling part draws itself."""

    state: str
    sentence: str
    live: bool
    n_epochs: int
    n_events: int


def show(run: Run) -> None:
    """Everything about one run, as it is now.

    One part polls, and draws a few lines. The rest is drawn anew when there is something new.
    """
    state = run.state()
    seen = _look(run, state, len(run.epochs()))
    st.session_state[_DRAWN] = time.monotonic()
    fragment(_head, run_every=POLL_SECONDS if state.live else None)(run, seen)
    number = cut.awaited(run, state)
    if number is not None:
        fragment(cut.show)(run, number)
    trust.run_banner(run)
    fragment(_body)(run, state)


def _look(run: Run, state: RunState, n_epochs: int) -> _Seen:
    return _Seen(state.state, state.sentence, state.live, n_epochs, len(run.events()))


def _head(run: Run, before: _Seen) -> None:
    state, epochs = run.state(), run.epochs()
    wait = before.live and (st.session_state.get("hold") or _just_drawn(before))
    now = _look(run, state, before.n_epochs if wait else len(epochs))
    if now != before:
        if before.live and not now.live:
            st.session_state["_toast"] = f"Run {run.run_id}: {state.state}. {state.sentence}"
        st.rerun()  # the whole page, which also ends or begins the polling
    _headline(run, state, epochs)
    st.progress(progress(run), text=_where(run, state, epochs))
    device.show(run, state)
    if state.state == "queued" and time.time() - state.created > QUEUE_SECONDS:
        st.info("It waits for its turn: one run trains on a device at a time, the oldest first.")


def _just_drawn(before: _Seen) -> bool:
    """Whether the charts stand and are too new to be drawn again."""
    age = time.monotonic() - float(st.session_state.get(_DRAWN, 0.0))
    return before.n_epochs > 0 and age < REDRAW_SECONDS


def _body(run: Run, before: RunState) -> None:
    epochs = run.epochs()
    if not epochs:
        _before_the_first_epoch(run)
    else:
        held = f"held {run.run_id}"
        if before.live and st.toggle(
            "Hold the charts", key="hold", help="Stops redrawing, so that a zoom stays as it is."
        ):
            epochs = epochs[: st.session_state.setdefault(held, len(epochs))]
        else:
            st.session_state.pop(held, None)
        charts.show(run, epochs)
    charts.show_transitions(run)
    _history(run)


def _headline(run: Run, state: RunState, epochs: list[EpochRecord]) -> None:
    left, right = st.columns([4, 1], vertical_alignment="center")
    wrong = state.state in ("failed", "interrupted")
    left.markdown(f"{state_badge(state.state)} {'' if wrong else plain(state.sentence)}")
    with right.container(horizontal=True, horizontal_alignment="right"):
        if state.live and st.button("Stop", icon=":material/stop:", key="stop"):
            _stop(run)
        if state.resumable and not run.config().recorded:
            _resume(run)
        if not state.live and epochs and st.button("See the selection", type="primary", key="see"):
            st.switch_page(ROOT / "pages" / "selection.py", query_params={"run": run.run_id})
    if wrong:
        st.error(plain(state.sentence), icon=":material/error:")


def _stop(run: Run) -> None:
    try:
        jobs.stop(run)
        st.toast("Stopping at the next batch; every epoch up to here is kept.")
    except RunError as error:
        st.warning(plain(str(error)))


def _resume(run: Run) -> None:
    where = "its last checkpoint" if run.has_checkpoint() else "its beginning: nothing was kept"
    if not st.button(
        "Resume", icon=":material/resume:", key="resume",
        help=f"Goes on from {where}; the result is the same as without the break.",
    ):  # fmt: skip
        return
    try:
        jobs.resume(run)
    except RunError as error:
        st.warning(plain(str(error)))
        return
    st.session_state["_toast"] = "Going on."
    st.rerun()


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
    if not state.live or state.state == "waiting":
        return text
    left = seconds_left(epochs, state.epochs_left)
    return f"{text}, about {duration(left)} left" if left is not None else text


def _before_the_first_epoch(run: Run) -> None:
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
    sheet = pictures.contact_sheet(thumbnails[::step][:N_PICTURES], columns=12)
    st.image(sheet, width=640, output_format="PNG", alt="Some of the images")
    st.caption(plain(facts.get("description", "")))


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
