"""What to call whoever reviews: by the sign-in, by MILD_REVIEWER, or by a name asked once.

Without a sign-in the one at this machine is asked for a name, which is kept in a file of their own,
beside the settings of other programs.
"""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path

from mild.access.user import current_user
from mild.errors import AccessError

VARIABLE = "MILD_REVIEWER"
MAX_LENGTH = 80
"""Characters of a name."""


def known_reviewer() -> str:
    """Name the present reviewer; '' where nobody told."""
    return _given() or _kept()


def is_given() -> bool:
    """Whether the name is that of a sign-in or of the environment, and not to be changed here."""
    return bool(_given())


def remember(name: str) -> str:
    """Keep a name for this machine's user, and return it as it is kept.

    Raises
    ------
    AccessError
        If it is empty or too long, or has characters that are none of a name.
    """
    name = checked(name)
    try:
        path = _file()
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{name}\n", encoding="utf-8")
    except (OSError, RuntimeError):
        pass  # a home that cannot be written to: asked again next time
    return name


def checked(name: str) -> str:
    """Return a reviewer's name as all spell it: one space between words, letters composed.

    Raises
    ------
    AccessError
        If it is empty or too long, or has characters that are none of a name.
    """
    name = " ".join(unicodedata.normalize("NFC", name).split())
    if not 0 < len(name) <= MAX_LENGTH:
        raise AccessError(
            f"A reviewer's name has 1 to {MAX_LENGTH} characters, not {len(name)}; write another."
        )
    if not name.isprintable():
        raise AccessError("A reviewer's name has letters that cannot be shown; write another.")
    return name


def checked_or_none(name: str) -> str | None:
    """As `checked`; None instead of an error."""
    try:
        return checked(name)
    except AccessError:
        return None


def _given() -> str | None:
    user = current_user()
    return user.email.lower() or user.name or checked_or_none(os.environ.get(VARIABLE, ""))


def _kept() -> str:
    try:
        return checked_or_none(_file().read_text(encoding="utf-8")[: 2 * MAX_LENGTH]) or ""
    except (OSError, ValueError, RuntimeError):
        return ""


def _file() -> Path:
    settings = os.environ.get("XDG_CONFIG_HOME")
    return (Path(settings) if settings else Path.home() / ".config") / "mild" / "reviewer"
