"""The plan of the lesson: every section with its time and its goal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from mild.ui.learn.sections import (
    cut,
    exercises,
    many_images,
    one_image,
    planting,
    rounds,
    true_or_false,
    weibulls,
    why,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class LessonSection:
    """A part of the lesson."""

    title: str
    minutes: int
    """In front of a class; the exercises are for at home."""
    goal: str
    """What one can do after it."""
    show: Callable[[], None]


SECTIONS: dict[str, LessonSection] = {
    "one-image": LessonSection(
        title="One image", minutes=7, show=one_image.show,
        goal="Say what memorized, misclassified and the metric count, and what they leave out.",
    ),
    "many-images": LessonSection(
        title="Many images", minutes=8, show=many_images.show,
        goal="See that right labels are learned before wrong ones, and say why.",
    ),
    "why": LessonSection(
        title="Why count", minutes=5, show=why.show,
        goal="Say why the loss at the end does not find wrong labels, and the count does.",
    ),
    "weibulls": LessonSection(
        title="Two Weibulls", minutes=5, show=weibulls.show,
        goal="Describe two humps by a few numbers, and say what a fit is.",
    ),
    "cut": LessonSection(
        title="The cut", minutes=4, show=cut.show,
        goal="Name the two mistakes of a cut, and choose one by what they cost.",
    ),
    "planting": LessonSection(
        title="Planting", minutes=4, show=planting.show,
        goal="Say why one curve proves nothing, and what labels known to be wrong add.",
    ),
    "rounds": LessonSection(
        title="Rounds", minutes=2, show=rounds.show,
        goal="Say what training again on the kept images gains, and what it costs.",
    ),
    "misunderstandings": LessonSection(
        title="True or false", minutes=5, show=true_or_false.show,
        goal="Tell what a flagged label means from what people believe it means.",
    ),
    "exercises": LessonSection(
        title="Exercises", minutes=30, show=exercises.show,
        goal="Work out on your own what the lesson showed. There is a sheet to print.",
    ),
}  # fmt: skip
FIRST = next(iter(SECTIONS))
REPLAYS = "many-images"
"""Keeps its own time, in a fragment of its own."""
