"""Which file of a folder goes where by a patch: all of it is checked before anything is moved."""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from mild.data.class_folders import PART_NAMES
from mild.data.sources.listed import relative_names
from mild.data.walk import IMAGE_SUFFIXES, images_below, subfolders
from mild.errors import PatchError
from mild.export.patch.changes import Change, as_cell, from_cell
from mild.visible import printable


@dataclass(frozen=True, kw_only=True, slots=True)
class Move:
    """One file, and the row that takes it back."""

    source: Path
    target: Path
    undo: Change
    is_half_done: bool = False
    """Whether the target is there, because a move the other way was killed before its end."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """What a patch does to a folder."""

    moves: tuple[Move, ...]
    n_dropped: int
    """Of the moves, those into the folder of the dropped."""
    n_back: int
    """Of the moves, those out of it."""
    n_unchanged: int
    """Rows that ask for what is so already."""


def dropped_folder(root: Path) -> Path:
    """Return where dropped images go: beside the folder, so that nothing takes it for a class."""
    return root.with_name(f"{root.name}-dropped")


def plan_moves(root: Path, changes: Sequence[Change]) -> Plan:
    """Find every file and its target; nothing is moved.

    Raises
    ------
    PatchError
        With a sentence for each row that does not fit the folder.
    """
    folder = _Folder(root)
    moves: list[Move] = []
    problems: list[str] = []
    n_unchanged = 0
    for row, change in enumerate(changes, start=2):
        try:
            move = folder.move(change)
        except ValueError as error:
            problems.append(f"row {row}: {error}.")
            continue
        if move is None:
            n_unchanged += 1
        else:
            moves.append(move)
    if problems:
        raise PatchError([f"{printable(root)}: nothing was changed.", *problems])
    n_dropped = sum(not move.undo.old for move in moves)
    n_back = sum(not move.undo.new for move in moves)
    return Plan(moves=tuple(moves), n_dropped=n_dropped, n_back=n_back, n_unchanged=n_unchanged)


class _Folder:
    """A folder of images by class, and the one of those that were dropped."""

    def __init__(self, root: Path) -> None:
        self._root, self._side = root, dropped_folder(root)
        self._files = _by_name(root)
        self._dropped = _by_name(self._side)
        parts = {folder.name for folder in subfolders(root)}
        self._depth = 1 if "train" in parts and parts <= PART_NAMES else 0
        self._classes = self._class_folders()
        self._taken: set[str] = set()
        """Targets given away, as they are compared where case is ignored."""

    def move(self, change: Change) -> Move | None:
        """None where it is so already; a ValueError says why it cannot be."""
        if change.old == change.new:
            return None
        base, files = (self._root, self._files) if change.old else (self._side, self._dropped)
        if change.path not in files and change.to and self._is_back(change):
            return None
        source = _only(files, change.path)
        parts = source.relative_to(base).parts
        if change.old:
            self._check_class(parts, change)
        target = self._exactly(change, source) if change.to else self._target(parts, change)
        self._taken.add(os.fspath(target).casefold())
        there = self._root if change.new else self._side
        _check_links(target, there, self._depth + 1 if change.new else 0)
        (name,) = relative_names([os.fspath(target)], there)
        undo = Change(path=name, old=change.new, new=change.old, to=as_cell("/".join(parts)))
        is_half_done = os.path.lexists(target)  # or it would not be this one's target
        return Move(source=source, target=target, undo=undo, is_half_done=is_half_done)

    def _class_folders(self) -> dict[str, str]:
        """What people call a class -> the name of its folder."""
        tops = subfolders(self._root)
        folders = [below for top in tops for below in subfolders(top)] if self._depth else tops
        return {printable(folder.name): folder.name for folder in folders}

    def _class_of(self, parts: Sequence[str]) -> str:
        if len(parts) < self._depth + 2:
            raise ValueError(f"{printable('/'.join(parts))} lies in no folder of a class")
        return printable(parts[self._depth])

    def _check_class(self, parts: Sequence[str], change: Change) -> None:
        found = self._class_of(parts)
        if found != change.old:
            raise ValueError(
                f"{printable(change.path)} is in the folder '{found}', the patch has it in "
                f"'{printable(change.old)}'"
            )

    def _target(self, parts: Sequence[str], change: Change) -> Path:
        """The same name in the other class's folder, numbered where one is there already."""
        if not change.new:
            return self._free(self._side.joinpath(*parts))
        if change.new not in self._classes:
            known = ", ".join(list(self._classes)[:10])
            raise ValueError(
                f"the class '{printable(change.new)}' has no folder; there are {known}"
            )
        self._class_of(parts)
        before, after = parts[: self._depth], parts[self._depth + 1 :]
        return self._free(self._root.joinpath(*before, self._classes[change.new], *after))

    def _exactly(self, change: Change, source: Path) -> Path:
        """The place that a row names; it must lie in the folder of its class, and be free."""
        target = self._place(change)
        is_taken = os.fspath(target).casefold() in self._taken
        if is_taken or (os.path.lexists(target) and not _was_being_moved(target, source)):
            raise ValueError(f"something lies at {printable(change.to)} already")
        return target

    def _place(self, change: Change) -> Path:
        path = PurePosixPath(from_cell(change.to))
        fine = not path.is_absolute() and ".." not in path.parts and "\0" not in str(path)
        fine = fine and path.suffix.lower() in IMAGE_SUFFIXES
        if not fine or (change.new and self._class_of(path.parts) != change.new):
            raise ValueError(
                f"{printable(change.to)} is no place in the folder of '{printable(change.new)}'"
            )
        return (self._root if change.new else self._side) / path

    def _is_back(self, change: Change) -> bool:
        """Whether the file of a patch that undoes another was never moved, or is back."""
        return os.path.lexists(self._place(change))

    def _free(self, target: Path) -> Path:
        number, wanted = 1, target
        while os.path.lexists(target) or os.fspath(target).casefold() in self._taken:
            number += 1
            target = wanted.with_name(f"{wanted.stem} ({number}){wanted.suffix}")
        return target


