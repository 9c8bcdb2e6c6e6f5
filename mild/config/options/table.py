"""Which option stands for which setting, and its kind and help, which the setting has."""

from __future__ import annotations

from dataclasses import dataclass
from types import NoneType
from typing import Any, get_args

from pydantic import BaseModel

from mild.config import RunConfig
from mild.core.selection.rules import NUMBERS

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
        ("later-rounds", "selection.later_rounds"),
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


def kind_and_help(option: Option) -> tuple[type, str]:
    """Return the Python type that the command line reads for an option, and its line of help."""
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
