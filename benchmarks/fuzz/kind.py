"""One kind of input: how a case of it is made from a seed and fed to the product."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

Case = Callable[[np.random.Generator], None]
"""Makes one input and feeds it in. A `MildError` is an answer; anything else that is raised is a
find."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Kind:
    """A kind of input."""

    name: str
    about: str
    """What is fed to what, in words."""
    prepare: Callable[[Path], Case]
    """Given an empty folder, the only place where cases may write."""
    finish: Callable[[], None] = lambda: None
    """Ends what `prepare` began."""
    one_in: int = 1
    """Of how many cases that are asked for one is done, where a case takes long."""
