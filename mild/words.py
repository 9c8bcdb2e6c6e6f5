"""Numbers in the words that people read."""

from __future__ import annotations

import math


def percent(share: float | None, digits: int = 1) -> str:
    """A share from 0 to 1 in per cent; a dash where it is unknown."""
    if share is None or math.isnan(share):
        return "–"
    return f"{100 * share:.{digits}f} %"


def score(value: float | None, digits: int = 3) -> str:
    """A score from 0 to 1, such as F1 or AUROC, the way the field writes it; a dash if unknown.

    Examples
    --------
    >>> score(0.917), score(1.0)
    ('.917', '1.000')
    """
    if value is None or math.isnan(value):
        return "–"
    return f"{value:.{digits}f}".removeprefix("0")


def count(n: int) -> str:
    """With separators."""
    return f"{n:,}"


def duration(seconds: float) -> str:
    """In the largest units that matter."""
    seconds = max(0, round(seconds))
    if seconds < 60:
        return f"{seconds} s"
    minutes, seconds = divmod(seconds, 60)
    if minutes < 60:
        return f"{minutes} min {seconds:02d} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02d} min"


def interval(low_high: tuple[float, float] | None) -> str:
    """An interval of shares in per cent."""
    if low_high is None or any(math.isnan(item) for item in low_high):
        return ""
    return f"{percent(low_high[0])} to {percent(low_high[1])}"


def between(low_high: tuple[float, float] | None) -> str:
    """An interval of shares in per cent, in parentheses, to stand after the share."""
    if low_high is None or any(math.isnan(item) for item in low_high):
        return ""
    return f" ({100 * low_high[0]:.1f} to {100 * low_high[1]:.1f})"


def score_between(low_high: tuple[float, float] | None) -> str:
    """An interval of scores, in parentheses, to stand after the score.

    Examples
    --------
    >>> score_between((0.51, 0.9976))
    ' (.510 to .998)'
    """
    if low_high is None or any(math.isnan(item) for item in low_high):
        return ""
    return f" ({score(low_high[0])} to {score(low_high[1])})"


def score_span(low_high: tuple[float, float] | None) -> str:
    """An interval of scores to two digits, where a single figure would say too much.

    Examples
    --------
    >>> score_span((0.513, 0.998))
    '.51 to 1.00'
    """
    if low_high is None or any(math.isnan(item) for item in low_high):
        return "–"
    low, high = (score(item, 2) for item in low_high)
    return high if low == high else f"{low} to {high}"


def span(low_high: tuple[float, float] | None) -> str:
    """An interval of shares in whole per cent, where a single figure would say too much.

    Examples
    --------
    >>> span((0.204, 0.393))
    '20 to 39 %'
    """
    if low_high is None or any(math.isnan(item) for item in low_high):
        return "–"
    low, high = (percent(item, 0) for item in low_high)
    return high if low == high else f"{low.removesuffix(' %')} to {high}"


def cut_text(cut: float) -> str:
    """A cut: a whole number of epochs as such, one within a count to a hundredth.

    Examples
    --------
    >>> cut_text(12.0), cut_text(10.58333)
    ('12', '10.58')
    """
    return f"{cut:.2f}".rstrip("0").rstrip(".")
