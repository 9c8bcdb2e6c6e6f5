"""How good is a selection, where the clean labels are known?

Precision and recall are of the kept set as "clean"; F1, AUROC and average precision are of the
flagged set as "mislabeled". None where undefined, e.g. F1 without a mislabeled instance.
scikit-learn computes the metrics and is imported only when one is asked for.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mild.core.arrays import BoolArray, FloatArray, IntArray
from mild.errors import EvaluationError


@dataclass(frozen=True, kw_only=True, slots=True)
class ClassEvaluation:
    """One given label's share of the evaluation."""

    given: int
    n: int
    n_mislabeled: int
    n_kept: int
    precision: float | None
    recall: float | None
    f1_flagged: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Evaluation:
    """A selection judged by clean labels; higher is better in every figure."""

    n: int
    n_mislabeled: int
    n_kept: int
    precision: float | None
    """Share of the kept that are clean."""
    recall: float | None
    """Share of the clean that are kept."""
    f1_flagged: float | None
    """F1 of the flagged set as "mislabeled"."""
    auroc: float | None
    """Of the score: 1 ranks every mislabeled above every clean instance."""
    average_precision: float | None
    best_f1_flagged: float | None
    """What the best possible single cut reaches."""
    best_cut: float | None
    """The lowest cut that reaches it; keep iff c < cut."""
    classes: tuple[ClassEvaluation, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class CutTable:
    """Truth at every cut 0 .. p + 1, each array of shape (p + 2,); nan where undefined."""

    n_kept: NDArray[np.int64]
    precision: FloatArray
    recall: FloatArray
    f1_flagged: FloatArray


def evaluate(
    score_N: NDArray[Any], kept_N: BoolArray, given_N: IntArray, clean_N: IntArray
) -> Evaluation:
    """Judge a kept set and the score behind it by the clean labels.

    Parameters
    ----------
    score_N
        Shape (N,), epochs in which each instance was misclassified, or the refined metric.
        Higher means more likely mislabeled.
    kept_N
        Shape (N,), True where the selection keeps the instance.
    given_N, clean_N
        Shape (N,), labels; an instance is mislabeled where they differ.

    Raises
    ------
    EvaluationError
        If the arrays differ in length or are empty.

    Examples
    --------
    >>> counts, labels = np.array([0, 1, 4, 5]), np.array([0, 0, 1, 1])
    >>> result = evaluate(counts, counts < 3, labels, np.array([0, 0, 1, 0]))
    >>> result.precision, result.recall, result.f1_flagged, result.best_cut
    (1.0, 0.6666666666666666, 0.6666666666666666, 5.0)
    """
    _check_lengths(score_N, kept_N, given_N, clean_N)
    mislabeled_N = np.asarray(given_N) != np.asarray(clean_N)
    precision, recall, f1_flagged = scores(mislabeled_N, kept_N)
    n_mislabeled = int(mislabeled_N.sum())
    auroc, average_precision = ranking(np.asarray(score_N), mislabeled_N)
    best_f1, best_cut = _best(np.asarray(score_N), mislabeled_N)
    return Evaluation(
        n=mislabeled_N.size,
        n_mislabeled=n_mislabeled,
        n_kept=int(kept_N.sum()),
        precision=precision,
        recall=recall,
        f1_flagged=f1_flagged,
        auroc=auroc,
        average_precision=average_precision,
        best_f1_flagged=best_f1,
        best_cut=best_cut,
        classes=_per_class(mislabeled_N, kept_N, np.asarray(given_N)),
    )


def scores(
    mislabeled_N: BoolArray, kept_N: BoolArray
) -> tuple[float | None, float | None, float | None]:
    """Return precision and recall of the kept set as clean, F1 of the flagged set as mislabeled.

    Shape (N,) each; None where undefined.
    """
    clean_N, kept_N = ~mislabeled_N, np.asarray(kept_N, dtype=np.bool_)
    n_clean, n_kept = int(clean_N.sum()), int(kept_N.sum())
    n_wrong, n_flagged = clean_N.size - n_clean, clean_N.size - n_kept
    kept_clean = int((clean_N & kept_N).sum())
    flagged_wrong = n_wrong - (n_kept - kept_clean)
    return (
        kept_clean / n_kept if n_kept else None,
        kept_clean / n_clean if n_clean else None,
        2 * flagged_wrong / (n_wrong + n_flagged) if n_wrong else None,
    )


def ranking(score_N: NDArray[Any], mislabeled_N: BoolArray) -> tuple[float | None, float | None]:
    """Return the AUROC and average precision of the mislabeled, as scikit-learn has them.

    Written out because its import takes two seconds, in every worker at the end of round 1.
    """
    value_S, tie_N = np.unique(score_N, return_inverse=True)
    wrong_S = np.bincount(tie_N[mislabeled_N], minlength=value_S.size)
    clean_S = np.bincount(tie_N[~mislabeled_N], minlength=value_S.size)
    n_wrong, n_clean = int(wrong_S.sum()), int(clean_S.sum())
    if not n_wrong:
        return None, None
    wrong_from_S = np.cumsum(wrong_S[::-1])[::-1]
    from_S = np.cumsum((wrong_S + clean_S)[::-1])[::-1]
    average_precision = float((wrong_S * (wrong_from_S / from_S)).sum() / n_wrong)
    if not n_clean:
        return None, average_precision
    beaten_S = np.cumsum(clean_S) - clean_S / 2.0
    return float((wrong_S * beaten_S).sum() / (n_wrong * n_clean)), average_precision


def evaluate_cuts(clean_count_C: IntArray, mislabeled_count_C: IntArray) -> CutTable:
    """Work out precision, recall and F1 at every cut at once, from counts alone.

    Parameters
    ----------
    clean_count_C, mislabeled_count_C
        Shape (p + 1,), clean and mislabeled instances misclassified in exactly c epochs.

    Raises
    ------
    EvaluationError
        If the shapes differ.

    Examples
    --------
    >>> evaluate_cuts(np.array([3, 0]), np.array([0, 1])).f1_flagged.tolist()
    [0.4, 1.0, 0.0]
    """
    clean_C, wrong_C = np.asarray(clean_count_C), np.asarray(mislabeled_count_C)
    if clean_C.shape != wrong_C.shape or clean_C.ndim != 1:
        raise EvaluationError(
            f"Counts of clean instances have shape {clean_C.shape}, of mislabeled ones "
            f"{wrong_C.shape}; both need one entry per count. Count them over the same epochs."
        )
    kept_clean = np.concatenate([[0], np.cumsum(clean_C)]).astype(np.int64)
    kept_wrong = np.concatenate([[0], np.cumsum(wrong_C)]).astype(np.int64)
    n_clean, n_wrong = kept_clean[-1], kept_wrong[-1]
    n_kept = kept_clean + kept_wrong
    flagged_wrong = n_wrong - kept_wrong
    flagged = n_clean + n_wrong - n_kept
    f1 = _ratio(2 * flagged_wrong, flagged + n_wrong)
    return CutTable(
        n_kept=n_kept,
        precision=_ratio(kept_clean, n_kept),
        recall=_ratio(kept_clean, np.full_like(n_kept, n_clean)),
        f1_flagged=f1 if n_wrong else np.full_like(f1, np.nan),
    )


def _best(score_N: NDArray[Any], mislabeled_N: BoolArray) -> tuple[float | None, float | None]:
    if not mislabeled_N.any():
        return None, None
    if np.issubdtype(score_N.dtype, np.integer):
        value_S, cell_N = np.arange(int(score_N.max()) + 1), score_N
    else:
        value_S, cell_N = np.unique(score_N, return_inverse=True)
    table = evaluate_cuts(
        np.bincount(cell_N[~mislabeled_N], minlength=value_S.size),
        np.bincount(cell_N[mislabeled_N], minlength=value_S.size),
    )
    best = int(np.argmax(table.f1_flagged))
    cut = value_S[best] if best < value_S.size else value_S[-1] + 1
    return float(table.f1_flagged[best]), float(cut)


def _per_class(
    mislabeled_N: BoolArray, kept_N: BoolArray, given_N: IntArray
) -> tuple[ClassEvaluation, ...]:
    rows = []
    for label in np.unique(given_N):
        member_N = given_N == label
        precision, recall, f1_flagged = scores(mislabeled_N[member_N], kept_N[member_N])
        rows.append(
            ClassEvaluation(
                given=int(label),
                n=int(member_N.sum()),
                n_mislabeled=int(mislabeled_N[member_N].sum()),
                n_kept=int(kept_N[member_N].sum()),
                precision=precision,
                recall=recall,
                f1_flagged=f1_flagged,
            )
        )
    return tuple(rows)


def _ratio(above: NDArray[np.int64], below: NDArray[np.int64]) -> FloatArray:
    out = np.full(below.shape, np.nan)
    np.divide(above, below, out=out, where=below > 0)
    return out


def _check_lengths(*arrays_N: IntArray | BoolArray) -> None:
    lengths = {np.shape(array_N) for array_N in arrays_N}
    if len(lengths) != 1 or not np.size(arrays_N[0]):
        raise EvaluationError(
            f"Counts, kept set and labels have shapes {', '.join(map(str, sorted(lengths)))}; "
            "they must be equally long and not empty. Pass one entry per instance in each."
        )
