"""Reading a run: only what is committed, at any moment, whatever became of its files."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mild.core.dynamics import unpack_status
from mild.errors import RunError
from mild.store.folder import RunFolder
from mild.store.overview import overview
from mild.store.run import LAUNCH_SECONDS, Run, all_runs, open_run
from mild.store.schema import EpochRecord
from mild.store.writer import EpochArrays, RunWriter, create_run
from mild.store.writing import statements
from tests.conftest import PROJECT
from tests.runs_for_tests import FAILURE, Until, live, write_run

RESTORE = "; copy it back from a copy of the run."


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A finished run; tests that damage it take a copy."""
    return write_run(tmp_path_factory.mktemp("finished"), n=101, epochs=(5, 4))


@pytest.fixture
def copied(finished: Run, runs_root: Path) -> Run:
    """A copy of the finished run in this test's runs folder."""
    runs_root.mkdir()
    return Run(RunFolder(Path(shutil.copytree(finished.folder.path, runs_root / finished.run_id))))


def _recorded(n: int, epoch: int) -> EpochArrays:
    """What one can tell the epoch from: predictions and losses hold its number."""
    return EpochArrays(
        status_N=np.full(n, epoch % 2),
        predictions_N=np.full(n, epoch),
        losses_N=np.full(n, epoch),
        margins_N=np.full(n, -epoch),
    )


def _record(epoch: int) -> EpochRecord:
    return EpochRecord(
        stage=0,
        epoch=epoch,
        seconds=0.1,
        learning_rate=0.1,
        train_loss=float(epoch),
        memorized_share=0.5,
        test_accuracy=None,
        recorded=time.time(),
    )


def test_a_copied_folder_is_the_same_run(finished: Run, copied: Run) -> None:
    assert copied.config() == finished.config()
    assert copied.state() == finished.state()
    assert copied.rounds() == finished.rounds()
    assert copied.epochs() == finished.epochs()
    np.testing.assert_array_equal(copied.status(0), finished.status(0))


def test_every_epoch_and_round_of_a_finished_run_can_be_read(finished: Run) -> None:
    n = finished.facts()["n_instances"]
    assert [(item.stage, item.epoch) for item in finished.epochs()] == [
        *((0, epoch) for epoch in range(1, 6)),
        *((1, epoch) for epoch in range(1, 5)),
        *((2, epoch) for epoch in range(1, 4)),
    ]
    assert finished.rounds_begun() == 2
    index_N = np.arange(n)
    for record in finished.rounds():
        np.testing.assert_array_equal(finished.index(record.round), index_N)
        assert record.trained_on == len(index_N)
        assert record.converged in (True, False)
        assert isinstance(record.converged, bool)
        given_N = finished.instances().given_N[index_N]
        memorized_EN = unpack_status(finished.status(record.round), len(index_N))
        np.testing.assert_array_equal(memorized_EN, finished.predictions(record.round) == given_N)
        np.testing.assert_array_equal(memorized_EN, finished.margins(record.round) > 0)
        kept_N = finished.selection(record.round)["kept"]
        assert kept_N.sum() == record.kept
        index_N = index_N[kept_N]


def test_rows_that_were_appended_but_not_committed_are_not_seen(runs_root: Path) -> None:
    run = Run(create_run(write_run(runs_root, until="queued").config()))
    writer = RunWriter(run.folder)
    writer.begin_round(0, np.arange(10), n_classes=4)
    assert run.status(0).shape == (0, 2)
    writer.end_epoch(_record(1), _recorded(10, 1), epochs_left=4)
    for (
        rows
    ) in writer._rounds._rows.values():  # killed between the rows and the record that counts them
        rows.append(np.zeros(rows._n_columns))
    assert len(np.load(run.folder.round(0) / "status.npy")) == 2
    assert run.n_epochs(0) == 1
    assert len(run.status(0)) == len(run.predictions(0)) == len(run.losses(0)) == 1
    np.testing.assert_array_equal(run.margins(0), np.full((1, 10), -1.0))
    writer.close()


