"""Round after round: train on what is kept, record, select; the network goes on learning."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from torch import nn

from mild.judging import judge
from mild.store.run import Run
from mild.training.prepare import Prepared
from mild.training.stage import train_stage
from mild.training.workplace import Workplace

IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True, slots=True)
class RoundsEnd:
    """What the rounds leave to the final stage."""

    kept_index_N: IntArray
    n_rounds: int


def run_rounds(work: Workplace, network: nn.Module, run: Run, prepared: Prepared) -> RoundsEnd:
    """All rounds asked for, or fewer where one removes next to nothing."""
    rounds = work.config.rounds
    final = work.config.final
    index_N = np.arange(len(prepared.given_N), dtype=np.int64)
    for number, settings in enumerate(rounds):
        began = time.monotonic()
        work.writer.set_state("training", f"Round {number + 1} of {len(rounds)}.")
        work.writer.begin_round(number, index_N, work.n_classes)
        after = sum(later.epochs for later in rounds[number + 1 :])
        train_stage(
            work,
            network,
            stage=number,
            index_N=index_N,
            n_epochs=settings.epochs,
            epochs_after=after + (final.epochs if final.kind != "none" else 0),
            recorded=True,
        )
        work.writer.set_state("selecting", f"Round {number + 1}: where is the cut?")
        judged = judge(
            run,
            number,
            work.config.selection,
            given_A=prepared.given_N,
            clean_A=prepared.clean_N,
            seconds=time.monotonic() - began,
        )
        work.writer.end_round(judged.record, scores=judged.scores, selection=judged.arrays)
        selection = judged.selection
        removed_share = 1 - selection.n_kept / len(index_N)
        if selection.n_kept >= max(2, work.n_classes):
            index_N = index_N[judged.kept_N]
        else:
            work.writer.event("note", f"Round {number + 1} kept too little to train on.")
            return RoundsEnd(kept_index_N=index_N, n_rounds=number + 1)
        if removed_share < work.config.selection.min_removed_share and number + 1 < len(rounds):
            work.writer.event(
                "note",
                f"No round follows round {number + 1}: it removed {removed_share:.2%} of its "
                f"instances, less than {work.config.selection.min_removed_share:.2%}.",
            )
            return RoundsEnd(kept_index_N=index_N, n_rounds=number + 1)
    return RoundsEnd(kept_index_N=index_N, n_rounds=len(rounds))
