"""How processes find each other and say why they failed; here both are one process."""

from __future__ import annotations

import inspect
import json
import os
import subprocess
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from torch.distributed import HashStore  # type: ignore[attr-defined]

from mild.config import parse
from mild.errors import DataError, DeviceError, TrainingError
from mild.store import lock
from mild.store.run import Run
from mild.store.writer import RunWriter, create_run
from mild.training.distributed import follower
from mild.training.distributed import rendezvous as rendezvous
from mild.training.distributed.follower import FACTS
from mild.training.distributed.null_writer import NullWriter
from mild.training.distributed.process_group import ALONE
from mild.training.distributed.rank import RankInfo, rank_from_environment
from mild.training.distributed.rendezvous import LostFirstRankError, Rendezvous
from mild.training.pipeline.prepare import prepare
from mild.training.runtime.device import Turn, choose_device, lock_names
from mild.training.runtime.stop import Stop, Stopped

FAILED = "Process 1 of 2: there is no such file"


@pytest.fixture
def doors(monkeypatch: pytest.MonkeyPatch) -> tuple[Rendezvous, Rendezvous]:
    """Of process 0 and of process 1."""
    monkeypatch.setattr(rendezvous, "LAST_WORDS_SECONDS", 0.2)
    store = HashStore()
    one, other = (Rendezvous(RankInfo(rank=rank, world_size=2), Stop(), store) for rank in (0, 1))
    return one, other


def test_what_one_tells_the_other_hears(doors: tuple[Rendezvous, Rendezvous]) -> None:
    first, other = doors
    threading.Timer(0.1, first.tell, ("facts", "ä")).start()
    assert other.hear("facts") == "ä"


def test_a_request_to_stop_is_heard_while_one_waits() -> None:
    stop = Stop()
    waiting = Rendezvous(RankInfo(rank=1, world_size=2), stop, HashStore())
    stop.asked = True
    with pytest.raises(Stopped):
        waiting.hear("begin")


def test_process_0_does_not_wait_for_one_that_failed(doors: tuple[Rendezvous, Rendezvous]) -> None:
    first, other = doors
    other.tell("failed", FAILED)
    with pytest.raises(TrainingError, match=FAILED):
        first.hear("here 1")


def test_the_others_do_not_wait_for_a_process_0_that_ended(
    doors: tuple[Rendezvous, Rendezvous],
) -> None:
    first, other = doors
    with pytest.raises(DataError), first.explained():
        raise DataError("no images.")
    with pytest.raises(LostFirstRankError):
        other.hear("go")


_CLOSED = "[gloo/transport/tcp/pair.cc:561] Connection closed by peer [127.0.0.1]:47535."


def test_a_closed_connection_is_explained_by_whoever_closed_it(
    doors: tuple[Rendezvous, Rendezvous],
) -> None:
    first, other = doors
    other.tell("failed", FAILED)
    with pytest.raises(TrainingError, match=FAILED), first.explained():
        raise RuntimeError(_CLOSED)


def test_a_closed_connection_without_a_word_is_told(doors: tuple[Rendezvous, Rendezvous]) -> None:
    first, _ = doors
    told = pytest.raises(TrainingError, match="One of the 2 processes of the run ended without a")
    with told, first.explained():
        raise RuntimeError(_CLOSED)


def test_a_request_to_stop_after_another_failed_is_torchruns(
    doors: tuple[Rendezvous, Rendezvous],
) -> None:
    first, other = doors
    other.tell("failed", FAILED)
    with pytest.raises(TrainingError, match=FAILED), first.explained():
        raise Stopped


def test_a_request_to_stop_after_another_died_is_torchruns_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store = HashStore()
    first = Rendezvous(RankInfo(rank=0, world_size=2, local_world_size=2), Stop(), store)

    def stopped() -> None:
        with first.explained():
            raise Stopped

    with subprocess.Popen(["sleep", "60"]) as process, monkeypatch.context() as patch:
        patch.setattr(os, "getpid", lambda: process.pid)
        other = Rendezvous(RankInfo(rank=1, world_size=2, local_world_size=2), Stop(), store)
        with pytest.raises(Stopped):
            stopped()
        process.kill()
    with pytest.raises(TrainingError, match="ended without a word"):
        stopped()
    other.part()
    with pytest.raises(Stopped):
        stopped()


