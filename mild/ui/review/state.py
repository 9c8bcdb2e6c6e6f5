"""What the review page reads of a run, once per server, and what it remembers of a window."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import streamlit as st

from mild.analysis.instances.filters import (
    CodeArray,
    Filters,
    matching,
    progress,
    verdict_codes,
    write_codes,
)
from mild.analysis.instances.measured import MeasuredInstances, measure
from mild.store.review.decision import Decision, Wanted, Window
from mild.store.review.decisions import last_action, since
from mild.store.review.opinions import NOTHING_HEARD, Heard, said_since
from mild.store.review.reviewers import spelled
from mild.store.run import Run
from mild.ui.cache.decorators import per_run
from mild.ui.cache.reviewing import file_number
from mild.ui.class_names import shown_names
from mild.ui.review.detail.decided import DONE
from mild.ui.review.modes import DECIDE, Candidates, Mode, mode, reviewer
from mild.ui.review.verdicts import Verdicts
from mild.ui.words import count, visible
from mild.words import Noun

MAX_SEEN = 2
"""Reviews that a window may still be asked about: a key may come after one has gone to another."""
MAX_LISTINGS = 8
"""Lists of instances that a window keeps, of 8 bytes per instance each."""
_SEEN = "reviews seen"


@dataclass(frozen=True, kw_only=True, slots=True)
class Review:
    """One run on the review page."""

    run: Run
    measured: MeasuredInstances
    window: Window
    verdicts: Verdicts
    mode: Mode = DECIDE

    @property
    def about(self) -> str:
        """What a browser calls it that tells what was done in it."""
        return f"{self.run.run_id} {self.verdicts} {self.mode.name} {self.window.reviewer}"

    @property
    def noun(self) -> Noun:
        """What people call an instance of this run: where there are no pictures, a sample."""
        return self.run.noun()

    @property
    def class_names(self) -> list[str]:
        """As they are shown, by label."""
        return shown_names(self.measured.class_names)

    @property
    def thing(self) -> str:
        """One of them."""
        return self.noun.one

    def things(self, n: int) -> str:
        """Count instances in words."""
        return self.noun.count(n)


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """How things stand after an action."""

    last_action: int
    decisions: Mapping[int, Decision]
    code_A: CodeArray
    """Of `mild.analysis.instances.filters.verdict_codes`."""


def open_review(run: Run, verdicts: Verdicts) -> Review:
    """Open the run with these verdicts, quickly where they were worked out before."""
    measured = measured_instances(run, verdicts)
    window = replace(_window(run), reviewer=_spelled(run, reviewer()))
    review = Review(run=run, measured=measured, window=window, verdicts=verdicts, mode=mode())
    st.session_state[_SEEN] = seen().and_now(review)
    return review


@dataclass(frozen=True, slots=True)
class Seen:
    """The reviews that a window saw last, the newest first: a key may come late for one of them."""

    reviews: tuple[Review, ...] = ()

    def and_now(self, review: Review) -> Seen:
        """Put one before the others."""
        others = (item for item in self.reviews if item.about != review.about)
        return Seen((review, *others)[:MAX_SEEN])

    def about(self, name: str) -> Review | None:
        """Find the one that a browser tells about; the newest where it does not say."""
        return next((item for item in self.reviews if name in ("", item.about)), None)


def seen() -> Seen:
    """Return what this window saw last."""
    found: Seen = st.session_state.get(_SEEN, Seen())
    return found


def standing(review: Review) -> Standing:
    """Return what is shown as decided: where others are hidden, this reviewer's opinions."""
    if not review.mode.blind:
        return decided(review)
    folder, n, who = review.run.folder, review.measured.n, review.window.reviewer
    known = _said(review.run, file_number(folder), n, who)
    before, said = known[0]
    heard, changes = said_since(folder, who, before)
    if not before.before(heard):  # an older copy was put back in the same place
        said = Standing(last_action=0, decisions={}, code_A=verdict_codes(n, {}))
    if heard != before:
        said = _after(said, 0, changes)
        known[0] = heard, said
    return said


def decided(review: Review) -> Standing:
    """Return every decision as of now; read only what was changed since the last time."""
    folder, n = review.run.folder, review.measured.n
    known = _known(review.run, file_number(folder), n)
    before = known[0]  # once: another window may replace it at any time
    last, changes = since(folder, before.last_action)
    if last < before.last_action:  # an older copy was put back in the same place
        before = Standing(last_action=0, decisions={}, code_A=verdict_codes(n, {}))
        last, changes = since(folder, 0)
    if last == before.last_action:
        return before
    known[0] = now = _after(before, last, changes)
    return now


