"""Exercises for a class, with their answers. Every number is computed from the recordings."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from mild.lesson import numbers
from mild.ui.learn.recorded import MANY, auroc_by_epoch, first_round, planted_choice
from mild.ui.learn.words import signed
from mild.ui.words import percent, score

TIMELINE = (0, 0, 1, 0, 1, 1, 1, 0, 1, 1)
ASKED_CUT = 10
EPOCHS_OF_COUNTING = 4
REMOVED, LEFT = round(1 / math.e, 3), 0.01


@dataclass(frozen=True, kw_only=True, slots=True)
class Exercise:
    """A question; `number` is what a person may type in, where it has a number for an answer."""

    title: str
    question: str
    answer: Callable[[], str]
    number: Callable[[], int] | None = None


def _metric() -> int:
    return numbers.story(TIMELINE).metric


def _metric_answer() -> str:
    story = numbers.story(TIMELINE)
    return (
        f"{story.misclassified} misclassified, {story.memorized} memorized: "
        f"M = {story.misclassified} − {story.memorized} = {signed(story.metric)}. First memorized "
        f"in epoch {story.first_memorized_epoch}; {story.forgetting_events} forgetting events."
    )


def _histories() -> int:
    return math.comb(EPOCHS_OF_COUNTING, EPOCHS_OF_COUNTING // 2)


def _histories_answer() -> str:
    p = EPOCHS_OF_COUNTING
    return (
        f"M = 0 needs {p // 2} memorized and {p // 2} misclassified epochs in any order: "
        f"{_histories()} of the {2**p} timelines. M takes {p + 1} values, "
        f"−{p} to {p} in steps of 2."
    )


def _turn() -> int:
    view = first_round("demo")
    likely = np.flatnonzero(view.mixture.posterior_clean() >= 0.5)
    return int(2 * likely[-1] - view.n_epochs)


def _turn_answer() -> str:
    view = first_round("demo")
    count = (_turn() + view.n_epochs) // 2
    posterior = view.mixture.posterior_clean()
    return (
        f"At M = {signed(_turn())} ({count} of {view.n_epochs} epochs misclassified) P(clean) is "
        f"{percent(float(posterior[count]))}; one epoch more, and it is "
        f"{percent(float(posterior[count + 1]))}. The cut of the default rule is {view.cut}."
    )


def _best_loss() -> int:
    return int(np.argmax(auroc_by_epoch("memorizing")["loss"])) + 1


def _best_loss_answer() -> str:
    curve = auroc_by_epoch("memorizing")["loss"]
    return (
        f"Epoch {_best_loss()}, with {score(max(curve))}; in the last epoch it is "
        f"{score(curve[-1])}. One needs clean labels to know that, so it is of no use where it "
        "is needed. The metric reaches its level and stays there."
    )


def _best_cut() -> int:
    return int(np.nanargmax(first_round("demo").truth.f1_flagged))


def _best_cut_answer() -> str:
    view = first_round("demo")
    f1 = view.truth.f1_flagged
    return (
        f"At {_best_cut()}: {score(f1[_best_cut()])}. The default rule, which sees no clean "
        f"label, takes {view.cut}: {score(f1[view.cut])}."
    )


def _lost() -> int:
    return first_round("demo").flagged_clean(ASKED_CUT)


def _lost_answer() -> str:
    view = first_round("demo")
    return (
        f"{_lost()} clean images; mislabeled images kept: {view.kept_wrong(ASKED_CUT)}. At "
        f"the default cut, {view.cut}: {view.flagged_clean(view.cut)} and "
        f"{view.kept_wrong(view.cut)}."
    )


def _planted() -> int:
    return round(planted_choice(MANY[-1]).n_wrong_if_all_flagged_are)


def _planted_answer() -> str:
    choice = planted_choice(MANY[-1])
    return (
        f"{choice.n_planted_flagged} of {choice.n_planted} planted labels lie above the cut, so a "
        f"wrong label is flagged {percent(choice.n_planted_flagged / choice.n_planted, 0)} of the "
        f"time. {choice.n_flagged} images are flagged: {choice.n_flagged} / "
        f"{choice.n_planted_flagged / choice.n_planted:.2f} = {_planted()}. In truth "
        f"{choice.n_wrong} are wrong. It errs upwards by the clean images among the flagged (here "
        f"{choice.n_flagged - choice.n_flagged_wrong}), and either way by chance: "
        f"{choice.n_planted} labels are a sample. A planted label may even be the right one by "
        "chance, where the given one was wrong."
    )


def _rounds() -> int:
    return math.floor(math.log(LEFT) / math.log(1 - REMOVED)) + 1


def _rounds_answer() -> str:
    left = float(numbers.left_after(_rounds(), REMOVED)[-1])
    return f"{_rounds()} rounds: {percent(1 - REMOVED)} to the power of {_rounds()} is {percent(left, 2)}."  # noqa: E501


def _last_count() -> str:
    view = first_round("demo")
    return (
        f"An image misclassified in all {view.n_epochs} epochs would have been memorized later, or "
        f"never: we only know “{view.n_epochs} or longer”. That is called *censored*, and "
        f"{view.n_by_count_C[-1]} images of the demo are. Taking it for exactly {view.n_epochs} "
        "makes the mislabeled component too narrow."
    )


def _claim() -> str:
    return (
        "Ask how the clean labels are known. If nobody labeled the images twice, the figure is an "
        "estimate from the fit: ask whether labels were planted, for the interval, for the "
        "histogram, and for fifty images drawn at random among flagged and kept ones, and labeled "
        "anew by a person who does not see the verdict."
    )


def _hard_class() -> str:
    return (
        "Its clean images are memorized late, so many of them are flagged, and the next round sees "
        "even fewer: the class empties itself. One notices by the share kept per class. Remedies: "
        "look at its flagged images, collect more of them, let dropped images come back into later "
        "rounds."
    )


EXERCISES = (
    Exercise(
        title="By hand",
        question="An image's status in ten epochs is "
        f"{' '.join(map(str, TIMELINE))} (1 is memorized). What is its metric?",
        number=_metric, answer=_metric_answer,
    ),
    Exercise(
        title="Histories",
        question=f"How many different timelines of {EPOCHS_OF_COUNTING} epochs have the metric 0?",
        number=_histories, answer=_histories_answer,
    ),
    Exercise(
        title="The turn (section “One image”)",
        question="What is the highest metric at which P(clean) is still at least 50 %?",
        number=_turn, answer=_turn_answer,
    ),
    Exercise(
        title="Stopping in time (section “Why count”)",
        question="In which epoch of the long recording does the loss tell the two kinds apart "
        "best? How would you find that epoch without clean labels?",
        number=_best_loss, answer=_best_loss_answer,
    ),
    Exercise(
        title="The best cut (section “The cut”)",
        question="Which cut has the highest F1 of the flagged images?",
        number=_best_cut, answer=_best_cut_answer,
    ),
    Exercise(
        title="The price (section “The cut”)",
        question=f"How many clean images does a cut at {ASKED_CUT} epochs flag?",
        number=_lost, answer=_lost_answer,
    ),
    Exercise(
        title="Counting what nobody labeled (section “Planting”)",
        question=f"With {MANY[-1]} planted labels: which share of them lies above the cut, and how "
        "many of the other images are flagged? If a wrong label is flagged as often as a planted "
        "one, and every flagged image is mislabeled, how many labels are wrong? Round to a whole "
        "number.",
        number=_planted, answer=_planted_answer,
    ),
    Exercise(
        title="Many rounds (section “Rounds”)",
        question=f"Each round removes {percent(REMOVED)} of the mislabeled images that are left. "
        f"After how many rounds is less than {percent(LEFT, 0)} of them left?",
        number=_rounds, answer=_rounds_answer,
    ),
    Exercise(
        title="The last count",
        question="Why is an image that was misclassified in every epoch a special case for a "
        "distribution of waiting times?",
        answer=_last_count,
    ),
    Exercise(
        title="A claim",
        question="A colleague reports F1 = .99 on a data set that nobody labeled twice. What do "
        "you ask?",
        answer=_claim,
    ),
    Exercise(
        title="A hard class",
        question="One class of your data is rare, and its images are hard. What will the cut do "
        "to it over several rounds? How would you notice?",
        answer=_hard_class,
    ),
)  # fmt: skip
