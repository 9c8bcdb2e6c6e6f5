"""How many labels are wrong of those that a later round judges, by what round 1 planted.

A later round cannot count them: labels planted in it stand out more than the mistakes that are
left, and its own fit takes hard images for mislabeled ones. Round 1 saw everything and could.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mild.core.arrays import FloatArray


@dataclass(frozen=True, kw_only=True, slots=True)
class Left:
    """Wrong labels among the instances that a later round judges, in instances; 95 % interval."""

    expected: float
    low: float
    high: float

    def over(self, n_fits: int) -> FloatArray:
        """Spread what is expected, which comes first, and both ends over refits, (n_fits,)."""
        return np.resize([self.expected, self.low, self.high], n_fits)

    def share(self, n: int) -> float:
        """Return the expected share of `n` instances, 0 to 1."""
        return min(1.0, self.expected / max(1, n))


@dataclass(frozen=True, kw_only=True, slots=True)
class Before:
    """What earlier rounds tell a later one."""

    can_tell: bool
    """Whether round 1 could tell mislabeled instances from others."""
    left: Left | None = None
    """None where round 1 could not count: nothing was planted, or whole classes look flipped."""
    bounded: bool = True
    """Whether this round is to flag no more than are left."""

    @property
    def most(self) -> int | None:
        """The most that a rule which reads the fit may flag; None where nothing bounds it."""
        return int(self.left.expected) if self.left is not None and self.bounded else None


def left_after(
    n: int, noise_rate: float, interval: tuple[float, float], n_flagged: int, f1: float, n_gone: int
) -> Left:
    """Estimate how many labels are wrong of those that a later round judges.

    Parameters
    ----------
    n
        Instances of round 1, planted ones included: the next round judges these as well.
    noise_rate, interval
        As round 1 estimated them of the instances it judged; 0 to 1.
    n_flagged, f1
        What round 1 flagged, and the estimated F1 of that.
    n_gone
        Instances that the later round does not judge any more, because earlier rounds flagged them.
        What rounds after the first flagged is taken to be wrong.

    Examples
    --------
    >>> left_after(1000, 0.2, (0.15, 0.25), 160, 0.8, 160)
    Left(expected=56.0, low=0.0, high=106.0)
    """
    n_judged_wrong = noise_rate * n
    found = min(f1 * (n_flagged + n_judged_wrong) / 2, float(n_flagged))
    gone = found + n_gone - n_flagged
    return Left(
        expected=max(0.0, n_judged_wrong - gone),
        low=max(0.0, interval[0] * n - n_gone),
        high=max(0.0, interval[1] * n - gone),
    )


def cut_for_most(score_N: FloatArray, cut: float, most: int, highest: float) -> float:
    """Raise a cut until at most so many instances score as much or more; equal scores are kept.

    `highest` is a cut that flags nothing.

    Examples
    --------
    >>> cut_for_most(np.array([1.0, 4.0, 6.0, 8.0]), 3.0, 2, 11.0)
    6.0
    """
    score_N = np.sort(score_N)
    if score_N.size - int(np.searchsorted(score_N, cut)) <= most:
        return cut
    above_N = score_N[score_N > score_N[-1 - most]]
    return float(above_N[0]) if above_N.size else highest


def held_to(posterior_BC: FloatArray, n_BC: FloatArray, most_B: FloatArray) -> FloatArray:
    """Scale P(clean | c) until the instances taken to be wrong are at most so many.

    B fits, C counts of misclassified epochs. The fit goes on saying which counts are more
    suspicious, and no longer how many labels are wrong.
    """
    wrong_BC = 1.0 - posterior_BC
    n_wrong_B = np.maximum((n_BC * wrong_BC).sum(axis=1), 1e-12)
    return np.asarray(1.0 - wrong_BC * np.minimum(1.0, most_B / n_wrong_B)[:, None])
