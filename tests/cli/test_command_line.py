"""`python -m mild` as people and programs use it: through a shell, by its answers."""

from __future__ import annotations

import contextlib
import errno
import json
import math
import os
import pty
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from mild.config import presets
from mild.data.sources import SOURCES
from mild.jobs import workers
from mild.store import lock
from mild.store.run import all_runs
from tests import in_process
from tests.conftest import PROJECT, end_workers
from tests.in_process import Done
from tests.runs_for_tests import FAILURE, Until, live, write_run

SUMMARY = ["run_id", "state", "rounds", "accuracy", "source", "check", "seconds", "sentence"]
ROUND = [
    "round", "epochs", "trained_on", "kept", "cut", "noise_rate_estimate",
    "precision", "recall", "f1_flagged", "auroc",
    "planted", "planted_auroc", "can_tell", "can_tell_reason", "noise_rate_low", "noise_rate_high",
    "f1_estimate", "f1_low", "f1_high", "separated_best", "would_flag",
]  # fmt: skip
TRUTH = ("precision", "recall", "f1_flagged", "auroc")


def mild(words: str, *more: str, cwd: Path = PROJECT) -> Done:
    """`python -m mild` with words set apart by spaces, and more that may hold some."""
    return in_process.command([*words.split(), *more], cwd=cwd)


def shell(words: str, root: Path) -> Done:
    """The same as a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "mild", *words.split()],
        capture_output=True,
        text=True,
        cwd=PROJECT,
        env=os.environ | {"MILD_RUNS_DIR": str(root)},
        check=False,
        timeout=180,
    )


@pytest.fixture
def worker_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs are trained in this process, to their end, when they are started."""
    monkeypatch.setattr(workers, "launch", in_process.work)


def only_object(done: Done) -> dict[str, Any]:
    """What stands on standard output: one JSON object, without NaN, and nothing else."""

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is no JSON")

    answer = json.loads(done.stdout, parse_constant=refuse)
    assert isinstance(answer, dict)
    assert done.stdout.count("\n") == 1
    return answer


def refusal(done: Done) -> str:
    """The sentence of a command that failed."""
    assert done.returncode == 1, done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert done.stderr.count("\n") == 1
    return done.stderr.rstrip("\n")


def images(folder: Path, n: int = 20) -> Path:
    """A folder with two classes of pictures, dark and light."""
    for label, brightness in (("dark", 0), ("light", 200)):
        (folder / label).mkdir(parents=True)
        for number in range(n):
            grey = (brightness + number,) * 3
            Image.new("RGB", (8, 8), grey).save(folder / label / f"{number:02}.png")
    return folder


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Done, float]]:
    """The demo, once, and the seconds it took."""
    root = tmp_path_factory.mktemp("demo") / "runs"
    began = time.monotonic()
    yield shell("demo --json", root), time.monotonic() - began
    end_workers(root)


@pytest.mark.slow
def test_the_demo_answers_with_one_object_of_exactly_these_keys(demo: tuple[Done, float]) -> None:
    done, _ = demo
    assert done.returncode == 0, done.stderr
    answer = only_object(done)
    assert list(answer) == SUMMARY
    assert answer["state"] == "done"
    assert [list(item) for item in answer["rounds"]] == [ROUND] * 3
    assert [item["epochs"] for item in answer["rounds"]] == [20, 8, 8]
    assert list(answer["accuracy"]) == ["best", "last"]
    assert "Round 1 of 3." in done.stderr


@pytest.mark.slow
def test_the_demo_finds_the_wrong_labels(demo: tuple[Done, float]) -> None:
    done, seconds = demo
    answer = only_object(done)
    first, last = answer["rounds"][0], answer["rounds"][-1]
    assert first["auroc"] >= 0.995
    assert last["f1_flagged"] >= 0.95
    assert last["precision"] >= 0.98
    assert last["recall"] >= 0.95
    assert abs(first["noise_rate_estimate"] - 0.36) < 0.05
    assert answer["accuracy"]["last"] > 0.9
    assert 0 < answer["seconds"] <= seconds < 90


@pytest.fixture(scope="module")
def own_images(tmp_path_factory: pytest.TempPathFactory) -> tuple[Done, Path]:
    """`train --json` on a folder of images, one of which is none; and the runs folder."""
    root = tmp_path_factory.mktemp("own") / "runs"
    folder = images(root.parent / "my [bold]pictures")
    (folder / "dark" / "07.png").write_text("not an image")
    words = "train --rounds 3 --final-epochs 1 --batch-size 8 --device cpu --json --data folder"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MILD_RUNS_DIR", str(root))
        patch.setattr(workers, "launch", in_process.work)
        return mild(words, "--path", folder.name, cwd=folder.parent), root


