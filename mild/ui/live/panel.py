"""The live page: progress, curves, mosaic, log. One part polls, and only while the run is live."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
import streamlit as st

from mild.analysis.instances.held_out import held_out_words
from mild.analysis.pace import seconds_left
from mild.figures.pictures import raster
from mild.figures.samples.card import STYLE
from mild.store.overview import progress
from mild.store.run import Run, RunState
from mild.store.schema import EpochRecord
from mild.ui import data_preview, samples, trust
from mild.ui.cache.rounds import instances, told_apart_so_far
from mild.ui.cache.run_labels import run_name
from mild.ui.frame.boundary import fragment
from mild.ui.live import charts, cut, device, head, noise, steer
from mild.ui.words import duration, plain, score, sentence, visible

POLL_SECONDS = 1.0
N_PICTURES, N_SAMPLES = 48, 12
MOST_OF_LOG = 20_000
"""Characters."""
QUEUE_SECONDS = 3.0
"""A run that is queued for longer than this waits for another one."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """What, when it changes, draws the whole page anew; all else the polling part draws itself."""

    state: str
    live: bool
    rounds_begun: int
    n_finished: int


def show(run: Run, number: int | None) -> None:
    """Show everything about one run as it is now; `number` is the round whose status is shown."""
    state = run.state()
    if not state.live:
        trust.run_banner(run)
    waiting = cut.awaited_round(run, state)
    if waiting is not None:
        fragment(cut.show)(run, waiting)
    seen = _look(run, state)
    fragment(_watch, run_every=POLL_SECONDS if state.live else None)(run, seen, number)
    noise.show(run)
    head.show(run)
    _history(run)


def _look(run: Run, state: RunState) -> _Seen:
    return _Seen(state.state, state.live, run.rounds_begun(), len(run.rounds()))


def _watch(run: Run, before: _Seen, number: int | None) -> None:
    with run.opened() as opened:  # once for all that one poll asks
        _poll(run, opened, before, number)


def _poll(run: Run, opened: Run, before: _Seen, number: int | None) -> None:
    """Draw what changes; `opened` has run.db open, and `run` is for what may outlive the poll."""
    state, epochs = opened.state(), opened.epochs()
    now = _look(opened, state)
    if now != before:
        if before.live and not now.live:
            st.session_state["_toast"] = f"{run_name(run)}: {state.state}. {state.sentence}"
        st.rerun()  # the whole page, which also ends or begins the polling
    _progress(run, opened, state, epochs)
    if state.state in ("failed", "interrupted", "stalled"):
        st.error(sentence(state.sentence), icon=":material/error:")
    if state.state == "queued" and time.time() - state.created > QUEUE_SECONDS:
        st.info(
            "It is waiting for its turn: one run trains on a device at a time, the oldest first."
        )
    if number is None:
        _before_the_first_epoch(run)
    else:
        charts.show(opened, epochs, min(number, now.rounds_begun - 1))


def _progress(run: Run, opened: Run, state: RunState, epochs: list[EpochRecord]) -> None:
    """Show how far it is, whether that is enough, and what can be done."""
    told = told_apart_so_far(opened, 0) if epochs else None
    *first, middle, right = st.columns([2, 7, 4] if told else [9, 4], gap="medium")
    if told is not None:
        first[0].metric(
            "Told apart (AUROC)", score(told.auroc, 2), told.words,
            "green" if told.enough else "orange", delta_arrow="off",
            help="How well planted labels, known to be wrong, are told from clean ones in round 1: "
            ".50 is a guess, 1.00 perfect. From .70 on a cut is more than a guess.",
        )  # fmt: skip
    with middle:
        st.progress(progress(state, run.config()), text=_where(run, state, epochs))
        device.show(opened, state)
    with right:
        steer.show(run, state, any_epoch=bool(epochs))


def _where(run: Run, state: RunState, epochs: list[EpochRecord]) -> str:
    if state.state == "done":
        took = duration((state.ended or 0) - (state.started or 0))
        return f"{plain(state.sentence)} It took {took}."
    if not epochs:
        begun = duration(time.time() - state.created)
        return f"{sentence(state.sentence)} It was asked for {begun} ago.".strip()
    last = epochs[-1]
    n_rounds = len(run.config().rounds)
    stage = (
        f"round {last.stage + 1} of {n_rounds}" if run.is_round(last.stage) else "the final model"
    )
    text = f"Epoch {last.epoch} of {stage}"
    if not state.live or state.state in ("waiting", "stalled"):
        return text
    left = seconds_left(epochs, state.epochs_left)
    return f"{text}, about {duration(left)} left" if left is not None else text


def _before_the_first_epoch(run: Run) -> None:
    thumbnails = run.thumbnails()
    description = plain(str(run.facts().get("description", "")))
    if thumbnails is None and run.config().recorded:
        _glimpse(run, description)
        return
    if thumbnails is None:
        with st.container(width=640):
            data = run.config().data
            data_preview.show(data, data_preview.load_preview(data))
        return
    st.markdown("**What is trained on**")
    step = max(1, len(thumbnails) // N_PICTURES)
    sheet = raster.contact_sheet(thumbnails[::step][:N_PICTURES], columns=12)
    st.image(sheet, width=640, output_format="PNG", alt="Some of the images")
    st.caption(description)


def _glimpse(run: Run, description: str) -> None:
    """A few of the texts, rows or sounds that a recorded loop trains on, where it told."""
    if not (run.has_instances() and run.has_samples()):
        st.info(f"{description}. It came without pictures.")
        return
    st.markdown("**What is trained on**")
    n = len(instances(run).given_N)
    index_T = np.unique(np.linspace(0, n - 1, N_SAMPLES).astype(int))
    cards = "".join(samples.as_card(item) for item in samples.in_small(run, index_T))
    st.html(f"{STYLE}<div class='mild-cards'>{cards}</div>")
    st.caption(description)


def _history(run: Run) -> None:
    if words := held_out_words(run):
        st.caption(words)
    with st.expander("History and log"):
        lines = [
            f"{time.strftime('%H:%M:%S', time.localtime(item.time))}  {item.kind}: {item.sentence}"
            for item in run.events(last=40)
        ]
        st.text("\n".join(map(visible, lines)) or "Nothing has happened yet.")
        if log := visible(run.log_tail(), MOST_OF_LOG, lines=True):
            st.caption("The end of worker.log")
            st.code(log, language=None)
