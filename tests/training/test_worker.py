"""A real worker process: trained to the end, killed, stopped, failed, queued, and left alone."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from PIL import Image

from mild import jobs
from mild.analysis.instances.unjudged import kept_in_the_end
from mild.analysis.rounds.select_round import select_round
from mild.config import RunConfig, parse
from mild.core.dynamics import summarize, unpack_status
from mild.core.evaluation import evaluate
from mild.jobs import workers
from mild.store.folder import RunFolder
from mild.store.run import Run
from tests.conftest import PROJECT, end_workers
from tests.in_process import work
from tests.runs_for_tests import write_run

SECONDS = 180.0
"""Longer than anything here takes on a busy machine."""
TINY = parse(
    {
        "name": "tiny",
        "device": "cpu",
        "noise": {"model": "symmetric", "rate": 0.4},
        "rounds": [3, 2],
        "augmentation": {"crop_padding": 1, "flip": False},
        "selection": {"min_removed_share": 0.0},
        "final": {"epochs": 1},
    }
)
LONG = parse({"name": "long", "device": "cpu", "rounds": [10_000]})
QUICK = TINY.model_copy(update={"rounds": TINY.rounds[1:]})

_START = """
import sys
from mild import jobs
from mild.config import parse
import json
print(jobs.start(parse(json.loads(sys.argv[1]))).folder.path)
"""


def wait_for(condition: Callable[[], Any], what: str) -> Any:
    """What the condition gives once it is true."""
    deadline = time.monotonic() + SECONDS
    while not (answer := condition()):
        assert time.monotonic() < deadline, f"{what} did not come about within {SECONDS:.0f} s"
        time.sleep(0.05)
    return answer


def wait_for_end(run: Run) -> str:
    """The state in which a run ended."""
    wait_for(lambda: not run.state().live, f"the end of {run.run_id}")
    return run.state().state


def wait_for_epoch(run: Run, n: int) -> int:
    """The worker's process id once n epochs are committed."""
    wait_for(lambda: len(run.epochs()) >= n or not run.state().live, f"epoch {n}")
    pid = run.state().pid
    assert pid is not None, run.state().sentence
    return pid


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """Started by a process that ended at once, and trained to the end."""
    root = tmp_path_factory.mktemp("trained") / "runs"
    starter = subprocess.run(
        [sys.executable, "-c", _START, TINY.model_dump_json()],
        capture_output=True,
        text=True,
        cwd=PROJECT,
        env=os.environ | {"MILD_RUNS_DIR": str(root)},
        check=True,
    )
    run = Run(RunFolder(Path(starter.stdout.strip())))
    wait_for_end(run)
    yield run
    end_workers(root)


def test_a_run_outlives_the_process_that_started_it(trained: Run) -> None:
    assert trained.state().state == "done", trained.log_tail()
    left = kept_in_the_end(trained, 1, trained.instances().given_N)
    assert trained.state().sentence == f"{len(left):,} images kept."
    assert trained.log_tail() == ""


def test_the_record_has_every_epoch_and_round(trained: Run) -> None:
    epochs = [(item.stage, item.epoch) for item in trained.epochs()]
    assert epochs == [(0, 1), (0, 2), (0, 3), (1, 1), (1, 2), (2, 1)]
    for item in trained.epochs():
        assert item.seconds > 0
        assert np.isfinite(item.train_loss)
        assert 0 <= item.test_accuracy <= 1
    assert [(item.round, item.epochs) for item in trained.rounds()] == [(0, 3), (1, 2)]
    state = trained.state()
    assert state.created <= state.started <= state.ended
    assert state.epochs_left == 0


def test_the_facts_tell_what_was_derived(trained: Run) -> None:
    facts = trained.facts()
    labels = trained.instances()
    assert facts["class_names"] == list("0123456789")
    assert facts["n_instances"] + facts["n_test"] == 1797
    assert facts["n_instances"] == len(labels.given_N)
    assert facts["requested_noise_rate"] == 0.4
    assert facts["actual_noise_rate"] == (labels.given_N != labels.clean_N).mean()
    assert 0.3 < facts["actual_noise_rate"] < 0.42
    assert (facts["device"], facts["device_reason"]) == ("cpu", "as asked")
    assert set(facts["versions"]) == {"python", "torch", "numpy"}
    assert (facts["image_height"], facts["image_width"], facts["n_skipped"]) == (8, 8, 0)