def test_where_clean_labels_are_unknown_the_truth_is_null(own_images: tuple[Done, Path]) -> None:
    done, _ = own_images
    assert done.returncode == 0, done.stderr
    answer = only_object(done)
    assert list(answer) == SUMMARY
    (first,) = answer["rounds"]
    assert list(first) == ROUND
    assert [first[key] for key in TRUTH] == [None] * 4
    assert answer["accuracy"] == {"best": None, "last": None}  # nothing is held out of a folder
    assert answer["seconds"] > 0


def test_an_unreadable_image_is_named_and_counted_on_standard_error(
    own_images: tuple[Done, Path],
) -> None:
    done, _ = own_images
    lines = done.stderr.splitlines()
    position = lines.index("1 image was passed over:")
    assert lines[position + 1] == "  dark/07.png: cannot be read as an image (no known format)."


def test_runs_are_listed_as_one_object(own_images: tuple[Done, Path]) -> None:
    done, root = own_images
    listed = shell("runs --json", root)
    assert listed.returncode == 0
    answer = only_object(listed)
    assert list(answer) == ["runs"]
    (run,) = answer["runs"]
    summary = only_object(done)
    assert run["run_id"] == summary["run_id"]
    assert (run["state"], run["source"], run["progress"]) == ("done", "folder", 1.0)
    assert (run["rounds_done"], run["rounds_asked"], run["noise_rate"]) == (1, 1, None)
    assert run["accuracy"] == summary["accuracy"]["last"]


def test_runs_in_every_state_are_listed(runs_root: Path) -> None:
    untils: list[Until] = [
        "queued",
        "preparing",
        "begun",
        "training",
        "done",
        "stopped",
        "failed",
        "damaged",
    ]
    made = {write_run(runs_root, until=until, n=60).run_id: until for until in untils}
    answer = only_object(mild("runs --json"))
    states = {item["run_id"]: item["state"] for item in answer["runs"]}
    gone = dict.fromkeys(["preparing", "begun", "training"], "interrupted")
    assert states == {run_id: gone.get(until, until) for run_id, until in made.items()}
    (failed,) = [item for item in answer["runs"] if item["state"] == "failed"]
    assert failed["sentence"] == FAILURE
    table = mild("runs")
    assert table.returncode == 0
    assert "damaged" in table.stdout


def test_no_runs_is_an_empty_list_and_a_hint_that_names_the_folder(runs_root: Path) -> None:
    assert only_object(mild("runs --json")) == {"runs": []}
    hint = mild("runs")
    assert (hint.returncode, hint.stdout) == (0, "")
    assert hint.stderr.startswith(f"No runs yet: there is no folder {runs_root} (MILD_RUNS_DIR); ")
    runs_root.mkdir()
    assert mild("runs").stderr.startswith(f"No runs yet in {runs_root}; python -m mild demo makes")


def test_a_run_is_left_alone_and_stopped_by_the_beginning_of_its_id(runs_root: Path) -> None:
    words = "train --name left-alone --rounds 10000 --device cpu --detach --json"
    began = only_object(mild(words))
    assert list(began) == SUMMARY
    assert began["state"] in ("queued", "preparing")
    assert began["rounds"] == []
    stopped = mild("stop left --json")
    assert stopped.returncode == 0, stopped.stderr
    answer = only_object(stopped)
    assert (answer["run_id"], answer["state"]) == (began["run_id"], "stopped")
    again = refusal(mild("stop left"))
    assert again == (
        f"run {began['run_id']} is stopped: only a run at work can be stopped; "
        "`python -m mild runs` shows which are."
    )


def test_ctrl_c_stops_the_run_and_tells_what_it_came_to(runs_root: Path) -> None:
    words = ["train", "--rounds", "10000", "--device", "cpu", "--json"]
    process = subprocess.Popen(
        [sys.executable, "-m", "mild", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=PROJECT,
    )
    deadline = time.monotonic() + 60
    while not (runs_root.is_dir() and any(lock.holder(run.folder.lock) for run in all_runs())):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    out, problems = process.communicate(timeout=60)
    assert process.returncode == 1
    assert json.loads(out)["state"] == "stopped"
    assert "Stopping at the next batch; every epoch up to here is kept." in problems
    assert "Traceback" not in problems


@pytest.mark.usefixtures("worker_here")
def test_a_run_that_fails_is_exit_status_1_with_its_sentence_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "path", list(sys.path))
    (tmp_path / "net_that_fails.py").write_text(
        "def build(n_classes):\n    raise ValueError('not today')\n"
    )
    words = "train --model net_that_fails:build --rounds 3 --device cpu --json --model-folder"
    done = mild(words, str(tmp_path))
    assert done.returncode == 1
    answer = only_object(done)
    assert list(answer) == SUMMARY
    assert (answer["state"], answer["rounds"]) == ("failed", [])
    assert answer["accuracy"] == {"best": None, "last": None}
    assert answer["sentence"].startswith("model 'net_that_fails:build': build(10) failed")
    assert math.isfinite(answer["seconds"])
    sentence = (
        "failed: model 'net_that_fails:build': build(10) failed (ValueError: not today); "
        "it is given the number of classes and must return the network."
    )
    assert done.stderr.splitlines().count(sentence) == 1
    assert done.stderr.count("not today") == 1


