"""Settings of the noise made on purpose."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from mild.config import noise_rules
from mild.config.choices import one_of
from mild.config.sections.section import Section
from mild.core.noise import MODELS as NOISE_MODELS
from mild.core.noise import NEEDED


class NoiseConfig(Section):
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