def test_instances_and_thumbnails_are_those_of_the_data_set(trained: Run) -> None:
    table = pq.read_table(trained.folder.instances)
    n = trained.facts()["n_instances"]
    assert table.column_names == ["index", "given", "clean", "name"]
    assert table["index"].to_pylist() == list(range(n))
    assert len(set(table["name"].to_pylist())) == n
    thumbnails = np.load(trained.folder.thumbnails)
    assert (thumbnails.shape, thumbnails.dtype) == ((n, 8, 8, 3), np.uint8)
    from sklearn.datasets import load_digits

    digits = load_digits()
    there = {image.tobytes() for image in (digits.images * 255 // 16).astype(np.uint8)}
    assert all(image[..., 0].tobytes() in there for image in thumbnails)


def test_status_tells_whether_the_label_trained_on_was_predicted(trained: Run) -> None:
    given_N = trained.instances().given_N
    for number, n_epochs in ((0, 3), (1, 2)):
        folder = trained.folder.round(number)
        index_N = np.load(folder / "index.npy")
        packed_EK, predictions_EN = np.load(folder / "status.npy"), trained.predictions(number)
        assert packed_EK.dtype == predictions_EN.dtype == np.uint8
        assert packed_EK.shape == (n_epochs, -(-len(index_N) // 8))
        assert predictions_EN.shape == (n_epochs, len(index_N))
        memorized_EN = np.unpackbits(packed_EK, axis=1)[:, : len(index_N)].astype(bool)
        planted = trained.planted(number)
        assert len(planted)
        trained_N = planted.trained_on(given_N[index_N])
        np.testing.assert_array_equal(memorized_EN, predictions_EN == trained_N)
        np.testing.assert_array_equal(memorized_EN, unpack_status(packed_EK, len(index_N)))
        margins_EN, losses_EN = trained.margins(number), trained.losses(number)
        assert (margins_EN[memorized_EN] >= 0).all()
        assert (margins_EN[~memorized_EN] <= 0).all()
        assert (losses_EN[~memorized_EN] >= np.log(2) - 1e-3).all()
        shares = [item.memorized_share for item in trained.epochs() if item.stage == number]
        own_N = ~planted.mask(len(index_N))
        np.testing.assert_allclose(memorized_EN[:, own_N].mean(axis=1), shares, rtol=1e-6)


def test_the_selection_follows_from_the_status_and_leads_to_the_next_round(trained: Run) -> None:
    labels = trained.instances()
    n = len(labels.given_N)
    for record in trained.rounds():
        index_N, selection = trained.index(record.round), trained.selection(record.round)
        dynamics = summarize(trained.status(record.round), len(index_N))
        judged_N = ~selection["planted"]
        again = select_round(trained, record.round, trained.config().selection)
        np.testing.assert_array_equal(selection["kept"], again.kept_N)
        np.testing.assert_array_equal(
            selection["kept"], (selection["score"] < record.cut) & judged_N
        )
        assert not selection["kept"][~judged_N].any()
        assert record.planted == (~judged_N).sum() == len(trained.planted(record.round))
        np.testing.assert_array_equal(selection["misclassified"], dynamics.misclassified_N)
        assert (record.cut, record.kept, record.rule) == (again.cut, again.n_kept, "expected-error")
        assert record.noise_rate_estimate == again.noise_rate_estimate
        assert record.trained_on == len(index_N)
        if record.round == 0:
            np.testing.assert_array_equal(index_N, np.arange(n))
            stays_N = selection["kept"] | selection["planted"]
            np.testing.assert_array_equal(trained.index(1), index_N[stays_N])
        score_A = np.full(n, dynamics.n_epochs + 1.0)
        score_A[index_N] = selection["score"]
        kept_A = np.isin(np.arange(n), index_N[selection["kept"]])
        judged_A = ~np.isin(np.arange(n), index_N[~judged_N])
        arrays = (score_A, kept_A, labels.given_N, labels.clean_N)
        truth = evaluate(*(array_A[judged_A] for array_A in arrays))  # type: ignore[arg-type]
        assert (record.precision, record.recall, record.f1_flagged, record.auroc) == (
            truth.precision, truth.recall, truth.f1_flagged, truth.auroc,
        )  # fmt: skip


def test_the_scores_follow_from_the_recorded_epochs(trained: Run) -> None:
    for number in (0, 1):
        scores, n = trained.scores(number), len(trained.index(number))
        dynamics = summarize(trained.status(number), n)
        np.testing.assert_array_equal(scores["metric"], dynamics.metric_N)
        np.testing.assert_array_equal(
            scores["first_memorized_epoch"], dynamics.first_memorized_epoch_N
        )
        np.testing.assert_array_equal(scores["forgetting_events"], dynamics.forgetting_events_N)
        np.testing.assert_allclose(
            scores["mean_loss"], np.array(trained.losses(number), float).mean(axis=0), rtol=1e-3
        )


def test_a_run_made_for_tests_has_the_files_of_a_real_one(trained: Run, runs_root: Path) -> None:
    made = write_run(runs_root, epochs=(3, 2), n_held_out=60)

    def layout(run: Run) -> set[str]:
        files = {path.relative_to(run.folder.path) for path in run.folder.path.rglob("*")}
        return {str(name) for name in files if name.name not in ("run.db-wal", "run.db-shm")}

    last = ("network.pt", "probabilities.npy", "planted.npz")  # of each round
    of_the_worker = {f"rounds/{number:03}/{name}" for number in (0, 1) for name in last}
    of_the_worker |= {"worker.log", "checkpoint", "checkpoint/state.pt"}
    of_the_worker |= {"rounds/000/neighbours.npz"}
    assert layout(trained) == layout(made) | of_the_worker
    for number in (0, 1):
        for read in (Run.scores, Run.selection):
            real, ours = read(trained, number), read(made, number)
            assert {name: array.dtype for name, array in real.items() if name in ours} == {
                name: array.dtype for name, array in ours.items()
            }
            assert set(real) - set(ours) <= {"weight", "shape", "scale"}
        for read in (  # type: ignore[assignment]
            Run.index, Run.status, Run.predictions, Run.losses, Run.margins,
            Run.held_out_predictions,
        ):  # fmt: skip
            assert read(trained, number).dtype == read(made, number).dtype  # type: ignore[attr-defined]
    assert set(made.facts()) <= set(trained.facts())
    assert [item.kind for item in trained.events()] == [item.kind for item in made.events()]


def test_a_killed_worker_leaves_a_readable_run(runs_root: Path) -> None:
    run = jobs.start(LONG)
    pid = wait_for_epoch(run, 2)
    wait_for(lambda: (run.state().share_of_epoch or 0) < 1, "the middle of an epoch")
    assert os.getsid(pid) == pid  # a session of its own: no terminal ends it
    os.kill(pid, signal.SIGKILL)
    assert wait_for_end(run) == "interrupted"
    epochs = run.epochs()
    n, n_epochs, planted = len(run.index(0)), len(epochs), run.planted(0)
    own_N = ~planted.mask(n)
    assert [item.epoch for item in epochs] == list(range(1, n_epochs + 1))
    assert n_epochs >= 2
    memorized_EN = unpack_status(run.status(0), n)
    assert memorized_EN.shape == (n_epochs, n)
    trained_N = planted.trained_on(run.instances().given_N)
    np.testing.assert_array_equal(memorized_EN, run.predictions(0) == trained_N)
    np.testing.assert_allclose(
        memorized_EN[:, own_N].mean(axis=1), [item.memorized_share for item in epochs], rtol=1e-6
    )
    np.testing.assert_allclose(
        np.array(run.losses(0), float)[:, own_N].mean(axis=1),
        [item.train_loss for item in epochs],
        rtol=1e-2,
    )
    assert len(run.margins(0)) == n_epochs
    assert run.rounds() == []


def test_runs_on_one_device_take_turns_in_the_order_in_which_they_were_created(
    runs_root: Path,
) -> None:
    at_work = jobs.start(LONG)
    wait_for(lambda: at_work.state().state != "queued", "the first run's turn")
    waiting = [jobs.start(QUICK) for _ in range(3)]
    wait_for(lambda: all(run.state().pid for run in waiting), "three workers in the queue")
    assert [run.state().state for run in waiting] == ["queued"] * 3

    jobs.stop(waiting[1])  # in the queue
    assert wait_for_end(waiting[1]) == "stopped"
    assert waiting[1].state().sentence == "Stopped while it waited for its turn."
    assert waiting[1].state().started is None

    wait_for_epoch(at_work, 1)  # at work
    asked = time.monotonic()
    jobs.stop(at_work)
    assert wait_for_end(at_work) == "stopped"
    assert time.monotonic() - asked < 10
    assert at_work.state().sentence == "Stopped on request; every epoch up to here is kept."
    assert len(at_work.status(0)) == len(at_work.epochs()) >= 1

    assert [wait_for_end(waiting[0]), wait_for_end(waiting[2])] == ["done", "done"]
    turns = [at_work.state(), waiting[0].state(), waiting[2].state()]
    for before, after in pairwise(turns):
        assert before.ended <= after.started


def _save_image(path: Path, brightness: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (8, 8), (brightness, brightness, brightness)).save(path)


@pytest.fixture
def worker_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs are trained in this process, to their end, when they are started."""
    monkeypatch.setattr(workers, "launch", work)


def _fail(config: RunConfig) -> Run:
    run = jobs.start(config)
    assert run.state().state == "failed"
    assert run.log_tail(100).startswith("Traceback (most recent call last):")
    assert run.state().sentence in run.log_tail(100)
    assert run.events()[-1].sentence == run.state().sentence
    return run


@pytest.mark.usefixtures("worker_here")
def test_a_folder_with_one_class_fails_with_a_sentence_and_a_trace(tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    _save_image(folder / "cat" / "0.png", 0)
    run = _fail(parse({"data": {"source": "folder", "path": str(folder)}, "device": "cpu"}))
    assert run.state().sentence == (
        f"{folder}: has images of one class, 'cat', but two are needed. "
        "Put the images of each class into a sub-folder of their own."
    )


@pytest.mark.usefixtures("worker_here")
def test_a_folder_that_is_gone_fails_with_a_sentence_and_a_trace(tmp_path: Path) -> None:
    folder = tmp_path / "gone"
    run = _fail(parse({"data": {"source": "folder", "path": str(folder)}, "device": "cpu"}))
    assert run.state().sentence == (
        f"{folder} is not there. "
        "Give the path of the folder that holds one sub-folder of images per class."
    )


@pytest.mark.usefixtures("worker_here")
def test_a_folder_with_too_few_images_fails_with_a_sentence_and_a_trace(tmp_path: Path) -> None:
    for label in ("cat", "dog"):
        for number in range(3):
            _save_image(tmp_path / "pictures" / label / f"{number}.png", number)
    settings = {"data": {"source": "folder", "path": str(tmp_path / "pictures")}, "device": "cpu"}
    run = _fail(parse(settings))
    assert run.state().sentence.endswith(
        " images are left to train on, at least 20 are needed; "
        "add images or lower the held-out share."
    )


@pytest.mark.usefixtures("worker_here")
def test_a_device_that_is_not_there_fails_with_a_sentence_and_a_trace() -> None:
    run = _fail(TINY.model_copy(update={"device": "cuda:99"}))
    assert run.state().sentence == (
        "device 'cuda:99' is not on this machine; ask for 'auto' or 'cpu'."
    )
    assert run.has_instances()  # what was read before is there


@pytest.mark.usefixtures("worker_here")
def test_an_unreadable_image_is_named_skipped_and_counted(tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    for label, brightness in (("dark", 0), ("light", 200)):
        for number in range(20):
            _save_image(folder / label / f"{number:02}.png", brightness + number)
    (folder / "dark" / "07.png").write_text("not an image")
    run = jobs.start(
        parse(
            {
                "data": {"source": "folder", "path": str(folder)},
                "device": "cpu",
                "rounds": [3],
                "final": {"kind": "none"},
            }
        )
    )
    assert wait_for_end(run) == "done"
    assert run.facts()["n_skipped"] == 1
    assert run.facts()["description"].endswith("; 1 passed over")
    skipped = [item.sentence for item in run.events() if item.kind == "skipped"]
    assert skipped == ["dark/07.png: cannot be read as an image (no known format)."]
    assert "dark/07.png" not in list(run.instances().names)
    assert run.instances().clean_N is None
    assert "actual_noise_rate" not in run.facts()
    assert json.loads(run.folder.config.read_text())["data"]["path"] == str(folder)
