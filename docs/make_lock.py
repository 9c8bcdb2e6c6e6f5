"""Write requirements.lock: the versions that the tests last ran with, of every package we need.

python docs/make_lock.py            in an environment in which all tests have just passed
python docs/make_lock.py --compare  says where this environment differs
"""

from __future__ import annotations

import platform
import sys
import tomllib
from collections.abc import Iterable
from datetime import date
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PROJECT = Path(__file__).resolve().parents[1]
LOCK = PROJECT / "requirements.lock"
HEAD = """\
# The versions that all tests last ran with: {system}, Python {python}, {day}.
# `pip install -r requirements.lock` gives the same; requirements.txt says what will do as well.
# Written by `python docs/make_lock.py`.
"""


def wanted() -> list[Requirement]:
    """What the package and all its extras ask for."""
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    groups = [project["dependencies"], *project["optional-dependencies"].values()]
    asked = (Requirement(item) for group in groups for item in group)
    return [item for item in asked if item.name != project["name"]]


def installed(asked: Iterable[Requirement]) -> dict[str, str]:
    """Versions of these, and of all that they ask for in turn, by name."""
    found: dict[str, str] = {}
    waiting = [(item.name, frozenset(item.extras)) for item in asked]
    seen = set(waiting)
    while waiting:
        name, extras = waiting.pop()
        package = distribution(name)
        found[canonicalize_name(name)] = package.version.partition("+")[0]
        for item in map(Requirement, package.requires or ()):
            chosen = [{"extra": extra} for extra in (extras or ("",))]
            if item.marker and not any(item.marker.evaluate(extra) for extra in chosen):
                continue
            if (more := (item.name, frozenset(item.extras))) not in seen:
                seen.add(more)
                waiting.append(more)
    return dict(sorted(found.items()))


def locked() -> dict[str, str]:
    """Versions in the file, by name."""
    lines = LOCK.read_text(encoding="utf-8").splitlines()
    pairs = (line.split("==") for line in lines if line and not line.startswith("#"))
    return {canonicalize_name(name): version for name, version in pairs}


def differences() -> list[str]:
    """A line for each locked package that is here in another version, or not at all."""
    found = []
    for name, version in locked().items():
        try:
            here = distribution(name).version.partition("+")[0]
        except PackageNotFoundError:
            here = "not installed"
        if here != version:
            found.append(f"{name}: {version} in requirements.lock, here {here}")
    return found


def write() -> None:
    """Write the file anew from this environment."""
    head = HEAD.format(
        system=platform.system(), python=platform.python_version(), day=date.today().isoformat()
    )
    lines = (f"{name}=={version}" for name, version in installed(wanted()).items())
    LOCK.write_text(head + "\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    if "--compare" in sys.argv[1:]:
        print(LOCK.read_text(encoding="utf-8").splitlines()[0].removeprefix("# "))
        print("\n".join(differences()) or "This environment has the same versions.")
    else:
        write()
