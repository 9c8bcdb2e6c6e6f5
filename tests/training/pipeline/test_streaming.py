"""Images decoded as they are needed come to the same as images that are all in memory."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from mild import jobs
from mild.config import AugmentationConfig, parse
from mild.data.dataset import ImageArray, ImageFiles
from mild.errors import DataError, TrainingError
from mild.store.run import Run
from mild.store.writer import create_run
from mild.training.pipeline.channels import channel_counts, mean_and_std
from mild.training.pipeline.decoding import Readers
from mild.training.pipeline.interface import Share
from mild.training.pipeline.resident import ResidentImages, shuffled
from mild.training.pipeline.streaming import StreamedImages
from mild.training.runtime.stop import Stopped
from tests.training.image_files import save_all, save_folder, streamed
from tests.training.resumable import StopAfter, config, digests, train
from tests.training.test_worker import wait_for, wait_for_end, wait_for_epoch

CPU = torch.device("cpu")
N, HEIGHT, WIDTH = 50, 6, 9
VARIED = AugmentationConfig(crop_padding=2, flip=True)
AS_THEY_ARE = AugmentationConfig(crop_padding=0, flip=False)


def _pixels() -> ImageArray:
    rng = np.random.default_rng(0)
    return ImageArray(rng.integers(0, 256, (N, HEIGHT, WIDTH, 3), dtype=np.uint8))


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> ImageFiles:
    return save_all(_pixels(), tmp_path_factory.mktemp("files") / "images")


def _streamed(images: ImageFiles, n_workers: int = 0) -> StreamedImages:
    mean_C, std_C = mean_and_std(channel_counts(images.read_all()))
    readers = Readers([images], n_workers, pin=False)
    return StreamedImages(readers, 0, CPU, mean_C.tolist(), std_C.tolist())


def _epoch(pipeline: Any, settings: AugmentationConfig, share: Share | None = None) -> Any:
    """Every batch of an epoch, and where it leaves the generator."""
    generator = torch.Generator().manual_seed(3)
    order = shuffled(N, 16, generator)
    chosen = {} if share is None else {"share": share}
    batches = list(pipeline.batches(order, settings, generator, **chosen))
    return batches, generator.get_state()


@pytest.mark.parametrize("settings", [VARIED, AS_THEY_ARE], ids=["varied", "as they are"])
@pytest.mark.parametrize("n_workers", [0, 1, 3])
def test_both_pipelines_hand_out_the_same_batches(
    files: ImageFiles, n_workers: int, settings: AugmentationConfig
) -> None:
    resident = ResidentImages(files.read_all(), CPU, like=None)
    expected, state = _epoch(resident, settings)
    streamed_images = _streamed(files, n_workers)
    for _ in range(2):  # the second time by the processes of the first
        found, found_state = _epoch(streamed_images, settings)
        assert torch.equal(found_state, state)
        for one, other in zip(found, expected, strict=True):
            assert torch.equal(one, other)
            assert one.stride() == other.stride()


@pytest.mark.parametrize("kind", ["resident", "streamed"])
def test_shares_of_a_batch_together_are_the_batch(files: ImageFiles, kind: str) -> None:
    resident = ResidentImages(files.read_all(), CPU, like=None)
    pipeline = resident if kind == "resident" else _streamed(files)
    whole, state = _epoch(pipeline, VARIED)
    parts = [_epoch(pipeline, VARIED, Share(rank=rank, n_ranks=3)) for rank in range(3)]
    for number, batch in enumerate(whole):
        assert torch.equal(torch.cat([part[0][number] for part in parts]), batch)
    assert all(torch.equal(part[1], state) for part in parts)


def test_two_passes_at_a_time_do_not_disturb_each_other(files: ImageFiles) -> None:
    pipeline = _streamed(files, 1)
    order = list(torch.split(torch.arange(N), 20))
    backwards = [index_B.flip(0) for index_B in order]
    for one, other in zip(pipeline.batches(order), pipeline.batches(backwards), strict=True):
        assert torch.equal(one, other.flip(0))


def test_a_pass_that_is_given_up_leaves_nothing_to_the_next(files: ImageFiles) -> None:
    pipeline = _streamed(files, 1)
    order = list(torch.split(torch.arange(N), 5))
    first = next(pipeline.batches(order))
    assert torch.equal(next(pipeline.batches(order)), first)
    assert len(list(pipeline.batches(order))) == len(order)
    assert list(pipeline.batches([])) == []


def test_nothing_is_drawn_from_the_global_generator(files: ImageFiles) -> None:
    torch.manual_seed(0)
    before = torch.get_rng_state()
    _epoch(_streamed(files, 1), VARIED)
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize("n_workers", [0, 1])
def test_a_file_that_vanished_is_a_sentence(tmp_path: Path, n_workers: int) -> None:
    images = save_all(_pixels(), tmp_path / "images")
    pipeline = _streamed(images, n_workers)
    gone = tmp_path / "images" / "0030.png"
    gone.unlink()
    with pytest.raises(DataError) as error:
        list(pipeline.batches(list(torch.split(torch.arange(N), 8))))
    assert str(error.value) == (
        f"{gone}: cannot be read as an image (no such file or directory). "
        "Put it back as it was, then resume the run."
    )


@pytest.mark.slow
def test_a_process_that_is_killed_is_a_sentence(files: ImageFiles) -> None:
    pipeline = _streamed(files, 1)
    batches = pipeline.batches(list(torch.split(torch.arange(N), 1)))
    next(batches)
    reader = _children_that_decode()
    os.kill(reader[-1], signal.SIGKILL)
    with pytest.raises(TrainingError, match="ask for fewer with --workers"):
        list(batches)


def _children_that_decode() -> list[int]:
    """Ids of the processes that our server of processes has forked, in the order of their ids."""
    found = []
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError):
            parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            grandparent = int(
                Path(f"/proc/{parent}/stat").read_text().rpartition(")")[2].split()[1]
            )
            of_ours = b"multiprocessing" in Path(f"/proc/{parent}/cmdline").read_bytes()
            if grandparent == os.getpid() and of_ours:  # a browser's processes are not
                found.append(int(entry.name))
    return sorted(found)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run on images in memory, without a break."""
    return train(create_run(config(), tmp_path_factory.mktemp("whole") / "runs"))


