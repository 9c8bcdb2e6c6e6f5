"""Which splits and columns of a Hugging Face data set are meant: found by their features."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from mild.config import DataConfig
from mild.data.huggingface.opening import Splits
from mild.errors import DataError
from mild.visible import printable
from mild.words import some

if TYPE_CHECKING:
    from datasets import Dataset

TRAIN = "train"
HELD_OUT = ("test", "validation", "valid", "val")
"""Splits that are held out unless another is named: the first that is there."""
NO_SPLIT = "none"
LABEL_NAMES = ("label", "labels", "class", "category", "target")
"""A column of text or whole numbers with such a name holds labels."""
WHOLE = ("string", "large_string", "bool", "int", "uint")
N_NAMED = 10


def judged_splits(splits: Splits, config: DataConfig, called: str) -> list[str]:
    """Name the splits that are judged; several are put one after the other."""
    if config.split is not None:
        return _known([name.strip() for name in config.split.split("+")], splits, "split", called)
    if len(splits) == 1:
        return list(splits)
    if TRAIN in splits:
        return [TRAIN]
    raise DataError(f"{called}: has several splits. Set split to one of {_named(splits)}.")


def held_out_splits(
    splits: Splits, judged: list[str], config: DataConfig, called: str
) -> list[str]:
    """Name the splits that are held out, best first: one without labels is of no use."""
    if config.test_split == NO_SPLIT:
        return []
    if config.test_split is not None:
        chosen = _known([config.test_split.strip()], splits, "test_split", called)
        if chosen[0] in judged:
            raise DataError(
                f"{called}: the split '{printable(chosen[0])}' is judged, so it cannot be held out "
                "as well. Set test_split to another one."
            )
        return chosen
    if config.test_fraction:
        return []
    return [name for name in HELD_OUT if name in splits and name not in judged]


def image_column(split: Dataset, config: DataConfig, called: str) -> str:
    """Find the column of images, by its feature.

    Raises
    ------
    DataError
        If there is none, or several of which none was chosen.
    """
    from datasets import Image

    candidates = [name for name, kind in split.features.items() if isinstance(kind, Image)]
    if config.image_column is not None:
        if config.image_column in candidates:
            return config.image_column
        problem = f"has no column of images named '{printable(config.image_column)}'"
    elif len(candidates) == 1:
        return str(candidates[0])
    else:
        problem = "has several columns of images"
    if not candidates:
        found = _named(split.features)
        raise DataError(
            f"{called}: has no column of images; found {found}. Cast one to datasets.Image, and "
            "save it again."
        )
    raise DataError(f"{called}: {problem}. Set image_column to one of {_named(candidates)}.")


def label_column(split: Dataset, config: DataConfig, called: str) -> str:
    """Find the column of labels: of ClassLabel, else of text or whole numbers with a usual name.

    Raises
    ------
    DataError
        If there is none, or several of which none was chosen.
    """
    from datasets import ClassLabel

    features = split.features
    usable = [name for name, kind in features.items() if _has_labels(kind)]
    if config.label_column in usable:
        return config.label_column
    classes = [name for name in usable if isinstance(features[name], ClassLabel)]
    if config.label_column != DataConfig.model_fields["label_column"].default:
        problem = f"has no column of labels named '{printable(config.label_column)}'"
    elif len(found := classes or [name for name in LABEL_NAMES if name in usable][:1]) == 1:
        return str(found[0])
    else:
        problem = "does not tell which column has the labels"
    if not usable:
        raise DataError(
            f"{called}: has no column with one label per image; found {_named(features)}."
        )
    raise DataError(f"{called}: {problem}. Set label_column to one of {_named(classes or usable)}.")


def _has_labels(kind: Any) -> bool:
    from datasets import ClassLabel, Value

    return isinstance(kind, ClassLabel) or (
        isinstance(kind, Value) and str(kind.dtype).startswith(WHOLE)
    )


def _known(names: list[str], splits: Splits, setting: str, called: str) -> list[str]:
    if unknown := [name for name in names if name not in splits]:
        raise DataError(
            f"{called}: has no split '{printable(unknown[0])}'. Set {setting} to one of "
            f"{_named(splits)}."
        )
    return list(dict.fromkeys(names))


def _named(names: Iterable[str]) -> str:
    return some([printable(name) for name in names], N_NAMED)
