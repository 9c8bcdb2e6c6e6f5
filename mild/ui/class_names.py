"""The names of a run's classes, by label."""

from __future__ import annotations

from mild.store.run import Run


class ClassNames:
    """Names of classes by label; the number itself where there is no name."""

    def __init__(self, names: list[str]) -> None:
        self._names = names

    def __getitem__(self, label: int) -> str:
        return self._names[label] if 0 <= label < len(self._names) else str(label)


def class_names(run: Run) -> ClassNames:
    """Return the names of a run's classes as the data set has them."""
    return ClassNames([str(name) for name in run.facts().get("class_names", [])])