def listing(review: Review, filters: Filters) -> npt.NDArray[np.int64]:
    """List the instances that match, in order. The list holds still while one decides about them.

    Were it made anew after each decision, an image decided about would leave a list of undecided
    ones, and every image after it would move under the cursor.
    """
    kept: dict[tuple[object, ...], npt.NDArray[np.int64]]
    kept = st.session_state.setdefault("review lists", {})
    mode, who = review.mode, review.window.reviewer
    key = (review.run.run_id, review.verdicts, filters, mode.name, who if mode.name else "")
    if key not in kept:
        while len(kept) >= MAX_LISTINGS:
            del kept[next(iter(kept))]
        found = matching(review.measured, filters, standing(review).code_A)
        if mode.candidates is not None:
            found = found[np.isin(found, mode.candidates(review.run, who))]
        kept[key] = found
    return kept[key]


def how_far(review: Review) -> tuple[float, str]:
    """Work out the share of the flagged that are decided, 0 to 1, and say how far that is.

    Where it is about some instances only, the share of these.
    """
    if review.mode.candidates is not None:
        return _how_far_of(review, review.mode.candidates)
    now = progress(review.measured, standing(review).code_A)
    if not now.n_flagged:
        return 1.0, "Nothing is flagged."
    by = ", ".join(f"{count(n)} {DONE[verdict]}" for verdict, n in now.n_by_verdict.items() if n)
    words = f"{count(now.n_flagged_decided)} of {count(now.n_flagged)} flagged {review.thing}s "
    return now.n_flagged_decided / now.n_flagged, words + "decided" + (f" · {by}" if by else "")


def _how_far_of(review: Review, candidates: Candidates) -> tuple[float, str]:
    about = candidates(review.run, review.window.reviewer)
    if not review.mode.blind:  # what is settled is no candidate any more
        return 1.0, f"{review.things(len(about))} to settle"
    done = len(standing(review).decisions.keys() & set(about))
    words = f"Your opinion on {count(done)} of {review.things(len(about))}"
    return done / max(1, len(about)), words


def list_anew() -> None:
    """Let the next `listing` look at the decisions again."""
    st.session_state.pop("review lists", None)


def say(sentence: str) -> None:
    """Keep the sentence that tells of the last thing done."""
    st.session_state["review said"] = visible(sentence)


def said() -> str:
    """Return the last sentence of `say`."""
    return str(st.session_state.get("review said", ""))


def _window(run: Run) -> Window:
    """Return this browser window, as of the first time it looked at the run."""
    windows: dict[str, Window] = st.session_state.setdefault("review windows", {})
    if run.run_id not in windows:
        windows[run.run_id] = Window(secrets.token_hex(8), last_action(run.folder))
    return windows[run.run_id]


def _spelled(run: Run, name: str) -> str:
    """As `spelled`, once per window: it reads the whole review."""
    known: dict[tuple[str, str], str] = st.session_state.setdefault("reviewer spelled", {})
    if (run.run_id, name) not in known:
        known[run.run_id, name] = spelled(run.folder, name) if name else ""
    return known[run.run_id, name]


@per_run(3, "Reading the rounds …")
def measured_instances(run: Run, verdicts: Verdicts) -> MeasuredInstances:
    """Measure every instance of a run in the light of these verdicts."""
    return measure(
        run,
        n_rounds=verdicts.n_finished,
        cut=verdicts.cut,
        so_far=verdicts.n_epochs > 0,
    )


@per_run(8)
def _known(run: Run, file_number: int, n: int) -> list[Standing]:
    """Keep a place for the newest state; two windows at once do the same work twice."""
    return [Standing(last_action=0, decisions={}, code_A=verdict_codes(n, {}))]


@per_run(8)
def _said(run: Run, file_number: int, n: int, who: str) -> list[tuple[Heard, Standing]]:
    """As `_known`, of what one reviewer says."""
    return [(NOTHING_HEARD, Standing(last_action=0, decisions={}, code_A=verdict_codes(n, {})))]


def _after(before: Standing, last_action_: int, changes: Wanted) -> Standing:
    decisions = dict(before.decisions)
    for index, decision in changes.items():
        if decision is None:
            decisions.pop(index, None)
        else:
            decisions[index] = decision
    code_A = before.code_A.copy()
    write_codes(code_A, changes)
    return Standing(last_action=last_action_, decisions=decisions, code_A=code_A)
