"""Collect what the files of a package define, so that adding a thing is adding its file."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable
from typing import Protocol, TypeVar


class Entry(Protocol):
    """What can be collected: a value with a name and a place among its like."""

    @property
    def name(self) -> str:
        """What people call it; unique in its registry."""

    @property
    def order(self) -> int:
        """Its place in lists, lowest first."""


T = TypeVar("T", bound=Entry)


def collect(kind: type[T], package: str, path: Iterable[str]) -> dict[str, T]:
    """Import every file of a package and gather the values of `kind` bound in them, by name.

    Parameters
    ----------
    package, path
        The package's own `__name__` and `__path__`.

    Returns
    -------
    In rising `order`; of equal order by name.

    Raises
    ------
    ValueError
        If two values share a name.
    """
    found: dict[str, T] = {}
    for module in pkgutil.iter_modules(path, f"{package}."):
        for value in vars(importlib.import_module(module.name)).values():
            if isinstance(value, kind) and found.setdefault(value.name, value) is not value:
                raise ValueError(
                    f"{module.name} calls its {kind.__name__} {value.name!r}, a name "
                    "that another file has taken; choose another"
                )
    return dict(sorted(found.items(), key=lambda item: (item[1].order, item[0])))
