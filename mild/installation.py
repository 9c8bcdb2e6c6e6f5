"""What of the product is installed, and where lies what stands beside `mild/` in a clone."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from mild.errors import InstallationError

_IN_A_WHEEL = Path(__file__).with_name("top_level")

IS_CLONE = not _IN_A_WHEEL.is_dir()
"""Whether this is the source tree, and not a copy that pip installed."""
TOP_LEVEL = _IN_A_WHEEL.parents[1] if IS_CLONE else _IN_A_WHEEL
"""Holds app.py, pages/, assets/, .streamlit/ and benchmarks/, which exist once: a wheel is built
with them inside the package (pyproject.toml, `force-include`)."""

PACKAGES = {
    "dashboard": ("streamlit", "plotly", "jinja2", "sklearn", "psutil"),
    "train": ("torch", "torchvision", "sklearn", "psutil"),
    "hf": ("datasets",),
    "remote": ("fsspec",),
}
"""Extra of the installation -> what can be imported where it is installed."""


def lacking(extra: str) -> tuple[str, ...]:
    """List packages of an extra that are not installed, without importing any."""
    return tuple(name for name in PACKAGES[extra] if find_spec(name) is None)


def need(extra: str, what: str) -> None:
    """Refuse what an extra is needed for, where a package of it is not installed.

    Parameters
    ----------
    what
        Begins the sentence, such as "Training".

    Raises
    ------
    InstallationError
        With the command that installs it.
    """
    if missing := lacking(extra):
        raise InstallationError(
            f'{what} needs {", ".join(missing)}, not installed here: pip install "mild[{extra}]"'
        )
