"""Image files as a table names them: relative to the table, by their whole path, or an address."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Sequence
from pathlib import Path
from typing import TypeAlias

from mild.data.images.decode import printable
from mild.data.images.image_file import ImageFile
from mild.data.remote.address import Address, address_of, address_problems
from mild.data.remote.listing import named_files
from mild.errors import DataError

Base: TypeAlias = Path | Address
"""The folder that the table lies in."""


def place_of(base: Base, cell: str) -> str:
    """Return a path or an address, the same for every way to write it."""
    place = _place(base, cell)
    if isinstance(place, Address):
        return str(Address(scheme=place.scheme, path=posixpath.normpath(place.path)))
    return os.path.normpath(place)


def image_files(base: Base, cells: Sequence[str]) -> tuple[ImageFile, ...]:
    """Return the files that cells name; of those behind addresses, their size is asked for.

    Raises
    ------
    DataError
        If an address cannot be used, or its place cannot be reached.
    """
    places = [_place(base, cell) for cell in cells]
    remote = [place for place in places if isinstance(place, Address)]
    for scheme in {address.scheme for address in remote}:
        first = next(address for address in remote if address.scheme == scheme)
        if problems := address_problems(first):
            raise DataError(" ".join(problems))
    fetched = iter(named_files(remote, [_name(base, address) for address in remote]))
    return tuple(place if isinstance(place, str) else next(fetched) for place in places)


def _place(base: Base, cell: str) -> str | Address:
    if (address := address_of(cell)) is not None:
        return address
    if isinstance(base, Address):
        return base.below(cell.lstrip("/"))
    return os.path.join(base, cell)  # noqa: PTH118 - for speed


def _name(base: Base, address: Address) -> str:
    """Name it as people see it: relative to the table's folder where it lies below it."""
    start = f"{base}/" if isinstance(base, Address) else ""
    return printable(str(address).removeprefix(start))
