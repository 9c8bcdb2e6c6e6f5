"""What the detail panel is told of an instance that is no image."""

from __future__ import annotations

from typing import Any

from mild.analysis.samples.small import peaks
from mild.analysis.samples.whole import WholeSample, whole_sample
from mild.figures.samples.spectrogram import as_png, spectrogram
from mild.figures.samples.wav import as_wav
from mild.store.run import Run
from mild.store.samples.sounds import RATE, Sound
from mild.ui import samples
from mild.ui.cache.decorators import per_run
from mild.ui.review.pictures import data_address
from mild.ui.review.state import Review
from mild.ui.words import visible

N_PEAKS = 240
MOST_OF_TEXT = 100_000
"""Characters; a run keeps less of each text."""


def whole_data(review: Review, index: int) -> dict[str, Any] | None:
    """Gather text, row and sound of an instance; None where the run holds none of them."""
    labels = (int(review.measured.given_A[index]), int(review.measured.suggested_A[index]))
    names = {label: review.class_names[label] for label in labels}
    return _whole_data(review.run, index, names)


@per_run(12)
def _whole_data(run: Run, index: int, names: dict[int, str]) -> dict[str, Any] | None:
    """`names` are those of the classes to compare with, by label, the given one first."""
    found = whole_sample(run, index, tuple(names), samples.usual(run))
    if found is None:
        return None
    return {
        "text": None if found.text is None else visible(found.text.text, MOST_OF_TEXT, lines=True),
        "columns": ["", "here", *(f"usual in {name}" for name in names.values())],
        "rows": _rows(found),
        "sound": None if found.sound is None else _sound(found.sound),
        "words": found.words,
    }


def _rows(found: WholeSample) -> list[list[Any]]:
    return [[cell.unusual, cell.name, cell.value, *cell.usual] for cell in found.cells]


def _sound(sound: Sound) -> dict[str, Any]:
    return {
        "address": data_address(as_wav(sound.samples_S, RATE), "audio/wav"),
        "spectrogram": data_address(as_png(spectrogram(sound.samples_S)), "image/png"),
        "peaks": list(peaks(sound.samples_S, N_PEAKS)),
    }
