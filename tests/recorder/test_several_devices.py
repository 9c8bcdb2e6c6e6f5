"""The loop on several GPUs in docs/recorder.md runs as it stands; here it is one process alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import mild
from mild.store.run import all_runs
from tests.docs.documents import examples

dist = pytest.importorskip("torch.distributed")
torch = pytest.importorskip("torch")


@pytest.fixture
def alone() -> Iterator[None]:
    dist.init_process_group("gloo", rank=0, world_size=1, store=dist.HashStore())
    yield
    dist.destroy_process_group()


def test_the_first_process_records_what_all_of_them_saw(alone: None) -> None:
    labels = np.arange(101) % 3
    data = [(index, torch.eye(3)[label], int(label)) for index, label in enumerate(labels)]
    steps: list[Any] = []
    world: dict[str, Any] = {
        "mild": mild, "torch": torch, "labels": labels, "data": data,
        "network": lambda images: 2 * images, "step": lambda *_: steps.append(1),
    }  # fmt: skip
    exec(examples("recorder.md")[8], world)
    (run,) = all_runs()
    assert (run.state().state, len(run.epochs()), len(steps)) == ("done", 3, 12)
    assert np.asarray(run.predictions(0)[-1]).tolist() == labels.tolist()
