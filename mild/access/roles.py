"""Roles, and the rules that say who has which: by an e-mail address, or by its domain."""

from __future__ import annotations

import enum
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mild.errors import AccessError

DEFAULT = "default"
"""The key that says which role everybody else has who can sign in."""


class Role(enum.IntEnum):
    """What somebody may do; a higher role may do what the lower ones may."""

    NONE = 0
    """Nothing, not even look."""
    VIEWER = 1
    """Look at runs."""
    REVIEWER = 2
    """Decide in reviews, check samples, name and tag runs, export."""
    OWNER = 3
    """Start, stop, resume and delete runs, name paths, load networks of one's own."""

    def __str__(self) -> str:
        return self.name.lower()


@dataclass(frozen=True, kw_only=True)
class Rules:
    """Who has which role. An address of its own goes before its domain, the domain before all."""

    people: Mapping[str, Role] = field(default_factory=dict)
    """By e-mail address, in lower case."""
    domains: Mapping[str, Role] = field(default_factory=dict)
    """By what stands behind the @, in lower case."""
    default: Role = Role.NONE

    def role_of(self, email: str) -> Role:
        """The role of an address that its provider vouches for; none of what is no address."""
        address = email.strip().lower()
        name, _, domain = address.partition("@")
        looks_like_another = address.isascii() and not email.isascii()  # a Kelvin sign becomes a k
        if not name or not domain or "@" in domain or looks_like_another:
            return Role.NONE
        return self.people.get(address, self.domains.get(domain, self.default))

    @property
    def name_somebody(self) -> bool:
        """Whether anybody at all may look."""
        return self.default > Role.NONE or any((*self.people.values(), *self.domains.values()))


def rules_in(table: Mapping[str, Any], where: str) -> Rules:
    """Read a table such as `{"owner": ["anna@example.org"], "viewer": ["@example.org"]}`.

    Parameters
    ----------
    where
        Begins the sentence about what is wrong, such as the file's name.

    Raises
    ------
    AccessError
        If a role is unknown, somebody is named twice, or a name is no address and no domain.
    """
    people: dict[str, Role] = {}
    domains: dict[str, Role] = {}
    default = Role.NONE
    for key, value in table.items():
        if key == DEFAULT:
            default = _role(value, where)
            continue
        role = _role(key, where)
        for name in _names(key, value, where):
            local, at, domain = name.rpartition("@")
            place, who = (people, name) if local else (domains, domain)
            if not at or "." not in domain or " " in name:
                raise AccessError(
                    f"{where}: {name[:80]!r} under {key} is neither an e-mail address nor a domain "
                    "with an @ before it, such as @example.org."
                )
            if place.setdefault(who, role) is not role:
                raise AccessError(f"{where}: {name} has two roles; leave one of them.")
    return Rules(people=people, domains=domains, default=default)


def read_rules(path: Path) -> Rules:
    """Read a TOML file with a table [roles].

    Raises
    ------
    AccessError
        If it cannot be read.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise AccessError(f"{path}: who has which role cannot be read ({error}).") from None
    table = content.get("roles")
    if not isinstance(table, dict):
        raise AccessError(f"{path}: has no table [roles]; docs/remote.md shows one.")
    return rules_in(table, str(path))


def _role(word: Any, where: str) -> Role:
    known = {str(role): role for role in Role}
    if not isinstance(word, str) or word not in known:
        raise AccessError(
            f"{where}: {str(word)[:80]!r} is not a role. Roles are viewer, reviewer and owner; the "
            "default can be none as well."
        )
    return known[word]


def _names(key: str, value: Any, where: str) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise AccessError(f'{where}: {key} wants a list, such as {key} = ["anna@example.org"].')
    return [item.strip().lower() for item in value]
