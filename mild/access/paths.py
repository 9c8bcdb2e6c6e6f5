"""Which places data may come from, where people beside the owner of the machine can name them.

`MILD_DATA_ROOTS` lists folders, and addresses such as s3://bucket/images or hf:owner, with a colon
between them (a semicolon on Windows). Where it is set, nothing else is read, and no code of
somebody's own is run; empty, it allows nothing. A dashboard that others can reach sets it, empty,
if nobody else has, and workers inherit it. Where it is not set, every place is open.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import unquote

ROOTS = "MILD_DATA_ROOTS"
HUB = "hf:"
"""How data sets of the Hugging Face hub begin."""
_REMOTE = re.compile(rf"\s*([A-Za-z][A-Za-z0-9+.-]*://|{HUB})")
USER = re.compile(r"://[^/@\s]*@")
"""In an address, whoever it is asked for as, and often their key."""
_PATHS_IN_DISGUISE = ("file:", "memory:")
"""Addresses behind which links would lead out unseen; who means a folder lists its path."""
_TIMM = "timm:"
"""How names of networks of the package timm begin, which are no code of somebody's own."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_BETWEEN = re.compile(rf"(?<!\bhf){re.escape(os.pathsep)}(?!//)")


def limited() -> bool:
    """Tell whether data may come from some places only."""
    return ROOTS in os.environ


def is_elsewhere(place: str) -> bool:
    """Tell whether this is an address, of a bucket or a hub, and no path on this machine.

    Examples
    --------
    >>> is_elsewhere("s3://bucket/birds"), is_elsewhere("hf:owner/birds"), is_elsewhere("/birds")
    (True, True, False)
    """
    return _REMOTE.match(place) is not None


def close_all_places() -> None:
    """Allow what `MILD_DATA_ROOTS` lists and nothing else, for this process and its workers."""
    os.environ.setdefault(ROOTS, "")


def roots() -> tuple[str, ...]:
    """Return the places that are open: folders with every link in them resolved, and addresses."""
    listed = (item.strip() for item in _BETWEEN.split(os.environ.get(ROOTS, "")))
    return tuple(
        item.rstrip("/") if is_elsewhere(item) else os.path.realpath(os.path.expanduser(item))  # noqa: PTH111
        for item in listed
        if item
    )


def refusal(place: str | Path) -> str | None:
    """Say why a folder, file or address is closed; None where it is open.

    Links are followed first, so that one in an open folder opens nothing else. Tells the same of a
    place that is not there.
    """
    if not limited():
        return None
    known = roots()
    if _is_open(str(place), known):
        return None
    if not known:
        return (
            f"{_short(place)}: no folder is open for data here; whoever runs the dashboard names "
            f"some in {ROOTS} (docs/remote.md)."
        )
    return (
        f"{_short(place)}: lies outside of what is open for data here, {', '.join(known)}; put it "
        f"there, or have whoever runs the dashboard add it to {ROOTS}."
    )


def refusal_of_files(files: Iterable[object]) -> str | None:
    """Refuse as `refusal` does, for the first of many files that is closed.

    Each folder is resolved once, and each link. What is no name of a file is passed over.
    """
    if not limited():
        return None
    known = roots()
    fine: set[str] = set()
    for file in files:
        if not isinstance(file, str):
            continue
        folder = os.path.dirname(file)  # noqa: PTH120 - for speed, of a million files
        if os.path.islink(file) or is_elsewhere(file):  # noqa: PTH114
            opened = _is_open(file, known)
        elif opened := folder in fine or _is_open(folder, known):
            fine.add(folder)
        if not opened:
            return refusal(file)
    return None


def closed(network: str, weights: str | None) -> list[str]:
    """Say of a network and its file of weights what must not be used here.

    `module:function` runs code of whoever names it, on a machine that others share.
    """
    found = []
    if limited() and ":" in network.removeprefix(_TIMM):
        found.append(
            f"model {_short(network)!r}: networks of one's own are switched off here, because they "
            "run code on a machine that others share; choose one by its name."
        )
    if weights is not None and (why := refusal(weights)):
        found.append(f"weights {why}")
    return found


def _is_open(place: str, known: tuple[str, ...]) -> bool:
    if is_elsewhere(place):
        place = place.strip()
        parts = unquote(place).split("/")
        if ".." in parts or "." in parts or place.lower().startswith(_PATHS_IN_DISGUISE):
            return False
        if _CONTROL.search(place):  # libraries drop a tab, and what is left may be ".."
            return False
        return any(
            place == root or place.startswith(f"{root}/") or _is_part_of_set(place, root)
            for root in known
        ) or (place.startswith(HUB) and HUB in known)
    try:
        found = os.path.realpath(os.path.expanduser(place))  # noqa: PTH111 - "" stays here, "~x" too
    except (OSError, ValueError):  # such as a NUL in it
        return False
    return any(
        found == root or found.startswith(root.rstrip(os.sep) + os.sep)
        for root in known
        if not is_elsewhere(root)
    )


def _is_part_of_set(place: str, root: str) -> bool:
    """Tell whether it is a part or a version of a data set of the hub; elsewhere, what follows a
    colon or an @ may be another host."""
    return root.startswith(HUB) and place.startswith((f"{root}:", f"{root}@"))


def _short(place: str | Path) -> str:
    text = USER.sub("://…@", str(place)).partition("?")[0]
    return text if len(text) <= 200 else f"{text[:197]}..."
