"""What is asked of a run: every setting, its default, its rule, and its meaning.

A `RunConfig` is the whole request. It is written to `config.json` once, so the settings of a
finished run can be read, compared and asked for again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError, model_validator

from mild.config import problems
from mild.config.networks import MODELS, NETWORKS, TIMM, published
from mild.config.sections.data import DataConfig
from mild.config.sections.launch import LaunchConfig
from mild.config.sections.noise import NoiseConfig
from mild.config.sections.section import Section
from mild.config.sections.selection import SelectionConfig
from mild.config.sections.training import (
    AugmentationConfig,
    FinalConfig,
    HeadConfig,
    OptimizerConfig,
    RoundConfig,
)
from mild.errors import ConfigError

RECORDED = "recorded"
"""As source and as network: both are known only to the loop that `mild.Recorder` watched."""
SCHEMA: Literal[2] = 2
"""1: the first runs; 2: cuts by round, and where a run was branched from."""
FROZEN_EPOCHS = 20
"""Of the one round that a head on frozen features is trained where no rounds are asked for."""
_OWN_MODEL = re.compile(r"[A-Za-z_]\w*(\.(?!py:)[A-Za-z_]\w*)*:[A-Za-z_]\w*", re.ASCII)


def _rounds_from_numbers(value: Any) -> Any:
    """Let `[20, 10]` stand for `[{"epochs": 20}, {"epochs": 10}]`."""
    if isinstance(value, list | tuple):
        return [{"epochs": item} if isinstance(item, int) else item for item in value]
    return value


def _as_today(value: Any) -> Any:
    """Translate settings of an earlier schema into today's."""
    return SCHEMA if value == 1 and not isinstance(value, bool) else value


def _known_model(value: str) -> str:
    if value.startswith(TIMM) and len(value) > len(TIMM):
        return value
    if value not in NETWORKS and value != RECORDED and not _OWN_MODEL.fullmatch(value):
        raise ValueError(
            f"{value[:60]!r} is not a known network; known are {', '.join(MODELS)}, "
            "any of torchvision, timm:NAME, and module:function of your own"
        )
    return value


