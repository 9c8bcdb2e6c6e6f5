"""What the lesson computes on planted labels. Pure functions; clean labels are used to judge only.

Axes: N images of a round, P planted ones, J those that are not planted, E epochs, C counts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mild.core.planted.planting import Planted
from mild.core.selection import Selection, select
from mild.lesson.recording import BoolArray, IntArray, RecordedRound

SEED = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class PlantedChoice:
    """What the default rule makes of a round, given so many of its planted labels."""

    selection: Selection
    planted_C: IntArray
    """Planted images, of those given to the rule, misclassified in exactly c = 0 .. E epochs."""
    n_planted_flagged: int
    """Planted images at or above the cut."""
    n_flagged: int
    """Images that are not planted and were flagged."""
    n_flagged_wrong: int
    n: int
    """Images that are not planted."""
    n_wrong: int

    @property
    def n_planted(self) -> int:
        """Planted images given to the rule."""
        return int(self.planted_C.sum())

    @property
    def f1_flagged(self) -> float:
        """Of the flagged images as "mislabeled", in truth, 0 to 1."""
        return 2 * self.n_flagged_wrong / max(self.n_flagged + self.n_wrong, 1)

    @property
    def noise_rate(self) -> float:
        """Share of wrong labels in truth."""
        return self.n_wrong / self.n

    @property
    def n_wrong_if_all_flagged_are(self) -> float:
        """Wrong labels there would be, were none of the flagged images clean; nan without planted.

        Of the planted a known share was flagged; the same share of the wrong ones was then.
        """
        if not self.n_planted_flagged:
            return float("nan")
        return self.n_flagged * self.n_planted / self.n_planted_flagged


def some_of(planted: Planted, n: int) -> IntArray:
    """Return the slots of n of the planted, rising; a smaller number is a part of a larger one."""
    shuffled = np.random.default_rng(SEED).permutation(planted.slot_P)
    return np.asarray(np.sort(shuffled[:n]))


def choose(recorded: RecordedRound, n_planted: int, n_classes: int) -> PlantedChoice:
    """Select by the default rule among images not planted, with some of the planted ones.

    With 0 it is the rule for rounds in which nothing was planted. The planted images that are left
    out count as if they had not been there.
    """
    n, slots = recorded.n, some_of(recorded.planted, n_planted)
    rest_N = ~recorded.planted.mask(n)
    used_N = rest_N.copy()
    used_N[slots] = True
    counts_N, loss_N = recorded.counts_N(), recorded.mean_loss_N
    planted_N = ~rest_N[used_N]
    selection = select(
        counts_N[used_N],
        recorded.n_epochs,
        mean_loss_N=None if loss_N is None else loss_N[used_N],
        planted_N=planted_N,
        n_classes=n_classes,
    )
    assert selection.score_N is not None, "select returns the score of every image"
    above_N = selection.score_N >= selection.cut
    flagged_N, wrong_N = above_N & ~planted_N, recorded.wrong_N[used_N]
    return PlantedChoice(
        selection=selection,
        planted_C=np.bincount(counts_N[slots], minlength=recorded.n_epochs + 1),
        n_planted_flagged=int((above_N & planted_N).sum()),
        n_flagged=int(flagged_N.sum()),
        n_flagged_wrong=int((flagged_N & wrong_N).sum()),
        n=int(rest_N.sum()),
        n_wrong=int((rest_N & recorded.wrong_N).sum()),
    )


def look_alikes(recorded: RecordedRound, n_pairs: int) -> list[tuple[int, int]]:
    """Pair the hardest clean images with the mislabeled ones of the most similar history.

    Similar is, first, the same count, then how the misclassified epochs add up. No image is in two
    pairs, and none is planted.
    """
    rest_N = ~recorded.planted.mask(recorded.n)
    so_far_EN = misclassified_so_far(recorded.status_EN())
    counts_N = recorded.counts_N().astype(np.int64)
    clean = np.flatnonzero(rest_N & ~recorded.wrong_N)
    wrong = np.flatnonzero(rest_N & recorded.wrong_N)
    hardest = clean[np.argsort(-counts_N[clean], kind="stable")][:n_pairs]
    pairs = []
    for slot in map(int, hardest):
        apart = np.abs(counts_N[wrong] - counts_N[slot])
        unlike = np.abs(so_far_EN[:, wrong] - so_far_EN[:, [slot]]).sum(axis=0)
        twin = int(wrong[np.lexsort((unlike, apart))[0]])
        wrong = wrong[wrong != twin]
        pairs.append((slot, twin))
    return pairs


def misclassified_so_far(status_EN: npt.NDArray[np.uint8]) -> IntArray:
    """Return the epochs misclassified up to and including each epoch, shape (E, N)."""
    return np.asarray(np.cumsum(1 - status_EN.astype(np.int64), axis=0))


def rest_by_count(recorded: RecordedRound) -> tuple[IntArray, IntArray]:
    """Return clean and mislabeled images, without the planted, per count c = 0 .. E."""
    rest_N: BoolArray = ~recorded.planted.mask(recorded.n)
    return (
        recorded.cells_C(rest_N & ~recorded.wrong_N),
        recorded.cells_C(rest_N & recorded.wrong_N),
    )
