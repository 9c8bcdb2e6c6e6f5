"""One colour, one meaning, everywhere; told apart by colour-blind eyes, on light and on dark.

Blue and vermilion are of M. Okabe and K. Ito's colour universal design.
"""

CLEAN = "#3b8fc9"
"""Clean or kept."""
MISLABELED = "#e0762f"
"""Mislabeled or flagged."""
ALL = "#7b8494"
"""Every instance, whatever its label is."""
ACCURACY = "#1fa37f"
"""Held-out accuracy."""
LOSS = "#b667a0"
"""Training loss."""

MEMORIZED = (24, 104, 128)
MISCLASSIFIED = (246, 196, 83)
NOT_SEEN = (127, 134, 148)
"""Red, green, blue; for pictures of status."""


def hex_of(rgb: tuple[int, int, int]) -> str:
    """As a web colour."""
    return "#{:02x}{:02x}{:02x}".format(*rgb)
