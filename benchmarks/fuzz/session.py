"""A session of the dashboard without a server: what a page reads of address and widgets."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import streamlit as st


class Query(dict[str, list[str]]):
    """Stands in for `st.query_params`: several values to a name, of which the last is read."""

    def __getitem__(self, name: str) -> str:  # type: ignore[override]
        return super().__getitem__(name)[-1]

    def __setitem__(self, name: str, value: Any) -> None:
        super().__setitem__(name, [str(item) for item in value] if isinstance(value, list)
                            else [str(value)])  # fmt: skip

    def get(self, name: str, default: Any = None) -> Any:
        """The last value of a name."""
        return self[name] if name in self else default  # noqa: SIM401 - this is that

    def get_all(self, name: str) -> list[str]:
        """Every value."""
        return super().get(name, [])

    def to_dict(self) -> dict[str, str]:
        """The last value of each name."""
        return {name: self[name] for name in self}

    def from_dict(self, values: dict[str, Any]) -> None:
        """Hold these and no others."""
        self.clear()
        for name, item in values.items():
            self[name] = item

    def pop(self, name: str, default: Any = None) -> Any:
        """Take a name out."""
        return super().pop(name, [default])[-1]


@contextlib.contextmanager
def session(query: Query, state: dict[str, Any]) -> Iterator[None]:
    """Pages that are asked meanwhile find this address and these values."""
    with patch.object(st, "query_params", query), patch.object(st, "session_state", state):
        yield
