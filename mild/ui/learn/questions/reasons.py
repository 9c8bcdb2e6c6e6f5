"""Why each statement of the lesson is true or false, with numbers computed from the recordings."""

from __future__ import annotations

import numpy as np

from mild.core.dynamics import summarize
from mild.lesson import numbers
from mild.ui.learn.recorded import (
    MANY,
    auroc_by_epoch,
    first_round,
    memorized_by_group,
    planted_choice,
    recorded_run,
    stopped_after,
)
from mild.ui.words import count, percent, plain, score, score_between

SHORT = 15
"""Epochs after which the long recording would have been stopped in time."""
EARLY = 5


def flagged_is_not_wrong() -> str:
    """Say how many flagged labels are right, and how many kept ones are wrong."""
    view = first_round("demo")
    flagged = int(view.n_by_count_C[view.cut :].sum())
    return (
        f"Flagged means: look at it. In the demo {flagged} images are flagged, and "
        f"{view.flagged_clean(view.cut)} of them have the right label; of the "
        f"{count(view.n - flagged)} that are kept, {view.kept_wrong(view.cut)} have a wrong one."
    )


def hard_clean_images() -> str:
    """Say how many clean images stay misclassified for most of the epochs."""
    view = first_round("demo")
    half = view.n_epochs // 2 + 1
    clean_N = view.counts_N[~view.recorded.wrong_N]
    n_hard = int((clean_N >= half).sum())
    return (
        f"Some clean images are hard: unusual, blurred, rare. In the demo {n_hard} clean images "
        f"are misclassified in more than half of the {view.n_epochs} epochs, the hardest in "
        f"{clean_N.max()}. Its label is right; it is the picture that is odd. The fit has "
        "a slow tail for such images, but it cannot tell which ones they are."
    )


def f1_needs_clean_labels() -> str:
    """Set the true F1 beside the estimated one."""
    view = first_round("demo")
    estimate = view.estimate(view.cut)
    return (
        "F1 counts which flagged labels are wrong, so somebody must know. Here the labels were "
        f"made wrong on purpose: F1 of the flagged is {score(view.truth.f1_flagged[view.cut])}. "
        f"Without that, the fit gives an estimate, {score(estimate.f1_flagged)} with the 95 % "
        f"interval{score_between(estimate.f1_flagged_interval)}: what the model believes of itself."
    )


def network_need_not_be_good() -> str:
    """Say how good the metric is while the network still errs."""
    view = first_round("demo")
    clean = memorized_by_group("demo")["clean"][EARLY - 1]
    metric = auroc_by_epoch("demo")["metric"][EARLY - 1]
    n_missed = round((1 - clean) * int((~view.recorded.wrong_N).sum()))
    return (
        f"It must only learn right labels sooner than wrong ones. In epoch {EARLY} of the demo it "
        f"still gets {n_missed} of the clean images wrong ({percent(1 - clean)}), yet the "
        f"metric's AUROC is already {score(metric)}."
    )


def confidence_is_not_correctness() -> str:
    """Say how sure the network is of wrong labels that it has memorized."""
    view = first_round("memorizing")
    losses_EN = view.recorded.losses_EN
    assert losses_EN is not None, "this recording has its losses"
    sure = np.exp(-losses_EN[-1][view.recorded.wrong_N])
    return (
        f"After {view.n_epochs} epochs the long recording gives the *wrong* given label of a "
        f"mislabeled image a probability of {percent(float(np.median(sure)))} (median). It has "
        "learned them by heart. Confidence says how firmly something was learned, not whether it "
        "is true."
    )


def events_are_not_difficulty() -> str:
    """Set forgetting events beside forgetting difficulty."""
    view = first_round("demo")
    events_N = summarize(view.recorded.status_EK, view.n).forgetting_events_N
    wrong_N = view.recorded.wrong_N
    never = int((events_N[wrong_N] == 0).sum())
    return (
        "Forgetting *events* count how often memorized turned into misclassified; forgetting "
        "*difficulty* counts the epochs spent memorized. An image never memorized has no event, "
        f"just like a perfect one: {never} of the {view.n_wrong} mislabeled images of the demo "
        f"have none. AUROC of the events alone: {score(numbers.auroc(events_N, wrong_N))}; of "
        f"the metric: {score(numbers.auroc(view.counts_N, wrong_N))}."
    )


