"""The life of every process of a run but the first: it computes its share, and writes nothing."""

from __future__ import annotations

import json
import sys
import traceback
from typing import Any

import numpy as np

from mild.config import RunConfig
from mild.data import load as sources
from mild.errors import DataError, MildError
from mild.store.run import Run
from mild.training.distributed.null_writer import NullWriter
from mild.training.distributed.rank import RankInfo, check
from mild.training.distributed.rendezvous import LostFirstRankError, Rendezvous, connection_lost
from mild.training.loop.run import train_run
from mild.training.pipeline.prepare import Prepared, all_in_memory
from mild.training.pipeline.reload import streamed_channels
from mild.training.pipeline.survey import checksum
from mild.training.runtime.context import make_context
from mild.training.runtime.device import choose_device
from mild.training.runtime.stop import Stop, Stopped
from mild.visible import visible

MOST_OF_TRACE = 20_000
"""Characters."""
FACTS = (
    "n_instances", "n_test", "class_names", "pipeline", "images_checksum", "images_mean",
    "images_deviation",
)  # fmt: skip
"""What process 0 tells of its data set."""


def follow(run: Run, rank_info: RankInfo, stop: Stop) -> int:
    """Compute a share of the run, from its turn to its end; the exit status.

    Of the run's folder it reads config.json and the checkpoint, nothing else.
    """
    rendezvous = Rendezvous(rank_info, stop)
    try:
        _train(run, rank_info, stop, rendezvous)
    except (Stopped, LostFirstRankError):
        rendezvous.part()
        return 0
    except Exception as error:
        if connection_lost(error):  # another process ended; process 0 says why, if it is left
            return 0
        sentence = (
            str(error) if isinstance(error, MildError) else f"{type(error).__name__}: {error}"
        )
        who = f"Process {rank_info.rank} of {rank_info.world_size}"
        rendezvous.tell("failed", f"{who}: {sentence}")
        print(
            visible(f"{who}:\n{traceback.format_exc()}", MOST_OF_TRACE, lines=True), file=sys.stderr
        )
        return 1
    return 0


def _train(run: Run, rank_info: RankInfo, stop: Stop, rendezvous: Rendezvous) -> None:
    config = run.config()
    check(rank_info, config.devices, run.run_id)
    rendezvous.hear("begin")
    device, _ = choose_device(config.device, rank_info)
    prepared = _prepared(config, stop, rendezvous)
    ranks = rendezvous.join(device)
    train_run(make_context(config, prepared, device, NullWriter(), stop, ranks), run, prepared)
    rendezvous.part()


def _prepared(config: RunConfig, stop: Stop, rendezvous: Rendezvous) -> Prepared:
    """Find the data set of process 0 here; its labels follow once all compute together."""
    data = sources.load(config.data, seed=config.seed, progress=lambda *_: stop.check())
    facts: dict[str, Any] = json.loads(rendezvous.hear("facts"))
    streamed = facts["pipeline"] == "streaming"
    if not streamed:
        data = all_in_memory(data, stop)
    found = {
        "n_instances": len(data.given_N),
        "n_test": len(data.test_labels_M),
        "class_names": list(data.class_names),
        "images_checksum": checksum(
            data.images, data.test_images, check=stop.check, streamed=streamed
        ),
    }
    if any(facts[key] != value for key, value in found.items()):
        raise DataError(
            f"{data.description}: these are not the images that process 0 has; "
            "put the same files at the same path on every machine."
        )
    return Prepared(
        images=data.images,
        given_N=np.zeros(len(data.given_N), dtype=np.int64),
        clean_N=None,
        test_images=data.test_images,
        test_labels_M=data.test_labels_M,
        n_classes=len(data.class_names),
        streamed=streamed_channels(facts) if streamed else None,
    )