def test_what_would_fail_at_its_beginning_is_refused_and_no_run_is_made(
    tmp_path: Path, runs_root: Path
) -> None:
    folder = images(tmp_path / "my [bold]pictures", n=3)
    labels = tmp_path / "labels.csv"
    labels.write_text("ours,theirs\n" + "dark,light\n" * 6)
    few = f"{folder}: has 6 images; at least 20 are needed. Add images."
    found = refusal(mild("train --data folder --device mps --path", str(folder)))
    assert found.startswith(f"{few} device 'mps' is not on this machine ")
    words = ("train --data folder --path", str(folder), "--labels-path", str(labels))
    assert refusal(mild(*words)).endswith(
        "has several columns (ours, theirs). Choose one with --labels-column."
    )
    assert not runs_root.exists()


def test_an_id_is_never_cut_or_folded(runs_root: Path) -> None:
    run = write_run(
        runs_root, until="stopped", n=60, name="a name of many words, so the id is long"
    )
    assert f"│ {run.run_id} │" in mild("runs").stdout
    assert len(run.run_id) > 50
    seen = in_a_terminal("runs", columns=40)
    assert run.run_id in [line.strip() for line in seen.splitlines()]
    assert "  stopped, 1 of 2 rounds, kept" in seen


def in_a_terminal(words: str, columns: int) -> str:
    """What a command prints in a terminal of so many columns."""
    leader, follower = pty.openpty()
    environment = os.environ | {"COLUMNS": str(columns), "TERM": "xterm"}
    process = subprocess.Popen(
        [sys.executable, "-m", "mild", *words.split()],
        stdout=follower, stderr=follower, cwd=PROJECT, env=environment,
    )  # fmt: skip
    os.close(follower)
    seen = b""
    with contextlib.suppress(OSError):  # how the end of a terminal reads
        while part := os.read(leader, 4096):
            seen += part
    os.close(leader)
    assert process.wait(60) == 0
    return seen.decode()


BAD_INPUT = {
    "--rate 1.5 --noise symmetric": "--rate is 1.5: must be at least 0 and at most 1.",
    "--rate -0.1 --noise symmetric": "--rate is -0.1: must be at least 0 and at most 1.",
    "--test-fraction 2": "--test-fraction is 2.0: must be at least 0 and less than 1.",
    "--rate 0.4": "--rate: a rate of 0.4 needs a model of noise, such as 'symmetric'.",
    "--rounds ,": "--rounds is empty: give at least one round, as its epochs, for example "
    "20,10,10.",
    "--rounds 20,x": "--rounds: round 2 is 'x': must be a whole number of epochs; "
    "separate rounds with commas, as in 20,10,10.",
    "--rounds 20,,10": "--rounds: round 2 is '': must be a whole number of epochs; "
    "separate rounds with commas, as in 20,10,10.",
    "--data imagenet": f"The data set 'imagenet' is unknown. Choose one of {', '.join(SOURCES)}.",
    "--data folder": "The source 'folder' needs a path. Give it with --path.",
    "--preset nothing": "preset 'nothing': there is no such preset; known are "
    f"fitted, {', '.join(presets.NAMES)}.",
    "--config gone.json": "gone.json cannot be read (No such file or directory); name a JSON file.",
    "--rounds , --seed -1": "--seed is -1: must be at least 0 and at most 2,147,483,647. "
    "--rounds is empty: give at least one round, as its epochs, for example 20,10,10.",
}


@pytest.mark.parametrize("words", BAD_INPUT)
def test_bad_input_is_a_sentence_and_starts_nothing(runs_root: Path, words: list[str]) -> None:
    assert refusal(mild(f"train {words} --json")) == BAD_INPUT[words]
    assert not runs_root.exists()


