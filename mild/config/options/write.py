"""From a config to the command that asks for the same run."""

from __future__ import annotations

import json
import shlex
from typing import Any

from mild.config import RunConfig
from mild.config.options.table import OPTIONS, Option
from mild.config.options.texts import round_in_words


def command_line(config: RunConfig) -> str:
    """Write the `train` command that asks for the same run, naming what is no default."""
    typed = [word for option in OPTIONS for word in words(option, config)]
    return shlex.join(["python", "-m", "mild", "train", *typed])


def words(option: Option, config: RunConfig) -> list[str]:
    """Return what has to be typed for one setting of a config; nothing where it is the default."""
    value, default = _get(config, option.setting), _get(RunConfig(), option.setting)
    if value == default or value is None:
        return []
    if isinstance(value, bool):
        return [f"--{option.flag}" if value else f"--no-{option.flag}"]
    if option.flag == "rounds":
        return ["--rounds", ",".join(round_in_words(item) for item in value)]
    if option.flag == "cuts":
        return ["--cuts", ",".join(f"{number + 1}:{cut!r}" for number, cut in value.items())]
    if option.flag in ("class-map", "matrix"):
        return [f"--{option.flag}", json.dumps(value)]
    return [f"--{option.flag}", str(value)]


def _get(config: Any, path: str) -> Any:
    for part in path.split("."):
        config = getattr(config, part)
    return config
