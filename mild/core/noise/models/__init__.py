"""Noise models, a file each: clean labels in, given labels and the matrix asked for out.

A file of this package that binds a `NoiseModel` adds it to `MODELS`, and by that to the settings of
a run, the form and the command line.

Where a count is exact it is floor(rate x n), with the rounding of 0.29 x 100 to 28.999... made
good. The projections of `instance` are sums of whole numbers small enough for double precision
to hold exactly, so the order in which a library adds them cannot change a label.
"""

from mild.core.noise.models.model import Asked, Drawn, Labels, NoiseModel
from mild.registry import collect

MODELS = collect(NoiseModel, __name__, __path__)
"""Every noise model by its name."""
NEEDED = {name: model.name for model in MODELS.values() for name in model.needs}
"""Settings that one model needs and no other reads, with that model's name."""

__all__ = ["MODELS", "NEEDED", "Asked", "Drawn", "Labels", "NoiseModel"]
