"""How long a run will train: told by finished runs of this machine alone, never guessed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mild.analysis import pace
from mild.analysis.pace import Pace
from mild.config import RunConfig, parse
from mild.store.writer import RunWriter
from tests.runs_for_tests import Until, write_run


def _pace(run_id: str, **known: Any) -> Pace:
    usual: dict[str, Any] = {
        "machine": "here",
        "model": "small-cnn",
        "device": "auto",
        "batch_size": 64,
        "data": RunConfig().data,
        "image_size": (8, 8),
        "n": 1000,
        "seconds_per_image": 0.001,
    }
    return Pace(run=run_id, **usual | known)


def _like(found: list[Pace], size: tuple[int, int] | None = (8, 8), **settings: Any) -> str | None:
    config = parse(settings)
    chosen = pace.like(found, config, machine="here", image_size=size, n=1000)
    return None if chosen is None else chosen.run


def test_a_run_of_other_images_network_device_or_machine_tells_nothing() -> None:
    others = [
        _pace("a", machine="there"),
        _pace("b", model="resnet18"),
        _pace("c", device="cuda"),
        _pace("d", image_size=(32, 32)),
    ]
    assert _like(others) is None
    assert _like([*others, _pace("e")]) == "e"


def test_the_same_batch_size_and_the_nearest_number_of_images_are_preferred() -> None:
    found = [_pace("far", n=100_000), _pace("near", n=1200), _pace("batch", batch_size=128)]
    assert _like(found) == "near"
    assert _like(found, optimizer={"batch_size": 128}) == "batch"
    assert _like([_pace("newer"), _pace("older")]) == "newer"


def test_where_the_image_size_is_not_known_only_the_same_data_tell_it() -> None:
    folder = {"source": "folder", "path": "/pictures"}
    same = _pace("same", data=parse({"data": folder}).data)
    assert _like([_pace("digits"), same], size=None, data=folder) == "same"
    assert _like([_pace("digits")], size=None, data=folder) is None


def test_time_grows_with_epochs_and_images_and_knows_no_round_that_drops() -> None:
    config = parse({"rounds": [4, 6], "final": {"epochs": 10}})
    assert pace.longest_seconds(config, 500, _pace("a")) == pytest.approx(20 * 500 * 0.001)
    without = parse({"rounds": [4, 6], "final": {"kind": "none"}})
    assert pace.longest_seconds(without, 500, _pace("a")) == pytest.approx(10 * 500 * 0.001)


def test_the_pace_of_a_run_is_what_its_rounds_recorded(runs_root: Path) -> None:
    run = write_run(runs_root, n=300)  # 0.1 s for every epoch, the second round has fewer images
    assert pace.pace_of(run) is None  # which machine it trained on is not on record
    writer = RunWriter(run.folder)
    writer.facts(machine="here")
    writer.close()
    found = pace.pace_of(run)
    assert found is not None
    assert (found.machine, found.n, found.image_size) == ("here", 300, (8, 8))
    assert found.seconds_per_image == pytest.approx(0.1 / 300)


@pytest.mark.parametrize("until", ["training", "stopped", "failed", "damaged"])
def test_a_run_that_is_not_done_has_no_pace(until: Until, runs_root: Path) -> None:
    assert pace.pace_of(write_run(runs_root, until=until)) is None
