"""From what was typed to a config, and from a sentence about settings to one about options."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from mild.config import RunConfig, parse
from mild.config.noise_rules import read_class_map, read_matrix
from mild.config.options.table import OPTIONS
from mild.config.options.texts import read_cuts, read_rounds
from mild.core.noise import MODELS

_FROM_TEXT: dict[str, Callable[[str], Any]] = {
    "rounds": read_rounds,
    "cuts": read_cuts,
    "class-map": read_class_map,
    "matrix": read_matrix,
}
_FLAGS = {
    last: option.flag for option in OPTIONS if "_" in (last := option.setting.rpartition(".")[2])
}
"""Settings that cannot be mistaken for a word of a sentence, and their options."""
_SETTINGS_IN_TEXT = re.compile(rf"\b(?:{'|'.join(_FLAGS)})\b")


def read(
    values: dict[str, Any], base: RunConfig | None = None, *, typed: bool = False
) -> RunConfig:
    """Read the config asked for by options (None: not given), on top of a preset or the defaults.

    Where they were `typed`, problems name the option, `--test-fraction`, instead of its setting.

    Raises
    ------
    ConfigError
        With one sentence for every problem, all at once.
    """
    blank = RunConfig()
    settings = (base or blank).model_dump(mode="json")
    if values.get("freeze") and (base is None or base.rounds == blank.rounds):
        del settings["rounds"]  # a frozen network has rounds of its own
    for option in OPTIONS:
        value = values.get(option.parameter)
        if value is not None:
            if option.flag in _FROM_TEXT and isinstance(value, str):
                value = _FROM_TEXT[option.flag](value)
            _put(settings, option.setting, value)
    _forget_of_another_noise(settings["noise"], values)
    return parse(settings, _typed(values) if typed else None)


def as_typed(sentence: str) -> str:
    """Put options in place of the settings in a sentence.

    Examples
    --------
    >>> as_typed("it has several columns (a, b). Choose one with labels_column.")
    'it has several columns (a, b). Choose one with --labels-column.'
    """
    return _SETTINGS_IN_TEXT.sub(lambda found: f"--{_FLAGS[found[0]]}", sentence)


def _typed(values: dict[str, Any]) -> dict[str, str]:
    """Return what was written on the command line, by the setting it stands for."""
    given = [option for option in OPTIONS if values.get(option.parameter) is not None]
    return {option.setting: f"--{option.flag}" for option in given}


def _forget_of_another_noise(noise: dict[str, Any], values: dict[str, Any]) -> None:
    """Drop what the base had for its own noise where another model is asked for."""
    if values.get("noise") is None:
        return
    # Of an unknown model, which `parse` refuses, nothing but the rate is kept.
    kept = MODELS[noise["model"]].settings if noise["model"] in MODELS else {"rate"}
    for name, nothing in (("rate", 0.0), ("class_map", None), ("matrix", None)):
        if values.get(name) is None and name not in kept:
            noise[name] = nothing


def _put(settings: dict[str, Any], path: str, value: Any) -> None:
    *groups, last = path.split(".")
    for group in groups:
        settings = settings[group]
    settings[last] = value
