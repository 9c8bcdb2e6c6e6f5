"""Why a run cannot be started yet: a sentence for each reason, and where in the form it is."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from mild import preflight
from mild.config import DataConfig, RunConfig
from mild.data.sources import SOURCES
from mild.ui import data_preview
from mild.ui.cache.decorators import per_server
from mild.ui.new_run.fields import noise

PLACES = {
    "data": "images", "source": "images", "labels": "images", "name": "name", "noise": "noise",
    "class": "noise", "matrix": "noise", "round": "rounds", "rounds": "rounds", "final": "rounds",
    "selection": "cut", "model": "network", "weights": "network", "optimizer": "network",
    "augmentation": "network", "device": "network", "devices": "network", "seed": "network",
    "launch": "network",
    "runs": "start",
}  # fmt: skip
"""By the first word of a sentence; what begins with anything else is about the images."""
ANCHOR = "part-"
"""Before the name of a part in its address within the page: `images` alone is taken."""
FIELDS = {
    "path_column": "the column with the image files",
    "image_column": "the column with the images",
    "label_column": "the column with the labels",
    "Set split": "Set the split to judge",
    "test_split": "the split to hold out",
    "labels_column": "the column of the other labels",
    "test_fraction": "the held-out share",
}
"""What a setting is called in the form."""
_SETTINGS = re.compile(rf"\b(?:{'|'.join(FIELDS)})\b")


@dataclass(frozen=True, slots=True)
class Problem:
    """One reason why nothing can be started."""

    section: str
    """The part of the form where it is mended."""
    sentence: str
    still_to_give: bool = False
    """Nothing is wrong yet: a field waits to be filled in."""


def placed(sentences: Iterable[str]) -> list[Problem]:
    """Place each problem in its part of the form, in the words of the form."""
    return [Problem(_place(text), _SETTINGS.sub(_called, text)) for text in sentences]


def of_config(config: RunConfig) -> list[Problem]:
    """List what stands in the way of a config that is right by itself."""
    if missing := lacks_path(config.data):
        return [missing]
    names = data_preview.class_names(config.data)
    unfit = noise.problem(config.noise, config.data.source, names)
    found = [text for text in _preflight(config.model_dump_json()) if text != unfit]
    return [*placed(found), *([Problem("noise", unfit)] if unfit else [])]


def lacks_path(data: DataConfig) -> Problem | None:
    """Ask for the path first, where one's own images are to be used."""
    source = SOURCES.get(data.source)
    if source is None or not source.needs_path or data.path:
        return None
    words = "path of the folder that holds"
    if source.name == "manifest" or not source.list_files:
        words = "path of the file with"
    elif source.in_tables:
        words = "name on the hub, or the folder, of"
    return Problem("images", f"Type the {words} your images.", still_to_give=True)


def _place(sentence: str) -> str:
    word = re.match(r"\w*", sentence)
    return PLACES.get(word[0] if word else "", "images")


def _called(found: re.Match[str]) -> str:
    return FIELDS[found[0]]


@per_server(32, seconds=20)
def _preflight(config_json: str) -> list[str]:
    """Check files and device, which takes too long for every key that is pressed."""
    return preflight.problems(RunConfig.model_validate_json(config_json))
