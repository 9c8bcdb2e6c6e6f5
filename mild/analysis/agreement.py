"""How well reviewers agree who did not see each other's answers: Cohen's kappa, with an interval.

Cohen, "A coefficient of agreement for nominal scales" (1960). The standard error is that of Fleiss,
Cohen and Everitt (1969), of a kappa that is not 0.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt

import mild.words
from mild.store.folder import RunFolder
from mild.store.review.decision import Decision
from mild.store.review.opinions import Opinion, opinions
from mild.store.review.settling import Settled, settled

UNNAMED = "somebody"
"""What to call a reviewer whose name nobody gave."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Kappa:
    """Agreement beyond what chance alone would come to."""

    value: float | None
    """1 is perfect, 0 what chance comes to; None where one of them gave one answer throughout."""
    low: float | None
    """Lower end of a 95 % interval."""
    high: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Agreement:
    """Two reviewers on the instances that both judged, neither seeing the other's answer."""

    reviewers: tuple[str, str]
    n: int
    n_same: int
    """Of the same decision, and of the same new label."""
    kappa: Kappa
    wrong_first: int
    """Labels that the first calls wrong."""
    wrong_second: int
    n_same_side: int
    """Whose given label both call right, or both wrong."""


def agreements(folder: RunFolder) -> list[Agreement]:
    """Measure each pair of reviewers of a run, most instances in common first."""
    pairs = _pairs(opinions(folder), settled(folder))
    found = [_agreement(pair, said) for pair, said in sorted(pairs.items())]
    return sorted(found, key=lambda item: -item.n)


def cohens_kappa(first_N: Sequence[object], second_N: Sequence[object]) -> Kappa:
    """Compute kappa of two lists of answers to the same questions.

    Written out: scikit-learn takes two seconds to import here, and gives no interval.
    """
    return _kappa(Counter(zip(first_N, second_N, strict=True)))


def _kappa(said: Mapping[Any, int]) -> Kappa:
    """The same, of how often each pair of answers was given."""
    n = sum(said.values())
    both = dict.fromkeys([*(first for first, _ in said), *(second for _, second in said)])
    answers = {answer: code for code, answer in enumerate(both)}
    table_KK = np.zeros((len(answers), len(answers)))
    for (first, second), times in said.items():
        table_KK[answers[first], answers[second]] = times
    share_KK = table_KK / max(1, n)
    expected = float(share_KK.sum(0) @ share_KK.sum(1))
    if min(len({first for first, _ in said}), len({second for _, second in said})) < 2:
        return Kappa(value=None, low=None, high=None)
    value = (float(np.trace(share_KK)) - expected) / (1 - expected)
    margin = 1.96 * math.sqrt(_variance(share_KK, value, expected) / n)
    return Kappa(value=value, low=max(-1.0, value - margin), high=min(1.0, value + margin))


def _variance(share_KK: npt.NDArray[np.float64], kappa: float, expected: float) -> float:
    """Of kappa, times the number of questions."""
    first_K, second_K = share_KK.sum(1), share_KK.sum(0)
    both_KK = first_K[None, :] + second_K[:, None]  # of the answers that the two did not give
    same = np.diag(share_KK) @ (1 - np.diag(both_KK) * (1 - kappa)) ** 2
    others_KK = share_KK * both_KK**2
    other = (1 - kappa) ** 2 * (others_KK.sum() - np.trace(others_KK))
    rest = (kappa - expected * (1 - kappa)) ** 2
    return max(0.0, float(same + other - rest)) / (1 - expected) ** 2


Said = Counter[tuple[Decision, Decision]]
"""How often two reviewers gave each pair of answers."""


def _pairs(given: Iterable[Opinion], settled: Mapping[int, Settled]) -> dict[tuple[str, str], Said]:
    """What two reviewers said of the same instances, by their names."""
    by_instance: dict[int, dict[str, Decision]] = {}
    for item in given:
        said = by_instance.setdefault(item.instance, {})
        unseen = not _settles(settled.get(item.instance), item)
        if item.first is not None and item.first_reviewer != item.reviewer and unseen:
            said.setdefault(item.first_reviewer or UNNAMED, item.first)
        said[item.reviewer] = item.decision
    pairs: dict[tuple[str, str], Said] = {}
    for said in by_instance.values():
        for first, second in combinations(sorted(said), 2):
            pairs.setdefault((first, second), Counter())[said[first], said[second]] += 1
    return pairs


def _settles(done: Settled | None, item: Opinion) -> bool:
    """Whether what stood when an opinion was given was decided after seeing earlier ones."""
    if done is None or item.id <= done.opinion:
        return False
    return (item.first_reviewer, item.first) == (done.reviewer, done.decision)


def _agreement(reviewers: tuple[str, str], said: Said) -> Agreement:
    wrong: Counter[tuple[bool, bool]] = Counter()
    for (first, second), times in said.items():
        wrong[first.verdict != "keep", second.verdict != "keep"] += times
    return Agreement(
        reviewers=reviewers,
        n=said.total(),
        n_same=sum(times for (first, second), times in said.items() if first == second),
        kappa=_kappa(said),
        wrong_first=wrong[True, True] + wrong[True, False],
        wrong_second=wrong[True, True] + wrong[False, True],
        n_same_side=wrong[True, True] + wrong[False, False],
    )


def words(found: Agreement) -> str:
    """Say how well two reviewers agree, in one sentence."""
    first, second = found.reviewers
    sentence = f"{first} and {second} agree on {found.n_same:,} of {found.n:,}"
    kappa = found.kappa
    if kappa.value is None or kappa.low is None or kappa.high is None:
        return f"{sentence}; where somebody gives one answer throughout, kappa says nothing."
    between = f"{as_kappa(kappa.low)} to {as_kappa(kappa.high)}"
    return f"{sentence}: kappa {as_kappa(kappa.value)} ({between})."


def as_kappa(value: float | None) -> str:
    """Write a kappa as the field does: .82; a dash where there is none."""
    if value is None:
        return "–"
    sign = "−" if value <= -0.005 else ""
    return sign + mild.words.score(abs(value), 2)
