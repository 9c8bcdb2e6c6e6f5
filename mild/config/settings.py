"""What is asked of a run: every setting, its default, its rule, and its meaning.

A `RunConfig` is the whole request. It is written to `config.json` once, so the settings of a
finished run can be read, compared and asked for again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    create_model,
    model_validator,
)

from mild.config import noise_rules, problems
from mild.config.choices import numbers_of_rules, one_of
from mild.config.networks import MODELS, NETWORKS, TIMM, published
from mild.core.noise import MODELS as NOISE_MODELS
from mild.core.noise import NEEDED
from mild.core.selection.rules import DEFAULT, NUMBERS, RULES, Rule, make_rule
from mild.errors import ConfigError

RECORDED = "recorded"
"""As source and as network: both are known only to the loop that `mild.Recorder` watched."""
SCHEMA: Literal[2] = 2
"""1: the first runs; 2: cuts by round, and where a run was branched from."""
FROZEN_EPOCHS = 20
"""Of the one round that a head on frozen features is trained where no rounds are asked for."""
MOST_PLANTED = 0.1
"""The largest share of a round's instances that may be trained with a label we changed."""
_OWN_MODEL = re.compile(r"[A-Za-z_]\w*(\.(?!py:)[A-Za-z_]\w*)*:[A-Za-z_]\w*", re.ASCII)


Round = Annotated[int, Field(ge=0)]
Cut = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class _Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class DataConfig(_Settings):
    """Where images and labels come from."""

    source: str = "digits"
    """`digits` (built in), `folder` and other layouts of your own files, or a torchvision data
    set by name, such as `cifar10`; `mild.data.load.SOURCES` has them all."""
    path: str | None = None
    """The folder or file of your own data; digits and torchvision sets need none."""
    data_root: str = "data"
    """Folder in which torchvision data sets are found, or downloaded to."""
    image_size: int | None = Field(default=None, ge=4, le=512)
    """Images are resized to this many pixels a side; by default their own size if all have the
    same and it is at most 64, else 64."""
    pipeline: Literal["auto", "resident", "streaming"] = "auto"
    """How images come to the device: `resident`, all of them in memory once; or `streaming`,
    decoded from their files each time they are needed; `auto` goes by their size and what is
    free."""
    workers: int | None = Field(default=None, ge=0, le=256)
    """For streaming: processes that decode images beside the one that trains; by default as many as
    the processor has room for."""
    test_fraction: float | None = Field(default=None, ge=0, lt=1)
    """Share of each class held out for accuracy where the data set has no test part of its own; by
    default none of your own images (`folder`, `manifest`, `arrays`), for every one of them is to be
    judged by a network that trained on it, and 0.2 of any other set. What is held out is judged by
    what the network took it for."""
    validation_fraction: float = Field(default=0.0, ge=0, lt=1)
    """Share of each class of the training part that is set aside and not used, where the data set
    has a test part; for comparing with those who choose their settings by such a share."""
    path_column: str = Field(default="path", min_length=1)
    """For `manifest`: the column with the image file, relative to the manifest."""
    label_column: str = Field(default="label", min_length=1)
    """For `manifest`: the column with the given label."""
    clean_column: str = Field(default="clean", min_length=1)
    """For `manifest`: the column with the trusted label; used if there is one."""
    split_column: str = Field(default="split", min_length=1)
    """For `manifest`: the column that says train or test; used if there is one."""
    n_classes: int | None = Field(default=None, ge=2)
    """For `webvision`: only the first so many classes; 50 is known as mini-WebVision."""
    labels_path: str | None = None
    """Other labels for the same images, such as human re-annotations (CSV, .npy, .npz, .pt): they
    become the given labels, the source's own the clean ones."""
    labels_column: str | None = None
    """Which column of `labels_path` to take, where it has several."""


class NoiseConfig(_Settings):
    """Wrong labels made on purpose, so that the truth is known."""

    model: Annotated[str, one_of(NOISE_MODELS)] = "none"
    """Which labels become wrong, and what they become."""
    rate: float = Field(default=0.0, ge=0, le=1)
    """Requested share of labels drawn anew; the actual share of wrong labels is reported."""
    class_map: dict[int, int] | None = None
    """For `class-map`: clean class -> given class, counted from 0, as in {"3": 5, "5": 3}; an exact
    share (rate) of each class in it is relabeled."""
    matrix: tuple[tuple[float, ...], ...] | None = None
    """For `matrix`: P(given | clean), a row for each clean class, each summing to 1, as a list of
    lists, or on the command line the name of a CSV file without headings."""

    @model_validator(mode="after")
    def _model_has_what_it_needs(self) -> NoiseConfig:
        model = NOISE_MODELS[self.model]
        if self.rate > 0 and model.without_rate:
            raise ValueError(f"a rate of {self.rate:g} {model.without_rate}")
        for setting, owner in NEEDED.items():
            value = getattr(self, setting)
            if setting in model.needs and value is None:
                raise ValueError(f"the model {self.model!r} needs its {setting}; give one")
            if setting not in model.needs and value is not None:
                raise ValueError(
                    f"a {setting} is given, but the model is {self.model!r}; "
                    f"make the model {owner!r}, or leave the {setting} out"
                )
        noise_rules.check_matrix(self.matrix)
        noise_rules.check_class_map(self.class_map)
        return self


