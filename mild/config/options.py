"""The settings of a run as command-line options: one table to read a command by and to write it."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable
from dataclasses import dataclass
from types import NoneType
from typing import Any, get_args

from pydantic import BaseModel

from mild.config import RoundConfig, RunConfig, parse
from mild.config.noise_rules import read_class_map, read_matrix
from mild.core.noise import MODELS
from mild.core.selection.rules import NUMBERS

_WHOLE_NUMBER = re.compile("[0-9]{1,9}")
_ROUNDS_HELP = (
    "Epochs of each round, such as 20,10,10; with a weight decay of its own as in 20:0.0025,10,10."
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Option:
    """One option of `train` and the setting it stands for."""

    flag: str
    """As typed, without the dashes."""
    setting: str
    """Path in the config, such as `noise.rate`."""

    @property
    def parameter(self) -> str:
        """The option as a Python name."""
        return self.flag.replace("-", "_")


OPTIONS = tuple(
    Option(flag=flag, setting=setting)
    for flag, setting in (
        ("name", "name"),
        ("data", "data.source"),
        ("path", "data.path"),
        ("data-root", "data.data_root"),
        ("image-size", "data.image_size"),
        ("pipeline", "data.pipeline"),
        ("workers", "data.workers"),
        ("test-fraction", "data.test_fraction"),
        ("validation-fraction", "data.validation_fraction"),
        ("path-column", "data.path_column"),
        ("image-column", "data.image_column"),
        ("label-column", "data.label_column"),
        ("clean-column", "data.clean_column"),
        ("split-column", "data.split_column"),
        ("split", "data.split"),
        ("test-split", "data.test_split"),
        ("n-classes", "data.n_classes"),
        ("labels-path", "data.labels_path"),
        ("labels-column", "data.labels_column"),
        ("noise", "noise.model"),
        ("rate", "noise.rate"),
        ("class-map", "noise.class_map"),
        ("matrix", "noise.matrix"),
        ("rounds", "rounds"),
        ("model", "model"),
        ("model-folder", "model_folder"),
        ("weights", "weights"),
        ("pretrained", "pretrained"),
        ("freeze", "freeze"),
        ("head-hidden", "head.hidden"),
        ("head-weight-decay", "head.weight_decay"),
        ("compile", "compile"),
        ("precision", "precision"),
        ("learning-rate", "optimizer.learning_rate"),
        ("momentum", "optimizer.momentum"),
        ("nesterov", "optimizer.nesterov"),
        ("weight-decay", "optimizer.weight_decay"),
        ("batch-size", "optimizer.batch_size"),
        ("crop-padding", "augmentation.crop_padding"),
        ("flip", "augmentation.flip"),
        ("rule", "selection.rule"),
        *((name.replace("_", "-"), f"selection.{name}") for name in NUMBERS),
        ("min-removed-share", "selection.min_removed_share"),
        ("nested", "selection.nested"),
        ("planted-share", "selection.planted_share"),
        ("wait", "selection.wait"),
        ("cuts", "selection.cuts"),
        ("reinitialise", "reinitialise"),
        ("keep-round-networks", "keep_round_networks"),
        ("final", "final.kind"),
        ("final-epochs", "final.epochs"),
        ("from-scratch", "final.from_scratch"),
        ("ema-decay", "final.ema_decay"),
        ("temperature", "final.temperature"),
        ("mixup-alpha", "final.mixup_alpha"),
        ("lambda-u", "final.lambda_u"),
        ("ramp-up-epochs", "final.ramp_up_epochs"),
        ("device", "device"),
        ("devices", "devices"),
        ("launcher", "launch.launcher"),
        ("partition", "launch.partition"),
        ("job-minutes", "launch.minutes"),
        ("job-gpus", "launch.gpus"),
        ("job-cpus", "launch.cpus"),
        ("job-memory-gb", "launch.memory_gb"),
        ("seed", "seed"),
    )
)


def read(
    values: dict[str, Any], base: RunConfig | None = None, *, typed: bool = False
) -> RunConfig:
    """The config asked for by options (None: not given), on top of a preset or the defaults.

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
    """A sentence about settings with the options that stand for them.

    Examples
    --------
    >>> as_typed("it has several columns (a, b). Choose one with labels_column.")
    'it has several columns (a, b). Choose one with --labels-column.'
    """
    return _SETTINGS_IN_TEXT.sub(lambda found: f"--{_FLAGS[found[0]]}", sentence)