def test_a_folder_without_images_or_with_one_class_is_a_sentence(
    tmp_path: Path, runs_root: Path
) -> None:
    folder = tmp_path / "pictures"
    folder.mkdir()
    asked = ("train --data folder --path", str(folder))
    advice = "Put the images of each class into a sub-folder of their own."
    assert refusal(mild(*asked)) == f"{folder}: has no images in its sub-folders. {advice}"
    images(folder)
    shutil.rmtree(folder / "light")
    assert refusal(mild(*asked)) == (
        f"{folder}: has images of one class, 'dark', but two are needed. {advice}"
    )
    shutil.rmtree(folder)
    assert refusal(mild(*asked)) == (
        f"{folder} is not there. "
        "Give the path of the folder that holds one sub-folder of images per class."
    )
    assert not runs_root.exists()


def test_a_runs_folder_that_cannot_be_written_is_a_sentence(runs_root: Path) -> None:
    runs_root.write_text("")
    for command in ("demo", "train"):
        assert refusal(mild(f"{command} --json")) == (
            f"runs folder {runs_root} cannot be written (Not a directory); "
            "set MILD_RUNS_DIR to a folder you can write, or make room on its disk."
        )
    assert refusal(mild("runs")).startswith(f"runs folder {runs_root} cannot be read (")


@pytest.mark.parametrize("gone", ["run.db", "run.db-wal", "rounds/000/planted.npz"])
def test_a_drive_that_goes_under_a_command_is_a_sentence(
    runs_root: Path, monkeypatch: pytest.MonkeyPatch, gone: str
) -> None:
    """One file is foreseen by who reads it, the other met at the outermost."""
    run, real = write_run(runs_root, n=60), os.stat

    def stat(name: Any, *rest: Any, **more: Any) -> os.stat_result:
        if str(name).endswith(f"{run.run_id}/{gone}"):
            raise OSError(errno.ENOTCONN, os.strerror(errno.ENOTCONN), str(name))
        return real(name, *rest, **more)

    monkeypatch.setattr(os, "stat", stat)
    assert refusal(mild("report", run.run_id, "--output", f"{runs_root}/report.html")).startswith(
        f"A file or folder cannot be reached ({run.folder.path}/{gone}: Transport endpoint"
    )


def test_a_damaged_run_is_a_sentence(runs_root: Path) -> None:
    run = write_run(runs_root, until="damaged", n=60)
    assert refusal(mild("stop", run.run_id)) == (
        f"run {run.run_id}: run.db cannot be read (file is not a database); "
        "copy it back from a copy of the run."
    )


@pytest.mark.parametrize("run_id", ["../..", "/", "nothing"])
def test_a_run_that_is_none_is_a_sentence(run_id: str) -> None:
    assert refusal(mild("stop", run_id)).endswith("lists them." if "/" in run_id else "the runs.")


def test_a_run_at_work_elsewhere_is_stopped_from_the_command_line(runs_root: Path) -> None:
    run = write_run(runs_root, until="training", n=60)
    with live(run):
        done = mild("stop", run.run_id)
        assert done.returncode == 0, done.stderr
    assert run.state().state == "stopped"


@pytest.mark.parametrize(
    "words", ["train --surprise", "train --seed x", "nothing", "stop", "demo --rounds 3"]
)
def test_wrong_usage_is_exit_status_2(runs_root: Path, words: str) -> None:
    done = mild(words)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "Usage" in done.stderr
    assert not runs_root.exists()


def test_a_shell_is_given_the_exit_status_and_the_sentence(runs_root: Path) -> None:
    assert refusal(shell("train --rounds ,", runs_root)) == BAD_INPUT["--rounds ,"]
    usage = shell("nothing", runs_root)
    assert (usage.returncode, usage.stdout) == (2, "")
    assert "Usage: python -m mild" in usage.stderr


@pytest.mark.parametrize("command", ["demo", "train", "runs", "stop"])
def test_help_shows_an_example(command: str) -> None:
    done = mild(f"{command} --help")
    assert done.returncode == 0
    assert f"python -m mild {command}" in " ".join(done.stdout.split())
    assert "--help" in done.stdout
    assert "bool" not in done.stdout  # flags take no value


def test_a_config_without_end_is_a_sentence() -> None:
    assert refusal(mild("train --config", "/dev/zero")) == (
        "/dev/zero is too large to hold settings; name a JSON file."
    )


def test_a_config_that_is_no_json_or_no_settings_is_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    for no_json in ("{", '{"a":' * 100_000):
        path.write_text(no_json)
        assert refusal(mild("train --config", str(path))).startswith(f"{path} is not JSON (")
    path.write_text("[]")
    assert refusal(mild("train --config", str(path))) == (
        f"{path} holds no settings; it must hold one JSON object."
    )
    path.write_text('{"surprise": 1}')
    assert refusal(mild("train --config", str(path))).startswith(
        "surprise: there is no such setting; known here are schema_version, name, "
    )
