"""Where a Hugging Face data set is: a name on the hub, or a folder that `save_to_disk` wrote."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from mild.access.paths import HUB

GRAMMAR = "hf:NAME, hf:NAME:CONFIG or hf:NAME@REVISION"
_ADDRESS = re.compile(
    r"hf:(?P<name>[\w.-]+(/[\w.-]+)?)(:(?P<config>[^@:\s]+))?(@(?P<revision>[^@:\s]+))?", re.ASCII
)
DISK_FILES = ("dataset_dict.json", "dataset_info.json")
"""One of them lies in a folder that `save_to_disk` wrote."""


@dataclass(frozen=True, kw_only=True, slots=True)
class HubAddress:
    """A data set of the hub."""

    name: str
    """Such as `beans`, or `owner/name`."""
    config: str | None = None
    revision: str | None = None
    """Branch, tag or commit; the newest where it is None."""

    def __str__(self) -> str:
        """Write it as people do."""
        config = f":{self.config}" if self.config else ""
        return f"{HUB}{self.name}{config}{f'@{self.revision}' if self.revision else ''}"


def hub_address(text: str) -> HubAddress | None:
    """Read an address of the hub; None where it is none.

    Examples
    --------
    >>> str(hub_address("hf:owner/name:plain@v2"))
    'hf:owner/name:plain@v2'
    >>> hub_address("/home/me/saved")
    """
    found = _ADDRESS.fullmatch(text.strip())
    if found is None or ".." in found["name"]:
        return None
    return HubAddress(name=found["name"], config=found["config"], revision=found["revision"])


def is_saved_folder(folder: Path) -> bool:
    """Tell whether `save_to_disk` wrote this folder, by the names in it."""
    return any((folder / name).is_file() for name in DISK_FILES)
