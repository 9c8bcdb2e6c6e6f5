"""The settings that a command asks for: from a preset, a file, the images, and what was typed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from mild.cli.output import stderr
from mild.config import RunConfig, fitted, options, presets, stored
from mild.data.preview import preview
from mild.errors import ConfigError, DataError
from mild.preflight import device, problems
from mild.preflight.quick_look import options_of_quick_look, recommended

MOST_CHARACTERS = 10_000_000
"""Of a file of settings, which has a thousand."""


def asked_config(values: dict[str, Any], preset: str | None, config: Path | None) -> RunConfig:
    """Return a run's settings: `values`, as they were typed, over those of a preset or of a file.

    Raises
    ------
    ConfigError
        With everything that is wrong in them.
    """
    if preset is not None and config is not None:
        raise ConfigError(["--preset and --config both say where to start; give one of them."])
    if preset == fitted.NAME:
        return _fitted(values)
    return options.read(values, _base(preset, config), typed=True)


def refuse_problems(config: RunConfig, *, here: bool = True) -> None:
    """Raise, before a run is made, everything that would make it fail at its beginning."""
    if found := problems(config, here=here):
        raise ConfigError([options.as_typed(sentence) for sentence in found])


def print_recommendation(config: RunConfig) -> None:
    """Say where another way would serve better; what was asked for is done all the same."""
    if config.data.path is None:
        return
    there = preview(config.data, n=0)
    if there is not None and (sentence := recommended(config, there.n_images)):
        stderr.print(f"{sentence} Its options: {options_of_quick_look()}.")


def _base(preset: str | None, config: Path | None) -> RunConfig:
    if preset is not None:
        if preset not in presets.NAMES:
            known = ", ".join((fitted.NAME, *presets.NAMES))
            raise ConfigError([f"preset {preset!r}: there is no such preset; known are {known}."])
        return presets.preset(preset)
    return _from_file(config) if config is not None else RunConfig()


def _fitted(values: dict[str, Any]) -> RunConfig:
    """Return what is asked for over what follows from the images; print both in a sentence."""
    asked = options.read(values, typed=True)
    try:
        there = preview(asked.data, n=1)
    except DataError as error:
        raise ConfigError([options.as_typed(str(error))]) from None
    if there is None:
        raise ConfigError(
            [
                f"--preset {fitted.NAME} looks at the images, and those of {asked.data.source} are "
                "downloaded when training starts; choose another preset, or none."
            ]
        )
    n, sizes = there.n_images, there.sizes
    size = sizes.usual if sizes else None
    follows = fitted.fitted(RunConfig(), n=n, size=size, has_gpu=bool(device.n_gpus()))
    if asked.freeze:  # a head has rounds of its own
        follows = follows.model_copy(update={"rounds": RunConfig().rounds})
    found = options.read(values, follows, typed=True)
    of = sizes.of if sizes else "mostly"
    why = fitted.reason(found, n=n, n_classes=len(there.class_names), size=size, of=of)
    stderr.print(f"{why}.")
    return found


def _from_file(path: Path) -> RunConfig:
    try:
        with path.open(encoding="utf-8") as file:
            text = file.read(MOST_CHARACTERS + 1)
        if len(text) > MOST_CHARACTERS:  # a device has no end
            raise ConfigError([f"{path} is too large to hold settings; name a JSON file."])
        settings = json.loads(text)
    except OSError as error:
        raise ConfigError(
            [f"{path} cannot be read ({error.strerror}); name a JSON file."]
        ) from None
    except (ValueError, RecursionError) as error:
        raise ConfigError(
            [f"{path} is not JSON ({error}); correct it, or start from scratch."]
        ) from None
    if not isinstance(settings, dict):
        raise ConfigError([f"{path} holds no settings; it must hold one JSON object."])
    return stored.request(settings)
