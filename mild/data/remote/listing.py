"""What lies behind an address: every file below a folder, or those that a table names.

A list is kept for ten minutes, so that a page need not ask for it again; where the place cannot be
reached, an older one will do for pages.
"""

from __future__ import annotations

import json
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from typing import Any

from mild.config.folders import cache_root
from mild.data.remote.address import Address
from mild.data.remote.files import RemoteFile, file_system, tag_of, why_not
from mild.data.whole_file import write_whole
from mild.errors import DataError
from mild.visible import printable

FRESH_SECONDS = 600.0
THREADS = 8
_HIDDEN = (".", "__MACOSX")


def files_below(root: Address, *, fresh_seconds: float) -> list[RemoteFile]:
    """List every file below a folder, named relative to it, in the order of a folder here.

    Parameters
    ----------
    fresh_seconds
        How old a list may be that was kept; 0 asks the place.

    Raises
    ------
    DataError
        If the place cannot be reached, or nothing is there.
    """
    kept = _Kept(root)
    entries = kept.read(fresh_seconds)
    if entries is None:
        try:
            entries = _found(root)
        except Exception as error:  # every library of a place raises of its own kinds
            older = kept.read(float("inf")) if fresh_seconds else None
            if older is None:
                raise DataError(_cannot(root, error)) from None
            entries = older
        else:
            kept.write(entries)
    files = [
        RemoteFile(root.below(name), printable(name), size, tag)
        for name, size, tag in entries
        if not any(part.startswith(_HIDDEN) for part in name.split("/"))
    ]
    return sorted(files, key=lambda file: file.address.path.encode(errors="replace").split(b"/"))


def named_files(addresses: Sequence[Address], names: Sequence[str]) -> list[RemoteFile]:
    """Describe files that a table names, a request for each folder; one not there has no size."""
    folders: defaultdict[Address, list[Address]] = defaultdict(list)
    for address in addresses:
        folders[address.parent].append(address)
    known: dict[str, dict[str, Any]] = {}
    with ThreadPoolExecutor(THREADS) as pool:
        for found in pool.map(_in_folder, folders):
            known |= found
    return [
        RemoteFile(address, name, info.get("size"), tag_of(info))
        for address, name, info in zip(
            addresses, names, (known.get(str(address), {}) for address in addresses), strict=True
        )
    ]


Entries = list[tuple[str, int | None, str]]
"""Relative name, size, tag."""


def _asked_anew(address: Address) -> Any:
    """Return what reads the place, without the lists that some libraries keep for themselves."""
    system = file_system(address)
    system.invalidate_cache()
    return system


def _found(root: Address) -> Entries:
    system = _asked_anew(root)
    top = str(system._strip_protocol(str(root))).rstrip("/")
    found = system.find(str(root), detail=True)
    return [
        (str(path)[len(top) + 1 :], info.get("size"), tag_of(info))
        for path, info in found.items()
        if str(path).startswith(f"{top}/")
    ]


def _in_folder(folder: Address) -> dict[str, dict[str, Any]]:
    """Return facts on each file of a folder, by its address; nothing where there is no folder."""
    system = _asked_anew(folder)
    try:
        found = system.ls(str(folder), detail=True)
    except FileNotFoundError:
        return {}
    except Exception as error:  # every library of a place raises of its own kinds
        raise DataError(_cannot(folder, error)) from None
    return {str(folder.below(str(info["name"]).rpartition("/")[2])): info for info in found}


def _cannot(address: Address, error: Exception) -> str:
    if isinstance(error, DataError):
        return str(error)
    return (
        f"{address}: cannot be listed ({why_not(error)}). Check the address, the connection, and "
        "what this machine is allowed to read there."
    )


class _Kept:
    """The list of a folder, in the cache."""

    def __init__(self, root: Address) -> None:
        name = blake2b(str(root).encode(errors="surrogateescape"), digest_size=16).hexdigest()
        self._path: Path = cache_root() / "remote" / "lists" / f"{name}.json"

    def read(self, fresh_seconds: float) -> Entries | None:
        try:
            if time.time() - self._path.stat().st_mtime >= fresh_seconds:
                return None
            entries = json.loads(self._path.read_text(encoding="utf-8"))
            return [(str(name), size, str(tag)) for name, size, tag in entries]
        except (OSError, ValueError, TypeError):
            return None

    def write(self, entries: Iterable[tuple[str, int | None, str]]) -> None:
        with suppress(OSError):  # it is asked for again
            write_whole(self._path, json.dumps(list(entries)).encode())
