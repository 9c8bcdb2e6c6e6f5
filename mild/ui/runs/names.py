"""What runs are called on home: by their names, which other pages use as well."""

from __future__ import annotations

from collections.abc import Iterable

from mild.store.overview import Overview
from mild.ui.cache.run_labels import distinct_labels


def names_of(lines: Iterable[Overview]) -> dict[str, str]:
    """Name each run by its id; no two are alike."""
    return distinct_labels({item.run_id: (item.name, item.created) for item in lines})
