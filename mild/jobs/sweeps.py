"""A sweep: a run for every number of rounds, of epochs, and every rule, one after another."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from mild import jobs
from mild.config import RunConfig
from mild.errors import ConfigError, RunError
from mild.store.overview import Overview, overview
from mild.store.review.about import tag
from mild.store.run import Run

MAX_RUNS = 500
PREFIX = "sweep "


@dataclass(frozen=True, kw_only=True, slots=True)
class SweepResult:
    """What one run of a sweep reached so far."""

    run_id: str
    name: str
    """What people call it."""
    state: str
    sentence: str
    """What it does just now, or why it ended."""
    n_rounds: int
    """As asked for."""
    epochs: int
    """Of each round."""
    rule: str
    f1_flagged: float | None
    precision: float | None
    """Share of the kept that are clean, after the last round."""
    accuracy: float | None


def plan(
    base: RunConfig, *, n_rounds: Sequence[int], epochs: Sequence[int], rules: Sequence[str]
) -> list[RunConfig]:
    """Make the configs of a sweep; all else is as in `base`, but that no person gives a cut.

    Raises
    ------
    ConfigError
        If there is nothing to do, or more than MAX_RUNS runs.
    """
    n_runs = len(n_rounds) * len(epochs) * len(rules)
    if not 0 < n_runs <= MAX_RUNS:
        raise ConfigError(
            [
                f"the sweep has {n_runs} runs: choose at least one number of rounds, one of epochs "
                f"and one rule, and at most {MAX_RUNS} runs in all."
            ]
        )
    settings = base.model_dump(mode="json")
    return [
        RunConfig.model_validate(
            settings
            | {
                "name": f"{base.name[:40]} {rounds}x{length} {rule}",
                "rounds": [length] * rounds,
                "selection": settings["selection"]
                | {"rule": rule, "min_removed_share": 0.0, "wait": False, "cuts": None},
            }
        )
        for rule in rules
        for rounds in n_rounds
        for length in epochs
    ]


def launch(configs: Sequence[RunConfig]) -> str:
    """Queue the runs; returns the tag that they share."""
    name = f"{PREFIX}{secrets.token_hex(2)}"
    runs = [jobs.create(config) for config in configs]
    for run in runs:
        tag(run.folder, (name,))
    jobs.launch_all([run.folder for run in runs])
    return name


def stop(runs: Sequence[Run]) -> int:
    """Stop every run of a sweep that has not ended; returns how many were asked to.

    The queued ones first: the end of the one at work would let the next begin.
    """
    live = [run for run in runs if _is_live(run)]
    for run in sorted(live, key=lambda run: run.state().state != "queued"):
        with suppress(RunError):  # it ended by itself meanwhile
            jobs.stop(run)
    return len(live)


def _is_live(run: Run) -> bool:
    try:
        return run.state().live
    except RunError:
        return False


def sweeps_among(lines: Iterable[Overview]) -> dict[str, list[str]]:
    """Return the ids of the runs of every sweep, by its tag, in the order of the lines."""
    found: dict[str, list[str]] = {}
    for item in lines:
        for name in item.tags:
            if name.startswith(PREFIX):
                found.setdefault(name, []).append(item.run_id)
    return found


def results(runs: Sequence[Run]) -> list[SweepResult]:
    """Return what the runs of a sweep reached so far; damaged runs are passed over."""
    found = []
    for run in runs:
        try:
            config, rounds = run.config(), run.rounds()
        except RunError:
            continue
        item = overview(run)
        found.append(
            SweepResult(
                run_id=run.run_id,
                name=item.name,
                state=item.state,
                sentence=item.sentence,
                n_rounds=len(config.rounds),
                epochs=config.rounds[0].epochs,
                rule=config.selection.rule,
                f1_flagged=item.f1_flagged,
                precision=rounds[-1].precision if rounds else None,
                accuracy=item.accuracy if item.state == "done" else None,
            )
        )
    return found
