"""Open a Hugging Face data set: its splits by name, or a sentence why it cannot be had."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from mild.access.paths import limited, refusal
from mild.config.folders import cache_root
from mild.data.huggingface.address import HubAddress
from mild.data.whole_file import write_whole
from mild.errors import DataError, first_line
from mild.visible import printable, visible

if TYPE_CHECKING:
    from datasets import Dataset

Splits: TypeAlias = "dict[str, Dataset]"
"""Name of a split -> its rows."""
WITHOUT_NAME = "train"
"""What a data set is called that has no splits."""


def open_folder(folder: Path) -> Splits:
    """Open what `save_to_disk` wrote; nothing is copied into memory.

    Raises
    ------
    DataError
        If a file of it is missing or damaged, or lies in a place that is not open.
    """
    from datasets import load_from_disk

    _check_places(_named_inside(folder))
    try:
        splits = _splits(load_from_disk(os.fspath(folder)), printable(folder))
        for split in splits.values():
            _check_places(item["filename"] for item in split.cache_files)
        return splits
    except DataError:
        raise
    except Exception as error:  # whatever a damaged file makes of Arrow, JSON and the library
        raise DataError(
            f"{printable(folder)}: cannot be read as a Hugging Face data set "
            f"({_said(error)}). Save it again with save_to_disk."
        ) from None


def open_hub(address: HubAddress) -> Splits:
    """Open a data set of the hub, downloaded where it is not in the library's own cache.

    Raises
    ------
    DataError
        If there is none of that name, it cannot be reached, a login or a choice is needed, or its
        card names files in a place that is not open.
    """
    from datasets import load_dataset, load_dataset_builder

    try:
        if limited():
            builder = load_dataset_builder(address.name, address.config, revision=address.revision)
            _check_places(_of_others(builder, address))
        found = load_dataset(address.name, address.config, revision=address.revision)
    except DataError:
        raise
    except Exception as error:  # the library raises of many kinds, and of its dependencies' kinds
        raise DataError(_why_not(address, error)) from None
    splits = _splits(found, str(address))
    _remember(address, splits)
    return splits


def open_fetched(address: HubAddress) -> Splits | None:
    """Open a data set of the hub as it was fetched last, without asking the hub; else None."""
    try:
        files_of = json.loads(_note(address).read_text(encoding="utf-8"))
        return {name: _from_files(files) for name, files in files_of.items()}
    except (OSError, ValueError, AttributeError, TypeError, KeyError):
        return None


def _from_files(files: list[str]) -> Dataset:
    from datasets import Dataset, concatenate_datasets

    return concatenate_datasets([Dataset.from_file(file) for file in files])


def _check_places(files: Iterable[str | Path]) -> None:
    for file in files:
        if why := refusal(file):
            raise DataError(why)


def _of_others(builder: Any, address: HubAddress) -> list[str]:
    """List the files that are not of the data set itself: its card may name any of this machine,
    and of data sets that only this machine is let into."""
    own = tuple(f"hf://datasets/{name}@" for name in (address.name, builder.repo_id))
    named = (str(file) for files in (builder.config.data_files or {}).values() for file in files)
    return [file for file in named if not file.startswith(own)]


def _named_inside(folder: Path) -> list[Path]:
    """List the places that JSON files of the folder name: they need not lie in it."""
    names = _json(folder / "dataset_dict.json").get("splits", ())
    parts = [folder / str(name) for name in names if "\0" not in str(name)]
    if any(refusal(part) for part in parts):
        return parts
    states = [
        (part, _json(part / "state.json").get("_data_files", ())) for part in (folder, *parts)
    ]
    return [
        part / str(item.get("filename"))
        for part, files in states
        for item in files
        if isinstance(item, dict)
    ]


def _json(file: Path) -> dict[str, list[Any]]:
    """Read the lists in a JSON object; of what is no such file the library says more."""
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    lists = found.items() if isinstance(found, dict) else ()
    return {key: value for key, value in lists if isinstance(value, list)}


def _splits(found: Any, called: str) -> Splits:
    splits = dict(found) if isinstance(found, Mapping) else {_name(found): found}
    if not splits:
        raise DataError(f"{called}: has no split. Save it again, with images in it.")
    for split in splits.values():
        if not hasattr(split, "num_rows"):  # IterableDataset
            raise DataError(
                f"{called}: is streamed, but every image is looked at many times. Open it without "
                "streaming, save it with save_to_disk, and give that folder."
            )
    return splits


def _name(found: Any) -> str:
    return str(found.split) if getattr(found, "split", None) else WITHOUT_NAME


def _note(address: HubAddress) -> Path:
    """Return the file that says which files a data set of the hub became."""
    name = blake2b(str(address).encode(), digest_size=12).hexdigest()
    return cache_root() / "huggingface" / f"{name}.json"


def _remember(address: HubAddress, splits: Splits) -> None:
    """Write down which files the worker saw, so that the dashboard asks no hub."""
    files = {
        name: [item["filename"] for item in split.cache_files] for name, split in splits.items()
    }
    if not all(files.values()):
        return  # held in memory
    with suppress(OSError):  # the preview is missing then, and nothing else
        write_whole(_note(address), json.dumps(files).encode())


def _why_not(address: HubAddress, error: Exception) -> str:
    """Say the likeliest reason first, and what the library says beside it."""
    text = f"{type(error).__name__} {error}"
    said = _said(error)
    if "gated" in text or "authenticated" in text or "401" in text:
        return (
            f"{address}: is open only to those who are logged in and were given access ({said}). "
            "Ask for it on its page of the hub, run hf auth login on this machine, and try again."
        )
    if "Config name is missing" in text or "BuilderConfig" in text:
        return (
            f"{address}: a configuration has to be chosen, as in hf:{address.name}:CONFIG ({said})."
        )
    if "scripts are no longer supported" in text:
        return (
            f"{address}: is made by a program of its own, which is not run here. Save it elsewhere "
            "with save_to_disk, and give that folder."
        )
    if "No space left" in text or "disk" in text.lower():
        return (
            f"{address}: does not fit on the disk ({said}). Make room, or set HF_HOME to a folder "
            "on another disk."
        )
    return (
        f"{address}: cannot be had from the hub ({said}). Check its name and the connection, or "
        "save it on another machine with save_to_disk, bring the folder, and give its path."
    )


def _said(error: Exception) -> str:
    return visible(first_line(error), 300)
