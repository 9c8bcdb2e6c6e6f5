"""Numbers and lists in the words that people read, and what they call an instance of a run."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeGuard


def percent(share: float | None, digits: int = 1) -> str:
    """Write a share from 0 to 1 in per cent; a dash where it is unknown."""
    if share is None or math.isnan(share):
        return "–"
    return f"{100 * share:.{digits}f} %"


def score(value: float | None, digits: int = 3) -> str:
    """Write a score from 0 to 1, such as F1 or AUROC, as the field does; a dash if unknown.

    Examples
    --------
    >>> score(0.917), score(1.0)
    ('.917', '1.000')
    """
    if value is None or math.isnan(value):
        return "–"
    return f"{value:.{digits}f}".removeprefix("0")


def count(n: int) -> str:
    """Write a number with separators."""
    return f"{n:,}"


def duration(seconds: float) -> str:
    """Write a time in the largest units that matter."""
    seconds = max(0, round(seconds))
    if seconds < 60:
        return f"{seconds} s"
    minutes, seconds = divmod(seconds, 60)
    if minutes < 60:
        return f"{minutes} min {seconds:02d} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02d} min"


def interval(low_high: tuple[float, float] | None) -> str:
    """Write an interval of shares in per cent."""
    if not _known(low_high):
        return ""
    return f"{percent(low_high[0])} to {percent(low_high[1])}"


def between(low_high: tuple[float, float] | None) -> str:
    """Write an interval of shares in per cent, in parentheses, to stand after the share."""
    if not _known(low_high):
        return ""
    return f" ({100 * low_high[0]:.1f} to {100 * low_high[1]:.1f})"


def score_between(low_high: tuple[float, float] | None) -> str:
    """Write an interval of scores, in parentheses, to stand after the score.

    Examples
    --------
    >>> score_between((0.51, 0.9976))
    ' (.510 to .998)'
    """
    if not _known(low_high):
        return ""
    return f" ({score(low_high[0])} to {score(low_high[1])})"


def score_span(low_high: tuple[float, float] | None) -> str:
    """Write an interval of scores to two digits, where a single figure would say too much.

    Examples
    --------
    >>> score_span((0.513, 0.998))
    '.51 to 1.00'
    """
    if not _known(low_high):
        return "–"
    low, high = (score(item, 2) for item in low_high)
    return high if low == high else f"{low} to {high}"


def span(low_high: tuple[float, float] | None) -> str:
    """Write an interval of shares in whole per cent, where a single figure would say too much.

    Examples
    --------
    >>> span((0.204, 0.393))
    '20 to 39 %'
    """
    if not _known(low_high):
        return "–"
    low, high = (percent(item, 0) for item in low_high)
    return high if low == high else f"{low.removesuffix(' %')} to {high}"


def _known(low_high: tuple[float, float] | None) -> TypeGuard[tuple[float, float]]:
    return low_high is not None and not any(math.isnan(item) for item in low_high)


def some(names: Sequence[str], most: int) -> str:
    """List the first names of many; an ellipsis stands for the others.

    Examples
    --------
    >>> some(["cat", "dog", "emu"], 2), some(["cat", "dog"], 2)
    ('cat, dog, ...', 'cat, dog')
    """
    return ", ".join(names[:most]) + (", ..." if len(names) > most else "")


def cut_text(cut: float) -> str:
    """Write a cut: a whole number of epochs as such, one within a count to a hundredth.

    Examples
    --------
    >>> cut_text(12.0), cut_text(10.58333)
    ('12', '10.58')
    """
    return f"{cut:.2f}".rstrip("0").rstrip(".")


def figure(value: float) -> str:
    """Write a number of somebody's data in the digits that tell it apart: four, if not whole.

    Examples
    --------
    >>> figure(1065), figure(0.123456), figure(13.0), figure(float("inf"))
    ('1,065', '0.1235', '13', '∞')
    """
    if math.isnan(value):
        return "–"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if value == round(value) and abs(value) < 1e15:
        return f"{round(value):,}".replace("-", "−")
    return f"{value:.4g}".replace("-", "−")


@dataclass(frozen=True, slots=True)
class Noun:
    """What people call an instance of a run."""

    one: str
    many: str

    def count(self, n: int) -> str:
        """Say so many of them."""
        return f"{count(n)} {self.one if n == 1 else self.many}"

    def said(self, sentence: str) -> str:
        """Say a sentence about images of what they are here.

        Examples
        --------
        >>> SAMPLE.said("An image is kept, all other images are flagged.")
        'A sample is kept, all other samples are flagged.'
        """
        return sentence if self == IMAGE else _IMAGE.sub(self._instead, sentence)

    def _instead(self, found: re.Match[str]) -> str:
        article, word = found["article"] or "", found["word"]
        noun = self.many if word.endswith("s") else self.one
        noun = noun.capitalize() if word[0].isupper() else noun
        return article[:1] + " " * bool(article) + noun


IMAGE = Noun("image", "images")
SAMPLE = Noun("sample", "samples")
_IMAGE = re.compile(r"\b(?P<article>[Aa]n )?(?P<word>[Ii]mages?)\b")
