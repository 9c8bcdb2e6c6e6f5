"""The names of a run's classes, by label, as they are shown."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache

from mild.store.run import Run
from mild.ui.words import visible_name


class ClassNames:
    """Names of classes by label; the number itself where there is no name."""

    def __init__(self, names: list[str]) -> None:
        self._names = names

    def __getitem__(self, label: int) -> str:
        return self._names[label] if 0 <= label < len(self._names) else str(label)


def class_names(run: Run) -> ClassNames:
    """Return the names of a run's classes, as they are shown."""
    return ClassNames(shown_names(tuple(map(str, run.facts().get("class_names", ())))))


@lru_cache(maxsize=8)
def shown_names(names: tuple[str, ...]) -> list[str]:
    r"""Make names visible and short; with their label where two would look the same.

    Examples
    --------
    >>> shown_names(("dog", "cat\u200b", r"cat\u200b"))
    ['dog', 'cat\\u200b (1)', 'cat\\u200b (2)']
    """
    shown = [visible_name(name) for name in names]
    alike = Counter(shown)
    return [f"{name} ({i})" if alike[name] > 1 else name for i, name in enumerate(shown)]
