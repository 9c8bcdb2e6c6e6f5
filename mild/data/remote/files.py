"""A file behind an address: where its copy lies here, and fetching it, again where it must be."""

from __future__ import annotations

import time
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path, PurePosixPath
from typing import Any

from mild.config.folders import cache_root
from mild.data.remote.address import Address, without_secrets
from mild.data.whole_file import write_whole
from mild.errors import DataError, first_line
from mild.visible import visible

PAUSES = (0.5, 2.0, 5.0)
"""Seconds before each further try, where a connection is lost."""
NOT_THERE = (FileNotFoundError, PermissionError, IsADirectoryError)
"""No further try will help."""
TAGS = ("ETag", "etag", "checksum", "md5Hash", "crc32c", "blob_id", "content_md5")
TIMES = ("mtime", "LastModified", "last_modified", "updated", "created")
"""What file systems call that which changes with the content; a time where they have nothing else.
"""


class ConnectionLostError(Exception):
    """A file could not be fetched, however often it was tried; the text says why."""


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file elsewhere, by its content: another one has another copy."""

    address: Address
    name: str
    """What people see."""
    size: int | None
    """In bytes, where it is known."""
    tag: str
    """Changes with the content."""

    @property
    def copy(self) -> Path:
        """Where it lies here once it was fetched; a name that says nothing, whatever its own is."""
        key = blake2b(
            f"{self.address}\n{self.size}\n{self.tag}".encode("utf-8", "surrogateescape"),
            digest_size=16,
        ).hexdigest()
        suffix = PurePosixPath(self.address.name).suffix.lower()
        suffix = suffix if suffix[1:].isalnum() and suffix.isascii() and len(suffix) < 9 else ""
        return cache_root() / "remote" / key[:2] / f"{key[2:]}{suffix}"

    def read(self) -> bytes:
        """Return its content, fetched where it is not here.

        Raises
        ------
        DataError
            If it is not there, or cannot be reached.
        """
        try:
            return self.copy.read_bytes()
        except FileNotFoundError:
            pass
        try:
            return fetch(self)
        except NOT_THERE as error:
            raise DataError(f"{self.name}: {why_not(error)}, so it was passed over.") from None
        except ConnectionLostError as error:
            raise DataError(f"{self.name}: cannot be fetched ({error}).") from None


def fetch(file: RemoteFile) -> bytes:
    """Fetch a file, keep a copy, whole or not at all, and return the content.

    Raises
    ------
    FileNotFoundError, PermissionError, IsADirectoryError
        As the place says.
    ConnectionLostError
        If every try failed.
    OSError
        If the copy cannot be written.
    """
    content = _content(file)
    write_whole(file.copy, content)
    return content


def _content(file: RemoteFile) -> bytes:
    for pause in (*PAUSES, None):
        try:
            content: bytes = file_system(file.address).cat_file(str(file.address))
            if file.size is None or len(content) == file.size:
                return content
            reason = f"{len(content):,} of {file.size:,} bytes came"
        except NOT_THERE:
            raise
        except Exception as error:  # every library of a place raises of its own kinds
            reason = why_not(error)
        if pause is not None:
            time.sleep(pause)
    raise ConnectionLostError(reason)


def file_system(address: Address) -> Any:
    """Return what reads addresses of this kind; keys and users are its own business.

    Raises
    ------
    DataError
        If it cannot be made, such as for want of a key.
    """
    import fsspec

    try:
        return fsspec.filesystem(address.scheme)
    except Exception as error:  # every library of a place raises of its own kinds
        raise DataError(f"{address}: cannot be opened ({why_not(error)}).") from None


def tag_of(info: dict[str, Any]) -> str:
    """Return what changes with the content, as a place describes a file."""
    for name in (*TAGS, *TIMES):
        if info.get(name) is not None:
            return str(info[name])
    return ""


def why_not(error: BaseException) -> str:
    """Say in a few words what a library said, without what may be a key."""
    if isinstance(error, FileNotFoundError):
        return "is not there"
    if isinstance(error, PermissionError):
        return "must not be read with what this machine is known by there"
    return visible(without_secrets(first_line(error)), 200)