class RoundConfig(_Settings):
    """One round: train, record, select."""

    epochs: int = Field(ge=1, le=10_000)
    """Epochs of training, each giving one status per instance."""
    weight_decay: float | None = Field(default=None, ge=0, le=1)
    """L2 penalty in this round; by default the optimizer's."""


class OptimizerConfig(_Settings):
    """How the network learns."""

    learning_rate: float = Field(default=0.05, gt=0, le=100)
    """At the start of each round; falls to 0 along a cosine."""
    momentum: float = Field(default=0.9, ge=0, lt=1)
    """Of stochastic gradient descent."""
    nesterov: bool = True
    """Nesterov's momentum instead of the plain one."""
    weight_decay: float = Field(default=5e-4, ge=0, le=1)
    """L2 penalty."""
    batch_size: int = Field(default=64, ge=2, le=65_536)
    """Instances per step."""


class AugmentationConfig(_Settings):
    """How an image is varied each time it is seen."""

    crop_padding: int | None = Field(default=None, ge=0, le=64)
    """Pixels of zero padding before a random crop back to size; by default an eighth of the side;
    0 switches it off."""
    flip: bool | None = None
    """Random horizontal flip; by default on, but not for sets of digits and letters, which it
    turns into something else."""


def _auto_or_share(value: Any) -> Any:
    """One sentence for whatever else it is, not one for each of the two kinds."""
    if value == "auto":
        return value
    try:
        share = float("nan") if isinstance(value, bool) else float(value)
    except (TypeError, ValueError, OverflowError):
        share = float("nan")
    if not 0 <= share <= MOST_PLANTED:
        raise ValueError(
            f"{str(value)[:60]!r} is neither 'auto' nor a share from 0 to {MOST_PLANTED:g}; "
            "more would blur the ranking"
        )
    return share


class _RuleConfig(_Settings):
    rule: Annotated[str, one_of(RULES)] = DEFAULT.name
    """How the cut is found."""


if TYPE_CHECKING:
    _NumbersConfig = _RuleConfig
else:  # between the rule and what goes for every rule stand the numbers that rules ask for
    _NumbersConfig = create_model("_NumbersConfig", __base__=_RuleConfig, **numbers_of_rules())


class SelectionConfig(_NumbersConfig):
    """Which instances a round keeps."""

    min_removed_share: float = Field(default=0.005, ge=0, lt=1)
    """No further round follows one that removes a smaller share than this."""
    nested: bool = True
    """What a round drops stays out. Otherwise the network is asked about it after each epoch of
    the rounds that follow, untrained on it, and it returns where it falls under the cut."""
    planted_share: Annotated[Literal["auto"] | float, BeforeValidator(_auto_or_share)] = "auto"
    """Share of each round's instances that is trained with a label we changed, which shows what a
    mislabeled instance looks like; 0 plants none. At most 0.1, for more costs ranking, while about
    3 %, as `auto` takes, costs nothing that can be seen."""
    wait: bool = False
    """After each round, wait until a person gives the cut; the rule only proposes one."""
    cuts: dict[Round, Cut] | None = None
    """Cuts given by a person, as in {"0": 7.5}: round, counted from 0 -> kept is what was
    misclassified in fewer epochs. They go before the rule, and such a round does not wait. On the
    command line rounds count from 1, as in 1:7.5,2:6."""

    @model_validator(mode="after")
    def _rule_has_its_number(self) -> SelectionConfig:
        for number in self.made_rule().lacking:
            raise ValueError(f"the rule {self.rule!r} needs {number.what} ({number.name})")
        return self

    @property
    def numbers(self) -> dict[str, float | None]:
        """The numbers of all rules, by name; None where nothing is asked for."""
        return {name: getattr(self, name) for name in NUMBERS}

    def made_rule(self) -> Rule:
        """The rule with its numbers."""
        return make_rule(self.rule, **self.numbers)