def _was_being_moved(old: Path, new: Path) -> bool:
    """Whether a killed move left both: a second name of one file, or a copy of its beginning."""
    places = [os.fspath(path.parent.resolve() / path.name).casefold() for path in (old, new)]
    if places[0] == places[1]:  # where case is ignored, it is the only name
        return False
    if old.is_symlink() or new.is_symlink():
        return old.is_symlink() and new.is_symlink() and old.readlink() == new.readlink()
    if not old.is_file():
        return False
    if os.path.samestat(old.stat(), new.stat()):
        return old.stat().st_nlink > 1
    with old.open("rb") as whole, new.open("rb") as begun:
        return all(whole.read(len(part)) == part for part in iter(lambda: begun.read(2**20), b""))


def _check_links(target: Path, there: Path, n_own: int) -> None:
    """Refuse a place that a link leads to; the first `n_own` folders may be links of the owner."""
    own = there.joinpath(*target.relative_to(there).parts[:n_own])
    if not target.parent.resolve().is_relative_to(own.resolve()):
        raise ValueError(f"{printable(target)} lies behind a link that leads elsewhere")


def _by_name(root: Path) -> dict[str, list[Path]]:
    found: defaultdict[str, list[Path]] = defaultdict(list)
    files = list(images_below(root, [], Counter())) if root.is_dir() else []
    for name, file in zip(relative_names(files, root), files, strict=True):
        found[name].append(Path(file))
    return dict(found)


def _only(files: dict[str, list[Path]], name: str) -> Path:
    same = files.get(name, [])
    if not same:
        raise ValueError(f"{printable(name)} is not there")
    if len(same) > 1:
        raise ValueError(f"{printable(name)} is the name of {len(same)} files")
    return same[0]
