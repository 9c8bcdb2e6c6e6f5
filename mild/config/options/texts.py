"""Rounds and cuts as they are typed; what is neither is left to `parse`, which says so."""

from __future__ import annotations

import re
from typing import Any

from mild.config import RoundConfig

_WHOLE_NUMBER = re.compile("[0-9]{1,9}")


def read_rounds(text: str) -> list[Any]:
    """Read numbers of epochs; what is none is left to `parse`, which tells it with the rest."""
    parts = [part.strip() for part in text.split(",")]
    return [_round(part) for part in parts] if any(parts) else []


def _round(text: str) -> Any:
    if ":" in text:
        epochs, _, weight_decay = text.partition(":")
        return {"epochs": epochs.strip(), "weight_decay": weight_decay.strip()}
    return int(text) if _WHOLE_NUMBER.fullmatch(text) else text


def read_cuts(text: str) -> Any:
    """Read cuts by round, which people count from 1; what is no such list is left to `parse`."""
    found: dict[Any, Any] = {}
    for part in text.split(","):
        number, _, cut = (word.strip() for word in part.partition(":"))
        found[int(number) - 1 if _WHOLE_NUMBER.fullmatch(number) else number] = cut
    return found


def round_in_words(settings: RoundConfig) -> str:
    """Write one round as it is typed."""
    decay = settings.weight_decay
    return str(settings.epochs) if decay is None else f"{settings.epochs}:{decay}"
