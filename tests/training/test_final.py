"""The final stage: supervised or MixMatch, by the moving average of the weights or without."""

from __future__ import annotations

from typing import Any

import pytest

from mild.store.run import Run
from mild.store.writer import create_run
from mild.training.stopping import Stopped
from tests.training.resumable import StopAfter, config, digests, train

MIXMATCH: dict[str, Any] = {"kind": "mixmatch", "epochs": 3}


@pytest.mark.parametrize("kind", ["supervised", "mixmatch"])
@pytest.mark.parametrize("from_scratch", [True, False])
def test_a_killed_final_stage_with_moving_average_resumes_bit_for_bit(
    runs_root, kind, from_scratch
):
    final = {"kind": kind, "epochs": 3, "from_scratch": from_scratch, "ema_decay": 0.9}
    whole = train(create_run(config(final=final), runs_root))
    folder = create_run(config(final=final), runs_root)
    for n_epochs in (7, 8, 9):
        with pytest.raises(Stopped):
            train(folder, StopAfter(folder, n_epochs))
        assert len(Run(folder).epochs()) == n_epochs
    assert digests(train(folder)) == digests(whole)
