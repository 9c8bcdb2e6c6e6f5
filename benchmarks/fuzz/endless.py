"""A table without end in a database of a few hundred kilobytes: its pages lead to one another."""

from __future__ import annotations

import sqlite3
import struct
from contextlib import closing
from pathlib import Path

LEVELS = 8
_INNER_PAGE = 5


def make_endless(path: Path, table: str) -> None:
    """Let all children of a table's first page be one page, whose children are one, and so on.

    The table must be so large that its first page has others below it. A reader meets its last
    page some hundred to the power of `LEVELS` times.
    """
    with closing(sqlite3.connect(path)) as database:
        size = database.execute("PRAGMA page_size").fetchone()[0]
        n_pages = database.execute("PRAGMA page_count").fetchone()[0]
        asked = "SELECT rootpage FROM sqlite_master WHERE name = ?"
        first = database.execute(asked, (table,)).fetchone()[0]
    content = bytearray(path.read_bytes())
    begin = (first - 1) * size
    page = bytes(content[begin : begin + size])
    if page[0] != _INNER_PAGE:
        raise ValueError(f"{table} has a single page")
    last = struct.unpack_from(">I", page, 8)[0]
    below = [*range(n_pages + 1, n_pages + LEVELS), last]
    pages = [_leading_to(page, child) for child in below]
    content[begin : begin + size] = pages[0]
    content += b"".join(pages[1:])
    struct.pack_into(">I", content, 28, n_pages + LEVELS - 1)
    path.write_bytes(content)


def _leading_to(page: bytes, child: int) -> bytes:
    """Return a page with this child in place of each of its own."""
    found = bytearray(page)
    struct.pack_into(">I", found, 8, child)
    (n_cells,) = struct.unpack_from(">H", page, 3)
    for place in struct.unpack_from(f">{n_cells}H", page, 12):
        struct.pack_into(">I", found, place, child)
    return bytes(found)
