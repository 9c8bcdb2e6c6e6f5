"""Somebody with a role, for the length of a test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from mild.access import Role, User, asked_by, user


@contextmanager
def asking(role: Role) -> Iterator[None]:
    """Whatever happens inside is asked for by somebody with this role."""
    before = user._ask
    asked_by(lambda: User(name="Vera", email="vera@example.org", role=role))
    try:
        yield
    finally:
        asked_by(before)
