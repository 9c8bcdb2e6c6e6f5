"""What the weights that a run uses expect of its images: their size, and how to normalise them."""

from __future__ import annotations

from mild.config import DataConfig, RunConfig
from mild.config.networks import TIMM, published
from mild.config.published import Published


def expected(config: RunConfig) -> Published | None:
    """Say what the run's weights expect; None where it uses none that anybody published.

    Raises
    ------
    ModelError
        If a network of timm is asked for that timm does not know.
    """
    if not (config.freeze or config.pretrained):
        return None
    if config.model.startswith(TIMM):
        from mild.training.models import timm_any

        return timm_any.published(config.model)
    return published(config.model)


def sized_data(config: RunConfig) -> DataConfig:
    """Give images the size that the weights were trained on, where no other is asked for."""
    known = expected(config) if config.data.image_size is None else None
    if known is None:
        return config.data
    return config.data.model_copy(update={"image_size": known.side})