class RunConfig(Section):
    """The whole request for a run."""

    schema_version: Annotated[Literal[2], BeforeValidator(_as_today)] = SCHEMA
    """Of config.json; grows when settings come that an earlier version does not know."""
    name: str = Field(default="run", min_length=1, max_length=80)
    """What people call the run."""
    seed: int = Field(default=0, ge=0, le=2**31 - 1)
    """All that is random in the run follows from it."""
    device: Annotated[str, Field(pattern=r"^(auto|cpu|mps|cuda(:\d+)?)$")] = "auto"
    """`auto` takes a GPU if there is one."""
    devices: int = Field(default=1, ge=1, le=4096)
    """Train on this many GPUs, each with a process of its own and its share of every batch; with
    `cpu`, so many processes."""
    data: DataConfig = DataConfig()
    noise: NoiseConfig = NoiseConfig()
    rounds: Annotated[tuple[RoundConfig, ...], BeforeValidator(_rounds_from_numbers)] = Field(
        default=(RoundConfig(epochs=20), RoundConfig(epochs=10), RoundConfig(epochs=10)),
        min_length=1,
        max_length=100,
    )
    model: Annotated[str, AfterValidator(_known_model)] = Field(
        default=MODELS[0],
        description=f"The network: {', '.join(MODELS)}, any other of torchvision, timm:NAME, or "
        "module:function of your own, which is given the number of classes and returns an "
        "nn.Module.",
    )
    model_folder: str | None = None
    """For module:function: the folder that holds the module; by default the current one."""
    weights: str | None = None
    """File of pretrained weights (a state dict saved by torch) to start from; the last layer starts
    anew where the number of classes differs."""
    pretrained: bool = False
    """Start from the network's published weights, fetched once where they are not there; images are
    brought to the size, and normalised as, those weights expect. With `weights`, they are that
    file."""
    freeze: bool = False
    """Compute the features of every image once, by a network that stays as it is, and train only a
    head on them: minutes instead of hours for a few thousand photographs."""
    head: HeadConfig = HeadConfig()
    compile: bool | None = None
    """Have PyTorch compile the network; by default where it pays, in long runs on a GPU."""
    precision: Literal["auto", "float32", "bfloat16", "float16"] = "auto"
    """Number format to compute in: by default what a GPU is made for, and on a processor what a
    trial of half a second finds faster. Weights and the last layer stay in float32."""
    optimizer: OptimizerConfig = OptimizerConfig()
    augmentation: AugmentationConfig = AugmentationConfig()
    selection: SelectionConfig = SelectionConfig()
    reinitialise: bool = False
    """Start each round from a new network; by default it goes on learning."""
    keep_round_networks: bool = True
    """Keep the network at the end of each round, so that another run can branch there; each takes
    as much disk as the final one."""
    final: FinalConfig = FinalConfig()
    launch: LaunchConfig = LaunchConfig()

    @model_validator(mode="before")
    @classmethod
    def _a_frozen_network_needs_one_round(cls, settings: Any) -> Any:
        """Refuse more: features stay as they are, so dropping teaches the next round nothing."""
        if isinstance(settings, dict) and settings.get("freeze") is True:
            return {"rounds": [FROZEN_EPOCHS], **settings}
        return settings

    @model_validator(mode="after")
    def _a_recording_has_no_network_of_ours(self) -> RunConfig:
        if (self.data.source == RECORDED) != (self.model == RECORDED):
            raise ValueError(
                f"the source {self.data.source!r} and the model {self.model!r} do not go together; "
                f"{RECORDED!r} is for runs of mild.Recorder and stands in both or in neither"
            )
        return self

    @model_validator(mode="after")
    def _several_devices_share_batches(self) -> RunConfig:
        if self.devices > 1 and self.device not in ("auto", "cuda", "cpu"):
            raise ValueError(
                f"{self.devices} devices and the device {self.device!r} do not go together; "
                "several devices are 'auto', 'cuda' or 'cpu'"
            )
        if self.devices > self.optimizer.batch_size:
            raise ValueError(
                f"a batch of {self.optimizer.batch_size} instances cannot be shared by "
                f"{self.devices} devices; ask for larger batches or fewer devices"
            )
        return self

    @model_validator(mode="after")
    def _cuts_are_of_rounds(self) -> RunConfig:
        for number, cut in (self.selection.cuts or {}).items():
            if number >= len(self.rounds):
                raise ValueError(
                    f"a cut is given for round {number + 1}, but there are {len(self.rounds)} "
                    "rounds; leave it out"
                )
            if cut > (most := self.rounds[number].epochs + 1):
                raise ValueError(
                    f"the cut {cut:g} of round {number + 1} is beyond its epochs; "
                    f"give one from 0 to {most}"
                )
        return self

    @model_validator(mode="after")
    def _weights_are_published(self) -> RunConfig:
        own = ":" in self.model and not self.model.startswith(TIMM)
        if self.pretrained and (own or (self.model in NETWORKS and not published(self.model))):
            raise ValueError(
                f"pretrained is asked for, but no weights are published for {self.model!r}; choose "
                "another network (python -m mild models lists them), or name a file of weights"
            )
        if self.freeze and not (self.pretrained or self.weights or own):
            raise ValueError(
                f"freeze is asked for, but {self.model!r} would start from random weights, whose "
                "features tell little; ask for pretrained, or name a file of weights"
            )
        if self.freeze and self.devices > 1:
            raise ValueError(
                f"freeze and {self.devices} devices do not go together: a head is too small to "
                "share; ask for one device"
            )
        return self

    @property
    def recorded(self) -> bool:
        """Whether a loop of somebody's own trained, so that network, optimizer, augmentation and
        device as set here mean nothing."""
        return self.data.source == RECORDED

    @property
    def total_epochs(self) -> int:
        """Epochs of all rounds and of the final stage."""
        final = self.final.epochs if self.final.kind != "none" else 0
        return sum(item.epochs for item in self.rounds) + final


def parse(settings: dict[str, Any], typed: Mapping[str, str] | None = None) -> RunConfig:
    """Turn plain values, as from JSON or a form, into a config.

    With `typed`, a problem is told of what people wrote instead of the setting it stands for: path
    of the setting, such as `noise.rate` -> `--rate`.

    Raises
    ------
    ConfigError
        With one sentence for every problem, all at once.
    """
    try:
        return RunConfig.model_validate(settings)
    except ValidationError as error:
        raise ConfigError(problems.sentences(error, RunConfig, typed)) from None
