"""One line per run, for lists. A damaged run has a line too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mild.config import RunConfig
from mild.errors import RunError
from mild.store.review.about import about
from mild.store.review.decisions import n_decided
from mild.store.run import Run, RunState
from mild.store.schema import RoundRecord


@dataclass(frozen=True, kw_only=True, slots=True)
class Overview:
    """What a list of runs shows."""

    run_id: str
    name: str
    state: str
    """As in `RunState`, or `damaged`."""
    sentence: str
    elsewhere: str = ""
    """Whose worker is at work on which machine, where it is not ours and here."""
    tags: tuple[str, ...] = ()
    created: float | None = None
    """In seconds since 1970."""
    source: str = ""
    noise_rate: float | None = None
    """Share of wrong labels where it is known, 0 to 1."""
    rounds_done: int = 0
    rounds_asked: int = 0
    progress: float = 0.0
    """Share of the epochs done, 0 to 1."""
    kept_share: float | None = None
    """Of the whole training set, after the last round."""
    f1_flagged: float | None = None
    accuracy: float | None = None
    """On the held-out part, after the last epoch."""
    flagged: int | None = None
    """Instances of the training set that are not kept after the last round."""
    decided: int = 0
    """Instances that people decided about."""
    can_tell: bool | None = None
    """Whether the first round, which sees all instances, can tell mislabeled ones from others."""


def overview(run: Run) -> Overview:
    """Read a run into one line; never raises for a run that is damaged."""
    try:
        with run.opened() as opened:
            return _overview(opened)
    except RunError as error:
        return Overview(run_id=run.run_id, name=run.run_id, state="damaged", sentence=str(error))


def _kept(
    last: RoundRecord | None, facts: dict[str, Any], *, ended: bool
) -> tuple[int, int] | None:
    """Count who is kept, and of how many; None before a round has ended.

    A run that has ended says what became of those planted in its last round; before that, and in
    older runs, they are left out of both numbers.
    """
    n: int | None = facts.get("n_instances")
    if last is None or n is None:
        return None
    if ended and "n_kept" in facts:
        return int(facts["n_kept"]), max(1, n)
    return last.kept, max(1, n - (last.planted or 0))


def progress(state: RunState, config: RunConfig) -> float:
    """Return the share of epochs that are done, the one under way by its part; 0 to 1."""
    if state.state == "done":
        return 1.0
    if state.epochs_left is None:
        return 0.0
    total = config.total_epochs
    done = total - state.epochs_left - 1 + (state.share_of_epoch or 0.0)
    return min(1.0, max(0.0, done / total))


def _overview(run: Run) -> Overview:
    config, state, facts = run.config(), run.state(), run.facts()
    written = about(run.folder)
    rounds, epochs = run.rounds(), run.epochs()
    last = rounds[-1] if rounds else None
    kept = _kept(last, facts, ended=state.state == "done")
    return Overview(
        run_id=run.run_id,
        name=written.name or config.name,
        tags=written.tags,
        state=state.state,
        sentence=state.sentence,
        elsewhere=state.elsewhere,
        created=state.created,
        source=config.data.source,
        noise_rate=facts.get("actual_noise_rate"),
        rounds_done=len(rounds),
        rounds_asked=len(config.rounds),
        progress=progress(state, config),
        kept_share=kept[0] / kept[1] if kept else None,
        f1_flagged=last.f1_flagged if last else None,
        accuracy=epochs[-1].test_accuracy if epochs else None,
        flagged=max(0, kept[1] - kept[0]) if kept else None,
        decided=n_decided(run.folder),
        can_tell=rounds[0].can_tell if rounds else None,
    )