def test_a_failed_commit_leaves_the_epoch_uncounted(
    runs_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = write_run(runs_root, until="begun", n=10)
    writer = RunWriter(run.folder)
    writer.begin_round(0, np.arange(10), n_classes=4)
    # The second statement of the same transaction.
    monkeypatch.setattr(statements, "set_place", _fails)
    with pytest.raises(OSError, match="no room"):
        writer.end_epoch(_record(1), _recorded(10, 1), epochs_left=1)
    writer.close()
    assert run.epochs() == []
    assert run.status(0).shape == (0, 2)


def _fails(*_: object) -> None:
    raise OSError("no room")


_READER = """
import sys, time
from pathlib import Path
import numpy as np
from mild.store.folder import RunFolder
from mild.store.run import Run

run = Run(RunFolder(Path(sys.argv[1])))
print("ready", flush=True)
n_looks, last = 0, 0
while last < int(sys.argv[2]):
    epochs = run.epochs()
    n = len(epochs)
    assert n >= last, (n, last)
    state = run.state()
    assert (state.epoch or 0) >= n
    predictions_EN, losses_EN = run.predictions(0), run.losses(0)
    assert len(predictions_EN) >= n and len(losses_EN) >= n
    expected_E1 = np.arange(1, len(predictions_EN) + 1)[:, None]
    assert (predictions_EN == expected_E1).all()
    assert (losses_EN[:n] == expected_E1[:n]).all()
    status_EK = run.status(0)
    assert (np.unpackbits(status_EK, axis=1)[:, :1000] == np.arange(1, len(status_EK) + 1)[:, None] % 2).all()
    current = run.folder.round(0) / "current.npy"
    if current.exists():
        assert np.load(current).shape == (1000,)
    n_looks, last = n_looks + 1, n
print(n_looks)
"""  # noqa: E501 - a program of its own


def test_eight_readers_never_see_half_an_epoch_while_one_writes(runs_root: Path) -> None:
    run = Run(create_run(write_run(runs_root, until="queued").config()))
    writer = RunWriter(run.folder)
    writer.begin_round(0, np.arange(1000), n_classes=4)
    readers = [
        subprocess.Popen(
            [sys.executable, "-c", _READER, str(run.folder.path), "25"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=PROJECT,
        )
        for _ in range(8)
    ]
    for reader in readers:
        assert reader.stdout.readline() == "ready\n", reader.communicate()[1]
    for epoch in range(1, 26):
        writer.current(np.full(1000, 2))
        writer.beat(stage=0, epoch=epoch, share_of_epoch=0.5, epochs_left=25 - epoch)
        writer.end_epoch(_record(epoch), _recorded(1000, epoch), epochs_left=25 - epoch)
        time.sleep(0.02)
    for reader in readers:
        out, problems = reader.communicate(timeout=60)
        assert reader.returncode == 0, problems
        assert int(out) >= 1
    writer.close()


def test_a_run_without_a_worker_is_interrupted_and_with_one_is_alive(runs_root: Path) -> None:
    run = write_run(runs_root, until="training")
    assert run.state().state == "interrupted"
    assert run.state().sentence == (
        "The worker ended before the run did; every committed epoch is kept."
    )
    with live(run) as pid:
        state = run.state()
        assert (state.state, state.pid, state.live) == ("training", pid, True)
    assert run.state().state == "interrupted"
    assert not run.state().live


def test_a_run_just_launched_counts_as_alive_until_its_worker_should_have_the_lock(
    runs_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = write_run(runs_root, until="queued")
    assert (run.state().state, run.state().pid, run.state().live) == ("queued", None, True)
    later = time.time() + LAUNCH_SECONDS + 1
    monkeypatch.setattr(time, "time", lambda: later)
    assert run.state().state == "interrupted"


@pytest.mark.parametrize("until", ["done", "stopped", "failed"])
def test_a_final_state_stays_what_it_is_whoever_holds_the_lock(
    runs_root: Path, until: Until
) -> None:
    run = write_run(runs_root, until=until)
    with live(run):
        assert run.state().state == until
        assert not run.state().live
    assert run.state().ended is not None


def test_a_failed_run_tells_why(runs_root: Path) -> None:
    run = write_run(runs_root, until="failed")
    assert run.state().sentence == FAILURE
    assert run.log_tail().splitlines()[0] == "Traceback (most recent call last):"
    assert len(run.log_tail(1).splitlines()) == 1
    assert run.events()[-1].sentence == FAILURE


def test_a_run_just_begun_answers_every_question(runs_root: Path) -> None:
    for until in ("queued", "preparing"):
        run = write_run(runs_root, until=until)
        assert (run.epochs(), run.rounds(), run.rounds_begun()) == ([], [], 0)
        assert not run.has_instances()
        assert run.thumbnails() is None
        assert run.log_tail() == ""
        assert overview(run).progress == 0.0
    run = write_run(runs_root, until="begun", n=20)
    assert run.status(0).shape == (0, 3)
    assert run.predictions(0).shape == (0, 20)
    assert run.thumbnails().shape == (20, 8, 8, 3)


def test_unknown_clean_labels_are_none(runs_root: Path) -> None:
    run = write_run(runs_root, clean_known=False)
    assert run.instances().clean_N is None
    assert {(item.precision, item.auroc) for item in run.rounds()} == {(None, None)}


_ROUND = "rounds/000"
FILES: dict[str, Callable[[Run], object]] = {
    "config.json": Run.config,
    "run.db": Run.state,
    "instances.parquet": Run.instances,
    "thumbnails.npy": Run.thumbnails,
    f"{_ROUND}/index.npy": lambda run: run.index(0),
    f"{_ROUND}/status.npy": lambda run: run.status(0),
    f"{_ROUND}/predictions.npy": lambda run: run.predictions(0),
    f"{_ROUND}/losses.npy": lambda run: run.losses(0),
    f"{_ROUND}/margins.npy": lambda run: run.margins(0),
    f"{_ROUND}/scores.npz": lambda run: run.scores(0),
    f"{_ROUND}/selection.npz": lambda run: run.selection(0),
}


def _missing(path: Path) -> None:
    path.unlink()


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _garbage(path: Path) -> None:
    path.write_bytes(np.random.default_rng(0).bytes(5000))


def _text(path: Path) -> None:
    path.write_text("edited by hand\n")


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize("damage", [_missing, _empty, _truncated, _garbage, _text, _folder])
@pytest.mark.parametrize("name", FILES)
def test_a_damaged_file_is_a_sentence(
    copied: Run, name: str, damage: Callable[[Path], None]
) -> None:
    damage(copied.folder.path / name)
    if name == "thumbnails.npy" and damage in (_missing, _folder):
        assert copied.thumbnails() is None
        return
    with pytest.raises(RunError) as error:
        FILES[name](copied)
    assert str(error.value).endswith(RESTORE)
    assert "\n" not in str(error.value)
    assert Path(name).name in str(error.value)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "Expecting value"),
        ("[]", "the settings is []: input should be a valid dictionary"),
        ("null", "the settings is None"),
        ('{"seed": -1}', "seed is -1: must be at least 0"),
        ("[" * 100_000, "recursion"),
    ],
)
def test_a_config_edited_by_hand_is_a_sentence(copied: Run, text: str, reason: str) -> None:
    copied.folder.config.write_text(text)
    with pytest.raises(RunError) as error:
        copied.config()
    assert str(error.value).startswith(f"run {copied.run_id}: config.json cannot be read (")
    assert reason in str(error.value)
    assert str(error.value).endswith(RESTORE)
    assert overview(copied).state == "damaged"


