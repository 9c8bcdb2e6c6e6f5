"""What a loop of one's own trains on, checked: labels, names, and what every instance is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mild.recorder import inputs
from mild.recorder.inputs import IntArray, Names
from mild.recorder.samples import given as given_samples
from mild.recorder.samples.given import GivenSamples


@dataclass(frozen=True, kw_only=True, slots=True)
class TrainingSet:
    """All instances. Axis: A instances by index."""

    given_A: IntArray
    clean_A: IntArray | None
    class_names: tuple[str, ...]
    names: tuple[str, ...]
    thumbnails_AHWC: npt.NDArray[np.uint8] | None
    samples: GivenSamples

    @property
    def n(self) -> int:
        """Instances."""
        return len(self.given_A)


def training_set(
    given: Any,
    *,
    clean: Any,
    class_names: Sequence[str] | None,
    names: Names | None,
    images: Any,
    texts: Any = None,
    table: Any = None,
    audio: Any = None,
) -> TrainingSet:
    """Check what the loop handed over.

    Raises
    ------
    RecordingError
        If labels, names and what the instances are do not fit together.
    """
    given_A = inputs.labels(given, "given")
    n = len(given_A)
    clean_A = None if clean is None else inputs.labels(clean, "clean")
    if clean_A is not None:
        inputs.same_length(clean_A, "clean", n)
    known_A = given_A if clean_A is None else np.concatenate([given_A, clean_A])
    all_classes = inputs.classes(class_names, known_A)
    called = (f"train {index}" for index in range(n)) if names is None else map(str, names)
    all_names = tuple(called)
    inputs.same_length(all_names, "names", n)
    return TrainingSet(
        given_A=given_A,
        clean_A=clean_A,
        class_names=all_classes,
        names=all_names,
        thumbnails_AHWC=None if images is None else inputs.small_pictures(images, n),
        samples=given_samples.checked(n, texts_=texts, table_=table, audio=audio),
    )
