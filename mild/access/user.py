"""Who asks: the one question that every action puts before it acts.

A command or a worker acts for whoever started it on this machine. The dashboard says who asks by
`asked_by`; it looks each time, because a role can be taken from somebody who has a page open.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import ParamSpec, TypeVar

from mild.access.roles import Role
from mild.errors import AccessError

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


@dataclass(frozen=True, kw_only=True)
class User:
    """A person who asks for something."""

    name: str = ""
    """As the provider of the sign-in calls them; empty where nobody signs in."""
    email: str = ""
    role: Role = Role.NONE

    @property
    def words(self) -> str:
        """What to call them; empty where nobody signs in."""
        return self.name or self.email


LOCAL = User(role=Role.OWNER)
"""Whoever sits at this machine: without a sign-in, the only one who can ask."""

_ask: Callable[[], User] = lambda: LOCAL  # noqa: E731 - replaced by `asked_by`


def asked_by(ask: Callable[[], User]) -> None:
    """Have `current_user` answer what `ask` answers, from now on, in this process."""
    global _ask  # one process serves one dashboard
    _ask = ask


def current_user() -> User:
    """Return whoever the present action, page or command is for."""
    return _ask()


def may(role: Role) -> bool:
    """Whether the present user has this role or a higher one."""
    return current_user().role >= role


def needs(
    role: Role, what: str
) -> Callable[[Callable[Arguments, Result]], Callable[Arguments, Result]]:
    """Refuse a function to whoever has a lower role; that no button leads to it is no protection.

    Parameters
    ----------
    what
        Begins the sentence, such as "Starting a run".
    """

    def guard(function: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
        @functools.wraps(function)
        def guarded(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
            if (user := current_user()).role < role:
                raise AccessError(_refusal(user, role, what))
            return function(*args, **kwargs)

        guarded.needs = role  # type: ignore[attr-defined]  # a test looks for it
        return guarded

    return guard


def _refusal(user: User, role: Role, what: str) -> str:
    if user.role is Role.NONE:
        return f"{what} is for people who have signed in and have the role {role}."
    return (
        f"{what} needs the role {role}, and {user.words or 'you'} has the role {user.role}; ask an "
        "owner of this dashboard to do it, or for the role."
    )
