"""Settings of the training: rounds, steps, augmentation, the final stage, a head on features."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from mild.config.sections.section import Section


class RoundConfig(Section):
    """One round: train, record, select."""

    epochs: int = Field(ge=1, le=10_000)
    """Epochs of training, each giving one status per instance."""
    weight_decay: float | None = Field(default=None, ge=0, le=1)
    """L2 penalty in this round; by default the optimizer's."""


class OptimizerConfig(Section):
    """How the network learns."""

    learning_rate: float = Field(default=0.05, gt=0, le=100)
    """At the start of each round; falls to 0 along a cosine."""
    momentum: float = Field(default=0.9, ge=0, lt=1)
    """Of stochastic gradient descent."""
    nesterov: bool = True
    """Nesterov momentum instead of plain momentum."""
    weight_decay: float = Field(default=5e-4, ge=0, le=1)
    """L2 penalty."""
    batch_size: int = Field(default=64, ge=2, le=65_536)
    """Instances per step."""


class AugmentationConfig(Section):
    """How an image is varied each time it is seen."""

    crop_padding: int | None = Field(default=None, ge=0, le=64)
    """Pixels of zero padding before a random crop back to size; by default an eighth of the side;
    0 switches it off."""
    flip: bool | None = None
    """Random horizontal flip; by default on, but not for sets of digits and letters, which it
    turns into something else."""


class FinalConfig(Section):
    """The last stage: a network trained on what the last round kept."""

    kind: Literal["none", "supervised", "mixmatch"] = "supervised"
    """`none` ends after the last selection; `supervised` learns what was kept; `mixmatch` also
    learns from the images of what was dropped, without their labels."""
    epochs: int = Field(default=20, ge=1, le=10_000)
    """Epochs of the last stage, each one pass over what was kept."""
    from_scratch: bool = True
    """Start from a new network, or go on with the rounds' network."""
    ema_decay: float | None = Field(default=None, ge=0, lt=1)
    """How much of itself the moving average of the weights keeps in each step; predictions are made
    with that average; 0 for none. By default `mixmatch` has one that remembers a twentieth of the
    stage's steps, 1,000 at most, and `supervised` none."""
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


class HeadConfig(Section):
    """What learns on the features of a frozen network."""

    hidden: int = Field(default=0, ge=0, le=4096)
    """For `freeze`: units of the head's hidden layer; 0 for a linear head."""
    weight_decay: float | None = Field(default=None, ge=0, le=1)
    """For `freeze`: L2 penalty of the head; by default the one, of a few tried, by which planted
    labels are told best."""
