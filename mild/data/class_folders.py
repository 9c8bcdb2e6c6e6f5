"""What people are told of images in one folder per class, here or behind an address."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from mild.visible import printable

PART_NAMES = frozenset({"train", "test", "val", "valid", "validation"})
"""Folders of these names hold parts of a data set, not a class."""
NAMED_KINDS = 3
"""Of files that are not images, how many endings of names are told."""


def parts_problems(where: str, with_images: Iterable[str]) -> list[str]:
    """Say so where the folders are parts of a data set."""
    names = list(with_images)
    if "train" not in names or not PART_NAMES.issuperset(names):
        return []
    return [
        f"{where}: holds the parts {', '.join(names)}, not classes. "
        "Use the source 'train-test-folder'."
    ]


def class_problems(where: str, with_images: list[str], has_loose: bool) -> list[str]:
    """Say what is wrong where not two classes have images; `has_loose` is of images in none."""
    if len(with_images) > 1:
        return []
    advice = "Put the images of each class into a sub-folder of their own."
    if with_images:
        name = printable(with_images[0])
        return [f"{where}: has images of one class, '{name}', but two are needed. {advice}"]
    if has_loose:
        return [f"{where}: has images, but none in a sub-folder named after its class. {advice}"]
    return [f"{where}: has no images in its sub-folders. {advice}"]


def loose_note(n: int) -> str:
    """Say that images lie beside the folders of the classes."""
    lie, were = ("image lies", "was") if n == 1 else ("images lie", "were")
    return f"{n} {lie} in no class folder and {were} passed over."


def folders_within(folder: Path, members: list[str]) -> set[str]:
    """List the folders of a class that hold its images; none where one lies in the class itself."""
    start = len(str(folder)) + 1
    parts = [member[start:].split(os.sep, 1) for member in members]
    return {part[0] for part in parts} if all(len(part) > 1 for part in parts) else set()


def nested_note(below: Mapping[str, Collection[str]]) -> str | None:
    """Say so where folders within those of the classes look like classes themselves.

    `below` has, for each class, the folders within it that hold its images; none where an image
    lies in the class itself. Folders that several classes have, such as years, are no classes.
    """
    seen = Counter(name for names in below.values() for name in names)
    own = {name: names for name, names in below.items() if all(seen[item] == 1 for item in names)}
    found = next((name for name, names in own.items() if len(names) > 1), None)
    if found is None:
        return None
    names = sorted(below[found])
    more = ", …" if len(names) > NAMED_KINDS else ""
    return (
        f"The images in {', '.join(map(printable, names[:NAMED_KINDS]))}{more} count as one class, "
        f"'{printable(found)}': a class is a folder at the top. If these are the classes, put "
        "their folders there."
    )


def other_note(others: Counter[str]) -> str:
    """Say how many files are no images, and of which kinds."""
    n = others.total()
    kinds = ", ".join(printable(kind) for kind, _ in others.most_common(NAMED_KINDS) if kind)
    files = "1 file that is not an image" if n == 1 else f"{n:,} files that are not images"
    return f"{files}{f' ({kinds})' if kinds else ''} {'was' if n == 1 else 'were'} passed over."