def command_line(config: RunConfig) -> str:
    """The `train` command that asks for the same run, naming what differs from the defaults."""
    typed = [word for option in OPTIONS for word in words(option, config)]
    return shlex.join(["python", "-m", "mild", "train", *typed])


def words(option: Option, config: RunConfig) -> list[str]:
    """What has to be typed for one setting of a config; nothing where it is the default."""
    value, default = _get(config, option.setting), _get(RunConfig(), option.setting)
    if value == default or value is None:
        return []
    if isinstance(value, bool):
        return [f"--{option.flag}" if value else f"--no-{option.flag}"]
    if option.flag == "rounds":
        return ["--rounds", ",".join(_round_in_words(item) for item in value)]
    if option.flag == "cuts":
        return ["--cuts", ",".join(f"{number + 1}:{cut!r}" for number, cut in value.items())]
    if option.flag in ("class-map", "matrix"):
        return [f"--{option.flag}", json.dumps(value)]
    return [f"--{option.flag}", str(value)]


def kind_and_help(option: Option) -> tuple[type, str]:
    """The Python type that the command line reads for an option, and its line of help."""
    model: Any = RunConfig
    *groups, last = option.setting.split(".")
    for group in groups:
        model = model.model_fields[group].annotation
    assert issubclass(model, BaseModel)
    field = model.model_fields[last]
    parts = get_args(field.annotation) or (field.annotation,)
    kinds = [part for part in parts if part is not NoneType]
    kind = kinds[0] if kinds[0] in (int, float, bool) else str
    return kind, (field.description or _ROUNDS_HELP).strip()


def _typed(values: dict[str, Any]) -> dict[str, str]:
    """What was written on the command line, by the setting it stands for."""
    given = [option for option in OPTIONS if values.get(option.parameter) is not None]
    return {option.setting: f"--{option.flag}" for option in given}


def _forget_of_another_noise(noise: dict[str, Any], values: dict[str, Any]) -> None:
    """What the base had for its model of noise does not stand in the way of another model."""
    if values.get("noise") is None:
        return
    # Of an unknown model, which `parse` refuses, nothing but the rate is kept.
    kept = MODELS[noise["model"]].settings if noise["model"] in MODELS else {"rate"}
    for name, nothing in (("rate", 0.0), ("class_map", None), ("matrix", None)):
        if values.get(name) is None and name not in kept:
            noise[name] = nothing


def _rounds(text: str) -> list[Any]:
    """Numbers where they are some; what is not is left to `parse`, which tells it with the rest."""
    parts = [part.strip() for part in text.split(",")]
    return [_round(part) for part in parts] if any(parts) else []


def _round(text: str) -> Any:
    if ":" in text:
        epochs, _, weight_decay = text.partition(":")
        return {"epochs": epochs.strip(), "weight_decay": weight_decay.strip()}
    return int(text) if _WHOLE_NUMBER.fullmatch(text) else text


def _round_in_words(settings: RoundConfig) -> str:
    decay = settings.weight_decay
    return str(settings.epochs) if decay is None else f"{settings.epochs}:{decay}"


def _cuts(text: str) -> Any:
    """By round, which people count from 1; what is no such list is left to `parse`."""
    found: dict[Any, Any] = {}
    for part in text.split(","):
        number, _, cut = (word.strip() for word in part.partition(":"))
        found[int(number) - 1 if _WHOLE_NUMBER.fullmatch(number) else number] = cut
    return found


def _put(settings: dict[str, Any], path: str, value: Any) -> None:
    *groups, last = path.split(".")
    for group in groups:
        settings = settings[group]
    settings[last] = value


def _get(config: Any, path: str) -> Any:
    for part in path.split("."):
        config = getattr(config, part)
    return config


_FROM_TEXT: dict[str, Callable[[str], Any]] = {
    "rounds": _rounds,
    "cuts": _cuts,
    "class-map": read_class_map,
    "matrix": read_matrix,
}
_FLAGS = {
    last: option.flag for option in OPTIONS if "_" in (last := option.setting.rpartition(".")[2])
}
"""Settings that cannot be mistaken for a word of a sentence, and their options."""
_SETTINGS_IN_TEXT = re.compile(rf"\b(?:{'|'.join(_FLAGS)})\b")
