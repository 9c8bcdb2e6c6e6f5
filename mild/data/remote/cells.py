"""Image files as a table names them: relative to the table, by their whole path, or an address."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Sequence
from pathlib import Path
from typing import TypeAlias

from mild.access.paths import refusal_of_files
from mild.data.images.image_file import ImageFile
from mild.data.remote.address import Address, address_of, address_problems
from mild.data.remote.listing import named_files
from mild.errors import DataError
from mild.visible import printable

Base: TypeAlias = Path | Address
"""The folder that the table lies in."""


def place_of(base: Base, cell: str) -> str:
    """Return a path or an address, the same for every way to write it."""
    found = place(base, cell)
    if isinstance(found, Address):
        return str(Address(scheme=found.scheme, path=posixpath.normpath(found.path)))
    return os.path.normpath(found)


def image_files(base: Base, cells: Sequence[str]) -> tuple[ImageFile, ...]:
    """Return the files that cells name; of those behind addresses, their size is asked for.

    Raises
    ------
    DataError
        If an address cannot be used, or its place cannot be reached.
    """
    places = [place(base, cell) for cell in cells]
    remote = [found for found in places if isinstance(found, Address)]
    if why := refusal_of_files(str(address) for address in remote):
        raise DataError(why)
    for scheme in {address.scheme for address in remote}:
        first = next(address for address in remote if address.scheme == scheme)
        if problems := address_problems(first):
            raise DataError(" ".join(problems))
    fetched = iter(named_files(remote, [name_of(base, address) for address in remote]))
    return tuple(found if isinstance(found, str) else next(fetched) for found in places)


def place(base: Base, cell: str) -> str | Address:
    """Return what a cell names, not looked at."""
    if (address := address_of(cell)) is not None:
        return address
    if isinstance(base, Address):
        return base.below(cell.lstrip("/"))
    found = os.path.join(base, cell)  # noqa: PTH118 - for speed
    if "\\" in cell and os.sep == "/" and not os.path.lexists(found):
        return os.path.join(base, cell.replace("\\", "/"))  # noqa: PTH118 - written on Windows
    return found


def name_of(base: Base, found: str | Address) -> str:
    """Name a file as people see it: relative to the table's folder where it lies below it."""
    start = f"{base}/" if isinstance(found, Address) else f"{base}{os.sep}"
    return printable(str(found).removeprefix(start).replace(os.sep, "/"))
