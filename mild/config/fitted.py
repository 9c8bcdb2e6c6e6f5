"""Settings that follow from the images: the preset for one's own, and why it is as it is."""

from __future__ import annotations

from typing import Any, Literal

from mild.config import RunConfig

NAME = "fitted"
"""What the preset is called."""
ABOUT = "Network, image size and epochs that follow from the number and the size of your images."
LARGEST_SIDE = 64
"""Pixels a side that larger images are brought to."""
FEW, SOME = 5_000, 20_000
"""Images up to which a set counts as small, and as middling."""
ROUNDS = {FEW: (40, 20), SOME: (30, 15)}
"""Epochs of the rounds by the number of images: the fewer, the less a network sees in one of them.
Longer rounds rank better as long as wrong labels are not yet memorized: on 3,000 images AUROC .835
after 16 epochs, .872 after 30 and .879 after 59 (docs/results.md)."""
MANY_ROUNDS = (20, 10)
SMALL_BATCH = 32
"""For small sets: twice as many steps in an epoch as with the usual 64."""
FAST, DEEP = "small-cnn", "preact-resnet18"
SMALLEST_FOR_DEEP = 24
"""Pixels a side below which the deeper network has nothing to gain."""
_OF = {"all": "all of", "mostly": "mostly"}


def fitted(
    base: RunConfig, *, n: int, size: tuple[int, int] | None, has_gpu: bool = False
) -> RunConfig:
    """Return the settings for `n` images, in place of those of `base` that depend on them.

    Parameters
    ----------
    size
        Width and height of most images in pixels; None where it is not known.
    has_gpu
        Whether a run here trains on one: then larger sets of larger images have a deeper network.
    """
    side = LARGEST_SIDE if size is None else min(*size, LARGEST_SIDE)
    deep = has_gpu and n > FEW and side >= SMALLEST_FOR_DEEP
    epochs = next((epochs for most, epochs in ROUNDS.items() if n <= most), MANY_ROUNDS)
    batch_size = SMALL_BATCH if n <= FEW else base.optimizer.batch_size
    update: dict[str, Any] = {
        "model": DEEP if deep else FAST,
        "rounds": tuple(base.rounds[0].model_copy(update={"epochs": item}) for item in epochs),
        "optimizer": base.optimizer.model_copy(update={"batch_size": batch_size}),
    }
    return base.model_copy(update=update)


def reason(
    config: RunConfig,
    *,
    n: int,
    n_classes: int,
    size: tuple[int, int] | None,
    of: Literal["all", "mostly", "many"] = "mostly",
) -> str:
    """Say what the images are and what therefore shall be trained, up to the full stop.

    `of` says whether `size` is that of all images, of most, or of neither.

    Examples
    --------
    >>> reason(fitted(RunConfig(), n=604, size=(500, 375)), n=604, n_classes=5, size=(500, 375))
    '604 images of 5 classes, mostly 500 × 375: small-cnn at 64 pixels, 60 epochs in 2 rounds'
    """
    large = size is None or max(size) > LARGEST_SIDE or of != "all"
    side = config.data.image_size or (LARGEST_SIDE if large else None)
    own = ""
    if size is not None:
        own = ", of many sizes" if of == "many" else f", {_OF[of]} {size[0]} × {size[1]}"
    at = f" at {side} pixels" if side else " at their own size"
    if config.pretrained or config.weights:  # the size is that of the weights
        at = ", a head on its features" if config.freeze else ""
    epochs = sum(item.epochs for item in config.rounds)
    rounds = f"{len(config.rounds)} rounds" if len(config.rounds) > 1 else "one round"
    return (
        f"{n:,} images of {n_classes} classes{own}: {config.model}{at}, {epochs} epochs in {rounds}"
    )
