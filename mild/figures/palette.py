"""One colour, one meaning, everywhere; told apart by colour-blind eyes, on light and on dark.

Each stands out from both backgrounds by 3 : 1 or more (WCAG 2, 1.4.11), memorized from
misclassified as well.

Blue and vermilion are of M. Okabe and K. Ito's colour universal design.
"""

CLEAN = "#3b8fc9"
"""Clean or kept."""
MISLABELED = "#d66a20"
"""Mislabeled or flagged."""
ALL = "#7b8494"
"""Every instance, whatever its label is."""
ACCURACY = "#178f6e"
"""Held-out accuracy."""
LOSS = "#b667a0"
"""Training loss."""
PLANTED = "#a53cf5"
"""Trained with a label that we changed."""
GROUPS = {
    "all": ALL,
    "clean": CLEAN,
    "kept": CLEAN,
    "mislabeled": MISLABELED,
    "flagged": MISLABELED,
    "planted": PLANTED,
}
"""By the name of a group of instances."""

MEMORIZED = (26, 108, 133)
MISCLASSIFIED = (246, 196, 83)
NOT_SEEN = (127, 134, 148)
"""Red, green, blue; for pictures of status."""


def hex_of(rgb: tuple[int, int, int]) -> str:
    """Write a colour as the web does."""
    return "#{:02x}{:02x}{:02x}".format(*rgb)
