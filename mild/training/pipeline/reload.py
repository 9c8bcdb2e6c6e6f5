"""Reload the data set before a run goes on, and hold it against what was written down.

Labels are those that were written at the beginning, so no wrong label is ever drawn a second time.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mild.config import RunConfig
from mild.data import load as sources
from mild.errors import DataError
from mild.store.run import Run
from mild.training.models.expected import sized_data
from mild.training.pipeline.prepare import Prepared, Streamed, all_in_memory
from mild.training.pipeline.survey import checksum
from mild.training.runtime.stop import Stop


def reload(config: RunConfig, run: Run, stop: Stop) -> Prepared:
    """Return what `prepare` gave at the beginning.

    Raises
    ------
    Stopped
        Between two files, after a request to stop.
    DataError
        If the data set is not the one that the run began with.
    """
    stored, facts = run.instances(), run.facts()
    data = sources.load(sized_data(config), seed=config.seed, progress=lambda *_: stop.check())
    if tuple(stored.names) != tuple(data.names):
        raise DataError(
            f"{data.description}: these are not the images that the run began with "
            f"({len(stored.names):,} then, {len(data.names):,} now); put back what was there, or "
            "start a new run."
        )
    streamed = facts.get("pipeline") == "streaming"  # as it began, like the checksum
    if not streamed:
        data = all_in_memory(data, stop)
    known = facts.get("images_checksum")
    found = checksum(data.images, data.test_images, check=stop.check, streamed=streamed)
    if known not in (None, found):
        raise DataError(
            f"{data.description}: some images are not as they were when the run began; "
            "put back what was there, or start a new run."
        )
    clean_N = stored.clean_N
    return Prepared(
        images=data.images,
        given_N=stored.given_N.astype(np.int64),
        clean_N=None if clean_N is None else clean_N.astype(np.int64),
        test_images=data.test_images,
        test_labels_M=data.test_labels_M,
        n_classes=len(data.class_names),
        streamed=streamed_channels(facts) if streamed else None,
    )


def streamed_channels(facts: dict[str, Any]) -> Streamed:
    """Read channel statistics of a set that streams from the facts of its run."""
    return Streamed(mean_C=tuple(facts["images_mean"]), std_C=tuple(facts["images_deviation"]))
