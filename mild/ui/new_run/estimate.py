"""How long a run will take here, and how much room: by runs that have finished, never guessed."""

from __future__ import annotations

import platform
from dataclasses import dataclass

from mild.analysis import pace as paces
from mild.analysis.pace import Pace
from mild.config import RunConfig
from mild.data.load import held_out_share
from mild.data.preview import Preview
from mild.data.sources import SOURCES
from mild.preflight.room import usual_bytes
from mild.store.folder import runs_root
from mild.store.run import all_runs, open_run
from mild.ui.cache.decorators import per_server
from mild.ui.words import count, plain

LARGEST_KEPT = 64
"""Pixels a side; larger images are made smaller before training."""
LOOKED_AT = 60
"""Newest runs whose pace is looked at."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Estimate:
    """What a run takes."""

    epochs: str
    """How many there are, in words."""
    n_bytes: int | None
    """On disk; None where the number of images is not known."""
    seconds: float | None
    """At most; None where no finished run tells."""
    why: str
    """By what the time is known, or why it is not."""


def estimate(config: RunConfig, found: Preview | None) -> Estimate:
    """Estimate time and room by the images that are there and the newest runs of this machine."""
    if found is None:
        why = "The time is not known yet: the number of images is not."
        return Estimate(epochs=_epochs(config), n_bytes=None, seconds=None, why=why)
    n = found.n_images
    if found.holds_out:
        n = round(n * (1 - held_out_share(config.data)))
    side = max(found.sizes.usual) if found.sizes else LARGEST_KEPT
    pace = paces.like(
        _paces(str(runs_root()), tuple(run.run_id for run in all_runs())[:LOOKED_AT]),
        config, machine=platform.node(), image_size=_image_size(config, found), n=n,
    )  # fmt: skip
    return Estimate(
        epochs=_epochs(config),
        n_bytes=usual_bytes(config, n, side),
        seconds=None if pace is None else paces.longest_seconds(config, n, pace),
        why=_why(config, pace),
    )


def roughly(seconds: float) -> str:
    """Round a time as people do who do not know it to the second.

    Examples
    --------
    >>> roughly(14.2), roughly(545), roughly(9000)
    ('15 seconds', '9 minutes', '2.5 hours')
    """
    if seconds < 55:
        return f"{max(5, 5 * round(seconds / 5))} seconds"
    if seconds < 5400:
        minutes = max(1, round(seconds / 60))
        return f"{minutes} minute{'s' if minutes > 1 else ''}"
    return f"{seconds / 3600:.1f} hours".replace(".0 ", " ")


def room(n_bytes: int) -> str:
    """Write a size on disk in the unit that fits.

    Examples
    --------
    >>> room(3_400_000), room(12_000_000_000)
    ('3 MB', '12 GB')
    """
    if n_bytes >= 10**10:
        return f"{n_bytes / 1e9:,.0f} GB"
    return f"{n_bytes / 1e9:.1f} GB" if n_bytes >= 10**9 else f"{max(1, n_bytes / 1e6):.0f} MB"


def _epochs(config: RunConfig) -> str:
    n_rounds = sum(item.epochs for item in config.rounds)
    words = f"{count(config.total_epochs)} epochs: {count(n_rounds)} in "
    words += f"{len(config.rounds)} rounds" if len(config.rounds) > 1 else "one round"
    if config.final.kind != "none":
        words += f", {count(config.final.epochs)} of the final model"
    return words


def _why(config: RunConfig, pace: Pace | None) -> str:
    if pace is None:
        return (
            "The time is not known yet: no run with this network, device and image size has "
            "finished on this machine."
        )
    text = (
        f"By the run {plain(pace.run)}, which took {1000 * pace.seconds_per_image:.3g} ms for an "
        "image in an epoch; less when rounds drop images."
    )
    if config.final.kind not in ("none", "supervised"):
        text += f" The final model's {count(config.final.epochs)} epochs come on top."
    return text


def _image_size(config: RunConfig, found: Preview) -> tuple[int, int] | None:
    """Return height and width; None where the worker will decide by the files."""
    if (side := config.data.image_size) is not None:
        return side, side
    files = SOURCES[config.data.source].list_files is not None
    if not files:
        height, width = found.images.shape[1:3]
        return None if max(height, width) > LARGEST_KEPT else (height, width)
    if found.sizes and min(found.sizes.largest) > LARGEST_KEPT:
        return LARGEST_KEPT, LARGEST_KEPT
    return None


@per_server(8, seconds=60)
def _paces(root: str, run_ids: tuple[str, ...]) -> list[Pace]:
    found = (_pace(root, run_id) for run_id in run_ids)
    return [pace for pace in found if pace is not None]


def _pace(root: str, run_id: str) -> Pace | None:
    """Read the pace of a run; `root` is there for the cache: another folder has other runs."""
    return paces.pace_of(open_run(run_id))
