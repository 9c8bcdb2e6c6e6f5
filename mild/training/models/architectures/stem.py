"""The stem rule: how a network made for large images begins where they are small."""

SMALL_IMAGE = 64
"""Up to this side, a 7 x 7 convolution of stride 2 and a pooling throw away too much."""
LARGE_IMAGE = 224
"""A side by which a network keeps the stem that its published weights have."""


def is_small(image_side: int) -> bool:
    """Tell whether a network is to begin without what shrinks an image.

    Examples
    --------
    >>> is_small(32), is_small(224)
    (True, False)
    """
    return image_side <= SMALL_IMAGE
