"""The examples that the documentation shows, so that tests can run them as they stand."""

from __future__ import annotations

import re

from tests.conftest import PROJECT


def examples(name: str) -> list[str]:
    """The Python blocks of docs/NAME, from top to bottom."""
    text = (PROJECT / "docs" / name).read_text(encoding="utf-8")
    return re.findall(r"```python\n(.*?)```", text, re.DOTALL)
