"""Classes no training image has are left out; with fewer than two there is nothing to learn."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from mild.data.dataset import UNKNOWN, IntArray
from mild.data.parts import Loaded, Part
from mild.errors import DataError
from mild.words import some

N_NAMED = 5


def without_empty_classes(loaded: Loaded) -> Loaded:
    """Leave out classes that no training image has, given or clean, and say so in a note.

    Raises
    ------
    DataError
        If fewer than two classes are left.
    """
    train = loaded.train
    known = [train.given_N] if train.clean_N is None else [train.given_N, train.clean_N]
    used = np.unique(np.concatenate(known))
    if len(used) < 2:
        raise DataError(_too_few(loaded, used))
    if len(used) == len(loaded.class_names):
        return loaded
    new_label = np.full(len(loaded.class_names), -1, dtype=np.int64)
    new_label[used] = np.arange(len(used))
    return replace(
        loaded,
        train=_relabelled(train, new_label),
        test=loaded.test and _relabelled(loaded.test, new_label),
        class_names=tuple(loaded.class_names[i] for i in used),
        notes=(*loaded.notes, _left_out(loaded.class_names, new_label)),
    )


def _relabelled(part: Part, new_label: IntArray) -> Part:
    known_N = (new_label[part.given_N] >= 0) & (new_label[part.trusted_N] >= 0)
    part = part.take(np.flatnonzero(known_N))
    clean_N = part.clean_N
    if clean_N is not None:  # a test part may lack some of them
        clean_N = np.where(clean_N == UNKNOWN, UNKNOWN, new_label[clean_N])
    return replace(part, given_N=new_label[part.given_N], clean_N=clean_N)


def _left_out(class_names: tuple[str, ...], new_label: IntArray) -> str:
    names = [f"'{class_names[i]}'" for i in np.flatnonzero(new_label < 0)]
    were = "has no readable training image and was"
    if len(names) > 1:
        were = "have no readable training image and were"
    return f"{len(names)} of {len(class_names)} classes {were} left out: {some(names, N_NAMED)}."


def _too_few(loaded: Loaded, used: IntArray) -> str:
    left = f"only the class '{loaded.class_names[used[0]]}'" if len(used) else "no image"
    advice = "Add images of another class."
    if loaded.skipped:
        advice = f"Of {len(loaded.skipped):,} passed over, the first: {loaded.skipped[0]}"
    return f"{loaded.title}: {left} is left, but two classes are needed. {advice}"