def intervals() -> str:
    """Say what an interval covers, and whether it holds the truth here."""
    view = first_round("demo")
    estimate, truth = view.estimate(view.cut), view.n_wrong / view.n
    low, high = estimate.noise_rate_interval or (np.nan, np.nan)
    inside = "lies inside" if low <= truth <= high else "lies outside"
    return (
        f"For the demo the fit says {percent(estimate.noise_rate)} mislabeled, interval "
        f"{percent(low)} to {percent(high)}; the truth, {percent(truth)}, {inside}. The interval "
        "says how much the estimate would vary with other images of the same kind. It does not "
        "say whether two Weibulls are the right model."
    )


def classes() -> str:
    """Name the class of which the fewest clean images are kept."""
    run, view = recorded_run("demo"), first_round("demo")
    given_N = run.given_A[view.recorded.index_N]
    clean_N = ~view.recorded.wrong_N
    kept = {
        name: float((view.counts_N[clean_N & (given_N == label)] < view.cut).mean())
        for label, name in enumerate(run.class_names)
    }
    worst = min(kept, key=kept.__getitem__)
    return (
        "An average hides a class. In the demo the clean images kept are "
        f"{percent(min(kept.values()))} in class {plain(worst)}, the least, and "
        f"{percent(max(kept.values()))} in the best one: harmless here. A rare or hard class can "
        "be emptied while precision stays high, because its images look mislabeled to a network "
        "that has seen few of them. The Rounds page raises an alarm; look at the class first."
    )


def more_epochs() -> str:
    """Say what the default rule flags after few and after many epochs."""
    view = first_round("memorizing")
    early, f1 = stopped_after("memorizing", SHORT)
    late, _ = stopped_after("memorizing", view.n_epochs)
    n_above = int(view.wrong_C[view.n_epochs // 2 + 1 :].sum())
    return (
        f"Stopped after {SHORT} epochs, the long recording flags {early} images, F1 "
        f"{score(f1)}. After {view.n_epochs} epochs it flags {late}. Nothing was planted there, "
        "so the rule must take for granted that wrong labels are misclassified in more epochs "
        f"than memorized; by then that is true of {n_above} of the {view.n_wrong}. Planted labels "
        "make that assumption needless, but they do not make the two kinds easier to tell apart: "
        "stop while the two curves are apart."
    )


def ranking_survives() -> str:
    """Set the AUROC of the last loss beside that of the metric."""
    view, aurocs = first_round("memorizing"), auroc_by_epoch("memorizing")
    return (
        f"In the last of {view.n_epochs} epochs "
        f"{percent(memorized_by_group('memorizing')['mislabeled'][-1])} of the wrong labels are "
        f"memorized. The AUROC of that epoch's loss is {score(aurocs['loss'][-1])}, of the "
        f"metric {score(aurocs['metric'][-1])}: it remembers that they came late. The order "
        "survives; where to cut is another question."
    )


def nothing_flagged() -> str:
    """Say what planted labels find where nothing was flagged."""
    old, new = planted_choice(0), planted_choice(MANY[-1])
    return (
        f"In the recording of “Planting” the rule flags {old.n_flagged} images without planted "
        f"labels, and {old.n_wrong} of {count(old.n)} labels are wrong: the network had memorized "
        f"them too soon. Held against {new.n_planted} planted labels, the same epochs give "
        f"{new.n_flagged} flagged images, {new.n_flagged_wrong} of them mislabeled. “Nothing "
        "found” counts only where something would have been found."
    )


def planted_are_like_others() -> str:
    """Say how planted labels differ from the mistakes of people."""
    new = planted_choice(MANY[-1])
    return (
        "Planted labels are drawn at random. A person's mistakes are not: a cat is called a dog "
        "sooner than a truck, and such a label is learned a little sooner than a planted one. "
        "Whole classes that are mistaken for one another are learned like a class of their own; "
        "planting cannot imitate them, and MILD says so where it suspects them. In the recording "
        "the wrong labels were drawn at random too, so the likeness is close: "
        f"{percent(new.n_planted_flagged / new.n_planted)} of the planted lie above the cut, and "
        f"{percent(new.n_flagged_wrong / new.n_wrong)} of the mislabeled."
    )


def same_metric() -> str:
    """Make two timelines with the same metric."""
    early, often = numbers.story([1] * 5 + [0] * 5), numbers.story([1, 0] * 5)
    return (
        f"Five epochs memorized, then lost: metric {early.metric}, {early.forgetting_events} "
        f"forgetting event. Memorized and lost five times in turn: metric {often.metric}, "
        f"{often.forgetting_events} events. The metric only counts."
    )
