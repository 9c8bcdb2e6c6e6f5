"""What people call a run, and the tags they give it."""

from __future__ import annotations

import json
from dataclasses import dataclass

from mild.access import Role, needs
from mild.errors import RunError
from mild.store.folder import RunFolder
from mild.store.review import file as review_file

MAX_LENGTH = 80
"""Characters of a name or a tag."""

_TABLES = ("CREATE TABLE IF NOT EXISTS about (key TEXT PRIMARY KEY, value TEXT NOT NULL)",)


@dataclass(frozen=True, kw_only=True, slots=True)
class About:
    """What people wrote about a run."""

    name: str | None = None
    """None: the name that was asked for when the run was created."""
    tags: tuple[str, ...] = ()


def about(folder: RunFolder) -> About:
    """Return what people wrote; nothing at first."""
    with review_file.reading(folder, "about") as database:
        if database is None:
            return About()
        values = dict(database.execute("SELECT key, value FROM about").fetchall())
    try:
        tags = tuple(str(tag) for tag in json.loads(values.get("tags", "[]")))
    except (ValueError, TypeError, RecursionError) as error:
        raise RunError(f"{folder.review}: its tags cannot be read ({error}).") from error
    return About(name=values.get("name"), tags=tags)


@needs(Role.REVIEWER, "Naming a run")
def rename(folder: RunFolder, name: str) -> None:
    """Call a run something else; its id and its folder stay.

    Raises
    ------
    RunError
        If the name is empty or too long.
    """
    _write(folder, "name", _checked(name, "a run's name"))


@needs(Role.REVIEWER, "Tagging a run")
def tag(folder: RunFolder, tags: tuple[str, ...]) -> None:
    """Replace a run's tags; each counts once.

    Raises
    ------
    RunError
        If a tag is empty or too long.
    """
    kept = dict.fromkeys(_checked(item, "a tag") for item in tags)
    _write(folder, "tags", json.dumps(list(kept)))


def _checked(text: str, what: str) -> str:
    text = " ".join(text.split())
    if not 0 < len(text) <= MAX_LENGTH:
        raise RunError(f"{what} has 1 to {MAX_LENGTH} characters, not {len(text)}; write another.")
    return text


def _write(folder: RunFolder, key: str, value: str) -> None:
    with review_file.writing(folder, _TABLES) as database:
        database.execute("INSERT OR REPLACE INTO about VALUES (?, ?)", (key, value))
