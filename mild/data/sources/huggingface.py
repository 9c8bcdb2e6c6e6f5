"""Data sets of the Hugging Face library: of the hub, or a folder that `save_to_disk` wrote."""

from __future__ import annotations

from pathlib import Path

from mild.access.paths import HUB
from mild.config import DataConfig
from mild.data.huggingface.address import (
    GRAMMAR,
    HubAddress,
    hub_address,
    is_saved_folder,
)
from mild.data.huggingface.columns import (
    held_out_splits,
    image_column,
    judged_splits,
    label_column,
)
from mild.data.huggingface.opening import Splits, open_fetched, open_folder, open_hub
from mild.data.huggingface.rows import LabelledRows, RowImage, class_names, labelled_rows
from mild.data.labels.encode import class_list, encode
from mild.data.places import path_of
from mild.data.sources.listed import EMPTY, FileList, Listed
from mild.data.sources.source import Source
from mild.errors import DataError, InstallationError
from mild.installation import need
from mild.visible import printable


def list_dataset(config: DataConfig) -> Listed:
    """List the rows of the splits asked for; a data set of the hub is fetched where it is not here.

    Rows without a label are passed over.

    Raises
    ------
    DataError
        If it cannot be opened, or what is meant cannot be told; with the choices.
    """
    address = hub_address(config.path or "")
    if address is None:
        return _listed(open_folder(path_of(config)), config)
    return _listed(open_hub(address), config)


def list_fetched(config: DataConfig) -> Listed | None:
    """List it as far as it is on this machine; None of a data set of the hub not fetched yet."""
    address = hub_address(config.path or "")
    if address is None:
        return list_dataset(config)
    splits = open_fetched(address)
    return None if splits is None else _listed(splits, config)


def dataset_problems(config: DataConfig) -> list[str]:
    """Say what is wrong, as far as names alone show; nothing is opened, and no hub is asked."""
    text = config.path or ""
    try:
        need("hf", "A Hugging Face data set")
    except InstallationError as error:
        return [str(error)]
    address = hub_address(text)
    if address is not None:
        return _hub_problems(address)
    if text.strip().startswith(HUB):
        return [f"{printable(text)}: is not the name of a data set of the hub. Write {GRAMMAR}."]
    folder = path_of(config)
    if not folder.is_dir():
        return [
            f"{printable(text)}: is not a folder. Give one that save_to_disk wrote, or, for a data "
            f"set of the hub, {GRAMMAR}."
        ]
    if not is_saved_folder(folder):
        return [
            f"{printable(text)}: has no dataset_dict.json or dataset_info.json, so it is not "
            "what save_to_disk wrote. Give such a folder; for folders of images, use the source "
            "'folder'."
        ]
    return []


def _hub_problems(address: HubAddress) -> list[str]:
    if not Path(address.name).exists():
        return []
    return [
        f"{address}: a file or folder '{address.name}' lies where this was started, and would be "
        "read in its place. Rename it, or start elsewhere."
    ]


def _listed(splits: Splits, config: DataConfig) -> Listed:
    called = printable(config.path or "")
    judged = judged_splits(splits, config, called)
    candidates = held_out_splits(splits, judged, config, called)
    names = (
        image_column(splits[judged[0]], config, called),
        label_column(splits[judged[0]], config, called),
    )
    several = len(judged) > 1 or bool(candidates)
    train = [_rows(splits, name, names, called, several=several) for name in judged]
    skipped: list[str] = []
    train_files, train_labels = _labelled(train, skipped)
    if not train_files:
        raise DataError(f"{called}: no row of {'+'.join(judged)} has a label in '{names[1]}'.")
    held_out, notes = _held_out(splits, candidates, names, called)
    test_files, test_labels = _labelled(held_out, skipped)
    classes = class_names(splits[judged[0]], names[1]) or class_list(train_labels + test_labels)
    given_M = encode(test_labels, classes)
    known = [file for file, label in zip(test_files, given_M, strict=True) if label >= 0]
    return Listed(
        root=path_of(config),
        train=FileList(files=tuple(train_files), given_N=encode(train_labels, classes)),
        test=FileList(files=tuple(known), given_N=given_M[given_M >= 0]) if known else EMPTY,
        class_names=classes,
        title=f"Hugging Face data set {_title(config, called)}",
        notes=tuple(notes),
        skipped=tuple(skipped),
    )


def _title(config: DataConfig, called: str) -> str:
    """Call a folder by its own name, as other sources do."""
    is_folder = hub_address(config.path or "") is None
    return printable(path_of(config).name) or called if is_folder else called


def _rows(
    splits: Splits, split: str, names: tuple[str, str], called: str, *, several: bool
) -> LabelledRows:
    missing = [name for name in names if name not in splits[split].features]
    if missing:
        raise DataError(f"{called}: its split '{printable(split)}' has no column '{missing[0]}'.")
    shown = printable(split)
    return labelled_rows(splits[split], *names, shown, prefix=f"{shown}/" if several else "")


def _labelled(parts: list[LabelledRows], skipped: list[str]) -> tuple[list[RowImage], list[str]]:
    files: list[RowImage] = []
    labels: list[str] = []
    for part in parts:
        for image, label in zip(part.images, part.labels, strict=True):
            if label:
                files.append(image)
                labels.append(label)
            else:
                skipped.append(f"{image.name}: has no label, so it was passed over.")
    return files, labels


def _held_out(
    splits: Splits, candidates: list[str], names: tuple[str, str], called: str
) -> tuple[list[LabelledRows], list[str]]:
    """Take the first split with labels; note those without."""
    notes: list[str] = []
    for name in candidates:
        found = _rows(splits, name, names, called, several=True)
        if any(found.labels):
            return [found], notes
        notes.append(f"The split '{printable(name)}' has no labels and was left out.")
    return [], notes


HUGGINGFACE = Source(
    name="huggingface",
    label="Your images: a Hugging Face data set, from the hub or saved to disk",
    order=55,
    list_files=list_dataset,
    list_here=list_fetched,
    problems=dataset_problems,
    needs_path=True,
    own=True,
    in_tables=True,
)
