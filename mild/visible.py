"""Text that anybody may have written, as people see it: nothing in it acts, hides, or has no end.

Names of classes, files and runs, tags, notes and messages of other programs go through here before
they reach a terminal, a page or a report. What a place reads as markup is masked there. What is
written down, as the name of an image is, goes through `printable` before.
"""

from __future__ import annotations

import os
import re

MOST = 2_000
"""Characters of a sentence; a longer one ends in an ellipsis."""
MOST_OF_NAME = 80
"""Characters of a name among other words."""

_UNPRINTABLE = (
    "\x00-\x1f\x7f-\x9f"  # control characters: a terminal would obey them
    "\u2028\u2029\ud800-\udfff"  # line breaks, and bytes that are no text
)
_ANY_UNPRINTABLE = re.compile(f"[{_UNPRINTABLE}]")
_UNPRINTABLE_OR_BACKSLASH = re.compile(rf"[{_UNPRINTABLE}\\]")
_UNSEEN = re.compile(
    f"[{_UNPRINTABLE}"
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # they turn the direction of what follows
    "\u00ad\u115f\u1160\u17b4\u17b5\u180e\u200b\u2060-\u2065\u206a-\u206f\u3164\ufeff\uffa0"
    "\ufff9-\ufffb\U000e0000-\U000e0fff]"  # they are not seen at all
    "|(?<![^\x00-\x7f])[\u200c\u200d]"  # joiners, but in the scripts and pictures that need them
)


def visible(text: str, most: int = MOST, *, lines: bool = False) -> str:
    r"""Write text on one line, with escapes for what is not seen, cut to `most` characters.

    With `lines`, line breaks and tabs stay what they are.

    Examples
    --------
    >>> visible("cat\x1b[31m\u202egnp"), visible("c" * 9, most=5)
    ('cat\\x1b[31m\\u202egnp', 'cccc…')
    """
    if len(text) > most:
        text = f"{text[: most - 1]}…"
    if text.isprintable():
        return text
    return _UNSEEN.sub(_kept if lines else _escape, text)


def visible_name(text: str) -> str:
    """As `visible`, short enough to stand among other words."""
    return visible(text, MOST_OF_NAME)


def printable(text: str | os.PathLike[str]) -> str:
    r"""Escape control characters and stray bytes, so that text fits one line and UTF-8.

    For names that are written down and looked up again: unlike `visible`, nothing is cut, and what
    is printed but not seen stays.

    Examples
    --------
    >>> printable("two\nlines"), printable("caf\udce9.png"), printable("a\u200bb") == "a\u200bb"
    ('two\\nlines', 'caf\\xe9.png', True)
    """
    text = os.fspath(text)
    if text.isprintable() or not _ANY_UNPRINTABLE.search(text):
        return text
    return _UNPRINTABLE_OR_BACKSLASH.sub(_escape, text)


def _kept(found: re.Match[str]) -> str:
    return found[0] if found[0] in "\n\t" else _escape(found)


def _escape(found: re.Match[str]) -> str:
    char = found[0]
    if "\udc80" <= char <= "\udcff":  # a byte of a file name that is not UTF-8
        return f"\\x{ord(char) - 0xDC00:02x}"
    return char.encode("unicode_escape").decode("ascii")