def test_an_error_of_process_0_itself_stays_what_it_is(
    doors: tuple[Rendezvous, Rendezvous],
) -> None:
    first, _ = doors
    with pytest.raises(RuntimeError, match="shapes differ"), first.explained():
        raise RuntimeError("shapes differ")


def _facts(**changes: Any) -> dict[str, Any]:
    run = Run(create_run(parse({})))
    writer = RunWriter(run.folder)
    prepare(run.config(), writer, Stop())
    writer.close()
    facts = run.facts()
    return {name: facts[name] for name in FACTS} | changes


def test_the_others_check_that_their_images_are_those_of_process_0(
    doors: tuple[Rendezvous, Rendezvous],
) -> None:
    first, other = doors
    config, facts = parse({}), _facts()
    first.tell("facts", json.dumps(facts))
    prepared = follower._prepared(config, Stop(), other)
    assert prepared.images.shape[0] == facts["n_instances"]
    assert prepared.clean_N is None
    assert not np.any(prepared.given_N)  # process 0 hands them on
    for name, wrong in (("images_checksum", 1), ("n_test", 1), ("class_names", ["a", "b"])):
        first.tell("facts", json.dumps(facts | {name: wrong}))
        with pytest.raises(DataError) as error:
            follower._prepared(config, Stop(), other)
        assert str(error.value).endswith(
            "these are not the images that process 0 has; "
            "put the same files at the same path on every machine."
        )


def test_without_a_pen_nothing_is_written_whatever_a_pen_can_do() -> None:
    pen = NullWriter()
    methods = [name for name, _ in inspect.getmembers(RunWriter, inspect.isfunction)]
    public = [name for name in methods if not name.startswith("_")]
    assert {"set_state", "facts", "end_epoch", "end_round", "recover", "close"} <= set(public)
    for name in public:
        assert getattr(pen, name)("anything", other=1) is None


def test_torchrun_tells_which_process_this_is(monkeypatch: pytest.MonkeyPatch) -> None:
    assert rank_from_environment() == RankInfo()
    for name, value in {"RANK": 5, "WORLD_SIZE": 8, "LOCAL_RANK": 1, "LOCAL_WORLD_SIZE": 4}.items():
        monkeypatch.setenv(name, str(value))
    assert rank_from_environment() == RankInfo(
        rank=5, world_size=8, local_rank=1, local_world_size=4
    )


@pytest.mark.parametrize(
    ("asked", "n", "names"),
    [
        ("cpu", 4, ("cpu",)),
        ("cuda", 1, ("cuda-0",)),
        ("cuda", 3, ("cuda-0", "cuda-1", "cuda-2")),
        ("cuda:2", 1, ("cuda-2",)),
        ("mps", 1, ("mps",)),
    ],
)
def test_every_device_has_a_lock_of_its_own(asked: str, n: int, names: tuple[str, ...]) -> None:
    assert lock_names(asked, n) == names


def test_a_turn_is_all_devices_or_none(tmp_path: Path) -> None:
    two = Turn(tmp_path, ("cuda-0", "cuda-1"))
    last = Turn(tmp_path, ("cuda-1",))
    assert last.acquire()
    assert not two.free()
    assert not two.acquire()
    assert lock.holder(tmp_path / "cuda-0.lock") is None
    last.release()
    assert two.free()
    assert two.acquire()
    assert not last.acquire()
    two.release()


def test_more_gpus_than_there_are_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    with pytest.raises(DeviceError) as error:
        choose_device("auto", RankInfo(rank=0, world_size=2, local_world_size=2))
    assert str(error.value) == (
        "2 devices are asked for, but this machine has 1 GPU; ask for fewer with --devices, or for "
        "the processor with --device cpu."
    )


def test_each_process_has_a_gpu_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    chosen: list[Any] = []
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 4)
    monkeypatch.setattr(torch.cuda, "set_device", chosen.append)
    device, reason = choose_device(
        "cuda", RankInfo(rank=6, world_size=8, local_rank=2, local_world_size=4)
    )
    assert (str(device), chosen) == ("cuda:2", [device])
    assert reason == "GPUs 0 to 3 of this machine, one for each process"
    assert choose_device("cpu", RankInfo(rank=1, world_size=2, local_world_size=2))[0].type == "cpu"


def test_one_process_alone_agrees_with_itself() -> None:
    stop = Stop()
    assert ALONE.number(lambda: 7) == 7
    assert ALONE.shared_stop(stop) is stop
    assert (ALONE.alone, ALONE.first) == (True, True)
