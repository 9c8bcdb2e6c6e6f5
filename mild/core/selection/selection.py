"""What a rule decided about the instances of a round, as a value."""

from dataclasses import dataclass

from mild.core.arrays import BoolArray, FloatArray
from mild.core.mixture.value import WeibullMixture
from mild.core.planted.anchored import AnchoredFit
from mild.core.selection.estimates import CutEstimate
from mild.core.selection.left import Left
from mild.core.selection.trust import Trust


@dataclass(frozen=True, kw_only=True, slots=True)
class ClassCut:
    """The cut of one given label."""

    given: int
    n: int
    cut: float
    n_kept: int
    emptied: bool
    """True when next to nothing of the class is kept: look before training on it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Selection:
    """What a rule decided; keep an instance iff its score is below `cut`."""

    rule: str
    n_epochs: int
    cut: float
    """0 .. n_epochs + 1; with `class_cuts` those decide instead."""
    score_N: FloatArray | None
    """Shape (N,), the refined metric; None from `select_counts`."""
    planted_N: BoolArray | None
    """Shape (N,), True where the label was planted; None where none was."""
    kept_N: BoolArray | None
    """Shape (N,), True where kept, False where planted; None from `select_counts`."""
    n_kept: int
    n_flagged: int
    """Planted instances are neither kept nor flagged: nothing is known of their given label."""
    mixture: WeibullMixture | None
    anchored: AnchoredFit | None
    """What planted instances tell; None where none was planted."""
    noise_rate_estimate: float | None
    estimate: CutEstimate | None
    """What the planted instances say of this cut, with intervals; None where none was planted."""
    trust: Trust
    converged: bool
    note: str
    """A plain sentence when something deserves to be said, else empty."""
    class_cuts: tuple[ClassCut, ...] = ()
    left: Left | None = None
    """Of a later round: how many labels are wrong here by what round 1 planted, where it could
    tell; what the fit says of shares is held to that."""
    most: int | None = None
    """Of a later round: the most that its rule may flag; None where nothing bounds it."""
    would_flag: int | None = None
    """Of a later round: what its fit alone would flag, where that is more and was held back."""
