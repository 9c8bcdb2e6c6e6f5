"""A training loop of somebody's own with a `mild.Recorder`: numbers in the place of a network.

`python -m benchmarks.torture.recording ROOT` records into the runs folder ROOT until it is killed.
"""

from __future__ import annotations

import os
import sys
import time

import numpy as np

N, N_CLASSES, BATCH, EPOCHS = 600, 4, 100, 200
EPOCH_SECONDS = 0.05


def main(root: str) -> None:
    """Record one round of many epochs."""
    os.environ["MILD_RUNS_DIR"] = root
    import mild

    rng = np.random.default_rng(0)
    labels_N = rng.integers(0, N_CLASSES, N)
    with mild.Recorder(labels_N, name="recorded", epochs=EPOCHS) as recorder:
        for epoch in range(EPOCHS):
            for index_B in np.split(rng.permutation(N), N // BATCH):
                logits_BC = rng.normal(size=(BATCH, N_CLASSES))
                logits_BC[np.arange(BATCH), labels_N[index_B]] += 0.05 * epoch
                recorder.update(index_B, logits_BC)
            recorder.end_epoch()
            time.sleep(EPOCH_SECONDS)
        recorder.end_round()


if __name__ == "__main__":
    main(sys.argv[1])
