"""The recorded runs as the lesson needs them: read and fitted once per server, then instant."""

from __future__ import annotations

from dataclasses import dataclass

from mild.analysis.rounds.round_view import RoundView, make_view
from mild.core.selection import select_counts
from mild.lesson import numbers, planting
from mild.lesson.first_round import (
    FloatArray,
    LessonRound,
    average_rows,
    fit_first_round,
    select_after,
)
from mild.lesson.recording import IntArray, RecordedRound, Recording, load
from mild.ui.cache.decorators import per_server

MANY = (0, 25, 50, 100)
"""How many planted labels the rule is given."""
N_PAIRS = 6


@per_server()
def recorded_run(name: str) -> Recording:
    """Load a recording that ships with the product."""
    return load(name)


@per_server()
def first_round(name: str) -> LessonRound:
    """Fit the first round of a recording."""
    return fit_first_round(recorded_run(name))


@per_server()
def as_round(name: str) -> RoundView:
    """View the same round as the chart of the cut takes it."""
    view = first_round(name)
    return make_view(
        view.counts_N,
        ~view.recorded.wrong_N,
        select_counts(view.n_by_count_C),
        draws=view.draws,
    )


@per_server()
def auroc_by_epoch(name: str) -> dict[str, list[float]]:
    """Return the AUROC of the loss and of the metric, on the first round of a recording."""
    return numbers.auroc_by_epoch(recorded_run(name).rounds[0])


@per_server(200)
def stopped_after(name: str, epoch: int) -> tuple[int, float]:
    """Return how many images the default rule flags after so many epochs, and the F1 of that."""
    return select_after(recorded_run(name).rounds[0], epoch)


@per_server()
def memorized_by_group(name: str, number: int = 0) -> dict[str, list[float]]:
    """Return the shares memorized per epoch, of clean and of mislabeled images."""
    return numbers.memorized_by_group(recorded_run(name).rounds[number])


@per_server()
def mosaic_rows(name: str) -> tuple[FloatArray, int]:
    """Return share memorized by row of images and epoch, and the first row of mislabeled ones."""
    return average_rows(recorded_run(name).rounds[0])


@dataclass(frozen=True, kw_only=True, slots=True)
class PlantedRecording:
    """The round in which labels were planted."""

    recording: Recording
    recorded: RecordedRound


def planted_round() -> PlantedRecording:
    """Return the only round of the recording with planted labels."""
    run = recorded_run("planted")
    return PlantedRecording(recording=run, recorded=run.rounds[0])


@per_server()
def planted_choice(n_planted: int) -> planting.PlantedChoice:
    """Select by the default rule, given so many planted labels."""
    view = planted_round()
    return planting.choose(view.recorded, n_planted, len(view.recording.class_names))


@per_server()
def planted_counts() -> tuple[IntArray, IntArray]:
    """Count clean and mislabeled images by misclassified epochs, without the planted."""
    return planting.rest_by_count(planted_round().recorded)


@per_server()
def pairs() -> list[tuple[int, int]]:
    """Pair slots of hard clean images, each with a mislabeled one of a similar history."""
    return planting.look_alikes(planted_round().recorded, N_PAIRS)