@pytest.mark.parametrize("n_workers", [0, 2])
def test_a_streamed_run_is_the_resident_one_to_the_bit(
    runs_root: Path, tmp_path: Path, whole: Run, n_workers: int
) -> None:
    """Status, predictions, losses, weights: with crops, and whatever the number of processes."""
    folder = create_run(config(data={"workers": n_workers}), runs_root)
    run = train(folder, data=streamed(tmp_path / "files"))
    assert digests(run) == digests(whole)
    assert run.facts()["n_workers"] == n_workers


def test_a_streamed_run_is_resumed_to_the_bit(runs_root: Path, tmp_path: Path, whole: Run) -> None:
    data = streamed(tmp_path / "files")
    folder = create_run(config(data={"workers": 1}), runs_root)
    for n_epochs in (2, 5, 8):
        with pytest.raises(Stopped):
            train(folder, StopAfter(folder, n_epochs), data=data)
    assert digests(train(folder, data=data)) == digests(whole)


def processes_of(pid: int) -> list[int]:
    """The living processes of a worker's session."""
    found = []
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError):
            state, _, _, session = (entry / "stat").read_text().rpartition(")")[2].split()[:4]
            if int(session) == pid and state != "Z":
                found.append(int(entry.name))
    return found


def _start(path: Path, **changes: Any) -> Run:
    data = {"source": "folder", "path": str(path), "pipeline": "streaming", "workers": 2}
    settings = {"device": "cpu", "rounds": [10_000], "data": data, "optimizer": {"batch_size": 8}}
    return jobs.start(parse(settings | changes))


@pytest.mark.slow
def test_a_real_run_tells_which_file_vanished_goes_on_and_leaves_no_process(
    runs_root: Path, tmp_path: Path
) -> None:
    """Neither when it fails, nor when it is asked to stop, nor when it is killed."""
    run = _start(save_folder(tmp_path / "pictures", 40))
    pid = wait_for_epoch(run, 1)
    assert len(processes_of(pid)) >= 4  # the worker, the server, and two that decode
    assert (run.facts()["pipeline"], run.facts()["pipeline_reason"]) == ("streaming", "as asked")
    assert (run.facts()["n_workers"], run.facts()["n_workers_reason"]) == (2, "as asked")
    gone, kept = tmp_path / "pictures" / "dark", tmp_path / "kept"
    gone.rename(kept)
    assert wait_for_end(run) == "failed"
    assert run.state().sentence.startswith(f"{gone}{os.sep}")
    assert run.state().sentence.endswith(
        ".png: cannot be read as an image (no such file or directory). "
        "Put it back as it was, then resume the run."
    )
    wait_for(lambda: not processes_of(pid), "the end of all processes")
    kept.rename(gone)

    log, pid = run.log_tail(), _resume(run)
    asked = time.monotonic()
    jobs.stop(run)
    assert wait_for_end(run) == "stopped"
    assert time.monotonic() - asked < 5
    wait_for(lambda: not processes_of(pid), "the end of all processes")
    assert run.log_tail() == log  # nothing was added

    pid = _resume(run)
    os.kill(pid, signal.SIGKILL)
    assert wait_for_end(run) == "interrupted"
    wait_for(lambda: not processes_of(pid), "the end of all processes")


def _resume(run: Run) -> int:
    """Until one more epoch is done; the worker's number."""
    n_epochs = len(run.epochs())
    jobs.resume(run)
    return wait_for_epoch(run, n_epochs + 1)