@pytest.mark.parametrize(
    ("statement", "ask"),
    [
        ("DELETE FROM state", Run.state),
        ("DROP TABLE state", Run.state),
        ("ALTER TABLE state DROP COLUMN sentence", Run.state),
        ("UPDATE facts SET value = 'x'", Run.facts),
        ("UPDATE facts SET value = X'FF'", Run.facts),
        ("DROP TABLE epochs", Run.epochs),
        ("ALTER TABLE rounds DROP COLUMN cut", Run.rounds),
    ],
)
def test_a_record_edited_by_hand_is_a_sentence(
    copied: Run, statement: str, ask: Callable[[Run], Any]
) -> None:
    with sqlite3.connect(copied.folder.database) as connection:
        connection.execute(statement)
    connection.close()
    with pytest.raises(RunError) as error:
        ask(copied)
    assert str(error.value).startswith(f"run {copied.run_id}: run.db cannot be read (")
    assert overview(copied).state == "damaged"


def test_a_status_file_with_fewer_epochs_than_the_record_is_damaged(copied: Run) -> None:
    path = copied.folder.round(0) / "status.npy"
    np.save(path, np.load(path)[:2])
    with pytest.raises(RunError) as error:
        copied.status(0)
    assert str(error.value) == (
        f"run {copied.run_id}: rounds/000/status.npy cannot be read "
        f"(its shape is (2, 13), not 5 epochs of 13){RESTORE}"
    )


def test_a_status_file_of_another_run_is_damaged(copied: Run, runs_root: Path) -> None:
    other = write_run(runs_root, n=60, epochs=(5, 4))
    shutil.copy(other.folder.round(0) / "status.npy", copied.folder.round(0) / "status.npy")
    with pytest.raises(RunError, match=r"its shape is \(5, 8\), not 5 epochs of 13"):
        copied.status(0)


def test_a_list_survives_every_kind_of_damage(finished: Run, runs_root: Path) -> None:
    runs_root.mkdir()
    for damage in (_missing, _empty, _truncated, _garbage, _text, _folder):
        for name in ("config.json", "run.db"):
            folder = runs_root / f"{damage.__name__[1:]}-{name.replace('.', '-')}"
            shutil.copytree(finished.folder.path, folder)
            damage(folder / name)
    (runs_root / "empty-folder").mkdir()
    good = write_run(runs_root, n=60)
    lines = {item.run_id: item for item in map(overview, all_runs())}
    assert len(lines) == 14
    assert lines.pop(good.run_id).state == "done"
    for line in lines.values():
        assert line.state == "damaged"
        assert line.sentence.endswith(RESTORE)


def test_a_run_is_opened_by_the_beginning_of_its_id(runs_root: Path) -> None:
    run = write_run(runs_root, until="queued", name="only one")
    assert open_run("only").run_id == run.run_id


def test_nothing_in_a_run_is_a_pickle(finished: Run) -> None:
    for path in finished.folder.path.rglob("*"):
        if path.suffix == ".npy":
            np.load(path, allow_pickle=False)
        elif path.suffix == ".npz":
            with np.load(path, allow_pickle=False) as arrays:
                assert all(arrays[name].dtype.kind in "biuf" for name in arrays.files)
        elif path.is_file():
            assert path.suffix in {".json", ".db", ".db-wal", ".db-shm", ".parquet", ".lock"}
            assert not path.read_bytes().startswith(b"\x80"), path


def test_a_config_is_stored_as_plain_json(finished: Run) -> None:
    stored = json.loads(finished.folder.config.read_text())
    assert stored["schema_version"] == 2
    assert [item["epochs"] for item in stored["rounds"]] == [5, 4]
