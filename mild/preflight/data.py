"""Are there images and labels, enough of them, and does the noise asked for fit their classes?"""

from __future__ import annotations

from mild.analysis.requested_noise import requested_matrix
from mild.config import RunConfig
from mild.data.labels.split import n_held_out
from mild.data.load import MIN_INSTANCES, held_out_share
from mild.data.load import problems as problems_of_source
from mild.data.preview import Preview, preview
from mild.errors import DataError, NoiseError


def inspect_data(config: RunConfig) -> tuple[Preview | None, list[str]]:
    """Look at what is there without opening an image; return it and what is wrong with it.

    Nothing is returned of data that are downloaded first, or that cannot be used.
    """
    if found := problems_of_source(config.data):
        return None, found
    try:
        there = preview(config.data, n=0)
    except DataError as error:
        return None, [str(error)]
    if there is None:
        return None, []
    return there, [*_too_few(config, there), *_unfit_noise(config, there)]


def _too_few(config: RunConfig, there: Preview) -> list[str]:
    fraction = held_out_share(config.data) if there.holds_out else 0.0
    n_left = there.n_images - sum(n_held_out(int(n), fraction) for n in there.n_per_class)
    if n_left >= MIN_INSTANCES:
        return []
    held_out = f", of which {n_left:,} are left to train on" if n_left < there.n_images else ""
    advice = "add images or lower the held-out share" if held_out else "add images"
    return [
        f"{config.data.path or config.data.source}: has {there.n_images:,} images{held_out}; at "
        f"least {MIN_INSTANCES} are needed. {advice.capitalize()}."
    ]


def _unfit_noise(config: RunConfig, there: Preview) -> list[str]:
    try:
        requested_matrix(config.noise, len(there.class_names), config.data.source)
    except NoiseError as error:
        return [str(error)]
    return []
