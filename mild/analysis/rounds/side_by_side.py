"""All finished rounds of a run side by side: what each kept, added and dropped, of which class."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mild.analysis.rounds.estimates import Guesses, guesses
from mild.core.selection import EMPTIED_SHARE
from mild.store.run import Run
from mild.store.schema import RoundRecord

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True, slots=True)
class Flow:
    """Instances of one kind that a round kept and dropped."""

    kept: int
    dropped: int


@dataclass(frozen=True, kw_only=True, slots=True)
class RoundOutcome:
    """One round among the others."""

    record: RoundRecord
    added: int
    """Instances kept that the round before had dropped."""
    dropped: int
    """Instances judged that were not kept."""
    accuracy: float | None
    """On the held-out part after the round's last epoch."""
    guesses: Guesses | None
    """By the fit, where clean labels are unknown."""
    weight_J: FloatArray | None
    shape_J: FloatArray | None
    scale_J: FloatArray | None
    flows: dict[str, Flow]
    """For "clean" and "mislabeled", or "all" where that is unknown."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RoundsView:
    """All finished rounds."""

    outcomes: tuple[RoundOutcome, ...]
    truth_known: bool
    """Whether clean labels are known."""
    class_names: tuple[str, ...]
    kept_share_RC: FloatArray
    """Shape (rounds, classes): share of each class kept, by given label, of the training set but
    what the round planted."""
    overlap_RR: FloatArray
    """Shape (rounds, rounds): instances kept by both over instances kept by either."""
    measured: bool = False
    """Whether `guesses` are what people measured by a spot check, not what the fits say."""

    def emptied(self) -> list[str]:
        """Return the classes of which the last round kept next to nothing."""
        last_C = self.kept_share_RC[-1]
        pairs = zip(self.class_names, last_C, strict=True)
        return [name for name, share in pairs if share < EMPTIED_SHARE]


def view_rounds(run: Run) -> RoundsView | None:
    """View all finished rounds; None before the first has its selection."""
    records = run.rounds()
    if not records:
        return None
    instances, names = run.instances(), tuple(run.facts().get("class_names", ()))
    right_A = None if instances.clean_N is None else instances.given_N == instances.clean_N
    kept_RA = np.zeros((len(records), len(instances.given_N)), dtype=bool)
    planted_RA = np.zeros_like(kept_RA)
    outcomes = []
    for record in records:
        selection, index_N = run.selection(record.round), run.index(record.round)
        kept_N = selection["kept"]
        judged_N = ~selection.get("planted", np.zeros(len(kept_N), dtype=bool))
        kept_RA[record.round, index_N[kept_N]] = True
        planted_RA[record.round, index_N[~judged_N]] = True
        outcomes.append(
            RoundOutcome(
                record=record,
                added=_n_added(kept_RA, planted_RA, record.round),
                dropped=int((~kept_N & judged_N).sum()),
                accuracy=_accuracy(run, record.round),
                guesses=guesses(run, record, records[0]) if right_A is None else None,
                weight_J=selection.get("weight"),
                shape_J=selection.get("shape"),
                scale_J=selection.get("scale"),
                flows=_flows(
                    kept_N[judged_N], None if right_A is None else right_A[index_N[judged_N]]
                ),
            )
        )
    return RoundsView(
        outcomes=tuple(outcomes),
        truth_known=right_A is not None,
        class_names=names,
        kept_share_RC=_kept_share(kept_RA, planted_RA, instances.given_N, len(names)),
        overlap_RR=_overlap(kept_RA, planted_RA),
    )


def _n_added(kept_RA: BoolArray, planted_RA: BoolArray, number: int) -> int:
    """Count what a round kept and the round before had neither kept nor planted."""
    if not number:
        return 0
    before_A = kept_RA[number - 1] | planted_RA[number - 1]
    return int((kept_RA[number] & ~before_A).sum())


def _accuracy(run: Run, number: int) -> float | None:
    epochs = [item for item in run.epochs() if item.stage == number]
    return epochs[-1].test_accuracy if epochs else None


def _flows(kept_N: npt.NDArray[np.bool_], right_N: npt.NDArray[np.bool_] | None) -> dict[str, Flow]:
    if right_N is None:
        return {"all": Flow(kept=int(kept_N.sum()), dropped=int((~kept_N).sum()))}
    return {
        kind: Flow(kept=int((kept_N & of_N).sum()), dropped=int((~kept_N & of_N).sum()))
        for kind, of_N in (("clean", right_N), ("mislabeled", ~right_N))
    }


def _kept_share(
    kept_RA: BoolArray, planted_RA: BoolArray, given_A: IntArray, n_classes: int
) -> FloatArray:
    kept_RC, n_RC = (
        np.stack([np.bincount(given_A[of_A], minlength=n_classes) for of_A in of_RA])
        for of_RA in (kept_RA, ~planted_RA)
    )
    return np.asarray(kept_RC / np.maximum(1, n_RC))


def _overlap(kept_RA: BoolArray, planted_RA: BoolArray) -> FloatArray:
    """Compare what rounds kept, without what either planted, of which that cannot be told."""
    shares_RR = np.zeros((len(kept_RA), len(kept_RA)))
    for r, (a, planted_a) in enumerate(zip(kept_RA, planted_RA, strict=True)):
        for s, (b, planted_b) in enumerate(zip(kept_RA, planted_RA, strict=True)):
            judged_A = ~planted_a & ~planted_b
            shares_RR[r, s] = (a & b).sum() / max(1, ((a | b) & judged_A).sum())
    return shares_RR