class FinalConfig(_Settings):
    """The last stage: a network trained on what the last round kept."""

    kind: Literal["none", "supervised", "mixmatch"] = "supervised"
    """`none` ends after the last selection; `supervised` learns what was kept; `mixmatch` also
    learns from the images of what was dropped, without their labels."""
    epochs: int = Field(default=20, ge=1, le=10_000)
    """Epochs of the last stage, each one pass over what was kept."""
    from_scratch: bool = True
    """Start from a new network, or go on with the rounds' network."""
    ema_decay: float | None = Field(default=None, ge=0, lt=1)
    """How much of itself the moving average of the weights, which predicts, keeps in a step; 0 for
    no average. By default `mixmatch` has one that remembers a twentieth of the stage's steps, 1,000
    at most, and `supervised` none."""
    temperature: float = Field(default=0.5, gt=0, le=1)
    """For `mixmatch`: sharpens the guessed labels; 1 leaves them as they are."""
    mixup_alpha: float = Field(default=0.75, gt=0, le=100)
    """For `mixmatch`: two images are blended by a share from Beta(alpha, alpha); a larger alpha
    blends more evenly."""
    lambda_u: float = Field(default=25.0, ge=0, le=10_000)
    """For `mixmatch`: how much the unlabeled images count, once ramped up."""
    ramp_up_epochs: int | None = Field(default=None, ge=0, le=10_000)
    """For `mixmatch`: epochs over which the unlabeled images come to count in full; by default half
    of all."""

    @property
    def ramp_up(self) -> float:
        """Epochs over which the unlabeled images come to count in full."""
        return self.epochs / 2 if self.ramp_up_epochs is None else self.ramp_up_epochs


class LaunchConfig(_Settings):
    """Where the worker is started, and what is asked of a cluster for it."""

    launcher: Literal["auto", "local", "slurm"] = "auto"
    """`local` starts the worker on this machine; `slurm` hands it to a cluster's queue (needs
    submitit); `auto` goes by MILD_LAUNCHER, and is local without it."""
    partition: str | None = Field(default=None, min_length=1, max_length=200)
    """For `slurm`: where in the cluster; by default where the cluster puts it."""
    minutes: int = Field(default=720, ge=1, le=525_600)
    """For `slurm`: the time of one job. A run that takes longer goes on in the next one."""
    gpus: int | None = Field(default=None, ge=0, le=64)
    """For `slurm`: GPUs of a job; by default as many as devices, and none for `cpu`."""
    cpus: int | None = Field(default=None, ge=1, le=1024)
    """For `slurm`: processor cores of a job; by default as many as the cluster gives."""
    memory_gb: int | None = Field(default=None, ge=1, le=65_536)
    """For `slurm`: memory of a job in GB; by default as much as the cluster gives."""


class HeadConfig(_Settings):
    """What learns on the features of a frozen network."""

    hidden: int = Field(default=0, ge=0, le=4096)
    """For `freeze`: units of the head's hidden layer; 0 for a linear head."""
    weight_decay: float | None = Field(default=None, ge=0, le=1)
    """For `freeze`: L2 penalty of the head; by default the one, of a few tried, by which planted
    labels are told best."""


def _rounds_from_numbers(value: Any) -> Any:
    """Let `[20, 10]` stand for `[{"epochs": 20}, {"epochs": 10}]`."""
    if isinstance(value, list | tuple):
        return [{"epochs": item} if isinstance(item, int) else item for item in value]
    return value


def _as_today(value: Any) -> Any:
    """Settings of an earlier schema mean the same today."""
    return SCHEMA if value == 1 and not isinstance(value, bool) else value


def _known_model(value: str) -> str:
    if value.startswith(TIMM) and len(value) > len(TIMM):
        return value
    if value not in NETWORKS and value != RECORDED and not _OWN_MODEL.fullmatch(value):
        raise ValueError(
            f"{value[:60]!r} is no network known here; known are {', '.join(MODELS)}, "
            "torchvision's by name, timm's as timm:NAME, and module:function of your own"
        )
    return value


class RunConfig(_Settings):
    """The whole request for a run."""

    schema_version: Annotated[Literal[2], BeforeValidator(_as_today)] = SCHEMA
    """Of config.json; grows when settings come that an earlier version does not know."""
    name: str = Field(default="run", min_length=1, max_length=80)
    """What people call the run."""
    seed: int = Field(default=0, ge=0, le=2**31 - 1)
    """Every draw of the run derives from it."""
    device: Annotated[str, Field(pattern=r"^(auto|cpu|mps|cuda(:\d+)?)$")] = "auto"
    """`auto` takes a GPU if there is one."""
    devices: int = Field(default=1, ge=1, le=4096)
    """Train on so many GPUs, each with a process of its own and its share of every batch; with
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
        """Its features stay as they are, so what is dropped teaches the next round nothing."""
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
    def sized_data(self) -> DataConfig:
        """Where images come from, their size that of the published weights where those are used
        and no other is asked for."""
        known = published(self.model)
        if self.data.image_size is not None or known is None:
            return self.data
        if not (self.pretrained or self.freeze):
            return self.data
        return self.data.model_copy(update={"image_size": known.side})

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
