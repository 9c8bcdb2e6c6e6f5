"""Packages that a few tests need, loaded when one of these runs: every process reads every test."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any

import pytest


class _Later:
    """Stands for a module that is loaded when something in it is first asked for."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, what: str) -> Any:
        if what.startswith(("_", "pytest")):  # pytest, of everything, to find out what it is
            raise AttributeError(what)
        return getattr(import_module(self._name), what)


def later(name: str, reason: str = "") -> Any:
    """Stand for a module; where its package is not installed, skip the tests of the file."""
    package = name.partition(".")[0]
    if find_spec(package) is None:
        pytest.skip(reason or f"{package} is not installed", allow_module_level=True)
    return _Later(name)
