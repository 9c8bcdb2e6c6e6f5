"""From a click or a key to a decision in review.db, and the sentence that answers."""

from __future__ import annotations

from collections.abc import Sequence

from mild.analysis.instances.filters import to_suggestion
from mild.errors import RunError
from mild.store.review import decisions as store
from mild.store.review import opinions
from mild.store.review.decision import Action, Decision, Wanted
from mild.store.review.settling import settle
from mild.ui.review.modes import SETTLE
from mild.ui.review.state import Review, say

KINDS = ("keep", "drop", "suggest", "relabel", "clear")
_DONE = {"keep": "kept", "drop": "dropped", "suggest": "relabelled", "relabel": "relabelled",
         "clear": "undecided again"}  # fmt: skip


def act(review: Review, kind: str, indices: Sequence[int], label: int | None = None) -> None:
    """Decide about these instances; `label` is for the kind relabel."""
    _tell(decide(review, kind, indices, label))


def undo(review: Review) -> None:
    """Take back this window's last action."""
    _tell(reverse(review, "undo"))


def redo(review: Review) -> None:
    """Do again what was taken back last."""
    _tell(reverse(review, "redo"))


def _tell(sentence: str) -> None:
    if sentence:
        say(sentence)


def decide(review: Review, kind: str, indices: Sequence[int], label: int | None = None) -> str:
    """Decide as `act`, and return what to say; empty where it makes no sense.

    Like `reverse` it leaves the session's state alone: to touch it ends a script that is late.
    """
    indices = [index for index in indices if 0 <= index < review.measured.n]
    wanted = _wanted(review, kind, indices, label)
    if wanted is None:
        return ""
    if not wanted:
        return "It was always predicted as its given label: choose another class, or keep it."
    try:
        done = _write(review, wanted)
    except RunError as error:
        return f"Nothing was decided: {error}"
    n = done.n_changed if done else 0
    return f"{review.things(n)} {_DONE[kind]}." if n else "That was decided already."


def _write(review: Review, wanted: Wanted) -> Action | None:
    folder, window = review.run.folder, review.window
    if review.mode.blind:
        return opinions.give(folder, wanted, window)
    if review.mode is SETTLE:
        chosen = {index: decision for index, decision in wanted.items() if decision is not None}
        if chosen:  # else it is cleared, which settles nothing
            return settle(folder, chosen, window)
    return store.decide(folder, wanted, window)


def reverse(review: Review, kind: str) -> str:
    """Undo or redo, and return what to say."""
    try:
        done = _step(review, kind)
    except RunError as error:
        return f"Nothing was changed: {error}"
    return _reversed(review, done, kind)


def _step(review: Review, kind: str) -> Action | None:
    folder, window = review.run.folder, review.window
    if review.mode.blind:
        return opinions.undo(folder, window) if kind == "undo" else None
    return store.undo(folder, window) if kind == "undo" else store.redo(folder, window)


def can_undo(review: Review) -> tuple[bool, bool]:
    """Whether this window has something to undo, and something to redo."""
    if review.mode.blind:
        return opinions.can_undo(review.run.folder, review.window), False
    return store.can_undo(review.run.folder, review.window)


def _reversed(review: Review, done: Action | None, kind: str) -> str:
    if done is None:
        return f"There is nothing to {kind}."
    sentence = (
        f"{'Taken back' if kind == 'undo' else 'Done again'}: {review.things(done.n_changed)}."
    )
    if done.n_passed_over:
        passed_over = review.things(done.n_passed_over)
        sentence += f" {passed_over} decided about in another window since: left as is."
    return sentence


def _wanted(review: Review, kind: str, indices: Sequence[int], label: int | None) -> Wanted | None:
    """Return the decision asked for; None where it makes no sense."""
    if not indices or kind not in KINDS:
        return None
    if kind == "suggest":
        return to_suggestion(review.measured, indices)
    if kind == "relabel":
        if label is None or not 0 <= label < len(review.measured.class_names):
            return None
        return {index: Decision("relabel", label) for index in indices}
    if kind == "clear":
        return dict.fromkeys(indices)
    return {index: Decision("keep" if kind == "keep" else "drop") for index in indices}
