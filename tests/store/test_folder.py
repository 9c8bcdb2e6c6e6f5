"""Where runs live, and which ids are refused."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mild.errors import RunError
from mild.store.folder import RunFolder, find_run, new_run_id, run_folders, runs_root

HOSTILE = (
    "",
    ".",
    "..",
    "../..",
    "../../etc/passwd",
    "/",
    "/etc",
    "a/b",
    "a\\b",
    "a b",
    "a\nb",
    "a\n",
    "a\x00b",
    "~",
    "%2e%2e",
    ".making-a",
    "-rf",
    "Größe",
    "ａ",
    "A",
    "a" * 101,
)


@pytest.mark.parametrize("run_id", HOSTILE)
def test_a_hostile_run_id_is_refused(runs_root: Path, run_id: str) -> None:
    (runs_root / "a").mkdir(parents=True)
    (runs_root.parent / "etc").mkdir()
    with pytest.raises(RunError) as error:
        find_run(run_id)
    assert str(error.value) == (
        f"{run_id!r} is not the id of a run; `python -m mild runs` lists them."
    )


def test_a_link_is_not_a_run(runs_root: Path) -> None:
    outside = runs_root.parent / "outside"
    outside.mkdir()
    runs_root.mkdir()
    (runs_root / "linked-run").symlink_to(outside)
    assert run_folders() == []
    for run_id in ("linked-run", "linked"):
        with pytest.raises(RunError, match="none is there"):
            find_run(run_id)


def test_a_run_is_found_by_its_id_or_by_the_beginning_of_it(runs_root: Path) -> None:
    for name in ("demo-1", "demo-12", "other-1"):
        (runs_root / name).mkdir(parents=True)
    assert find_run("demo-1").run_id == "demo-1"
    assert find_run("oth").run_id == "other-1"
    with pytest.raises(RunError) as error:
        find_run("demo")
    sentence = str(error.value)
    assert sentence.startswith(f"run 'demo': 2 begin with it in {runs_root}; give more of the id")
    assert sorted(sentence.rstrip(".").partition("of them: ")[2].split(", ")) == [
        "demo-1",
        "demo-12",
    ]


def test_runs_are_listed_newest_first_whatever_they_are_called(runs_root: Path) -> None:
    ids = [
        "a-20260101-100000-0000",
        "z-20250101-100000-0000",
        "m-20260101-100001-0000",
    ]
    for run_id in ids:
        (runs_root / run_id).mkdir(parents=True)
    (runs_root / ".devices").mkdir()
    (runs_root / "a-file").write_text("")
    assert [folder.run_id for folder in run_folders()] == [ids[2], ids[0], ids[1]]


def test_of_two_runs_begun_in_the_same_second_the_later_is_the_newer(runs_root: Path) -> None:
    ids = ["b-20260101-100000-ffff", "a-20260101-100000-0000", "c-20260101-100000-7777"]
    for number, run_id in enumerate(ids):
        folder = RunFolder(runs_root / run_id)
        folder.path.mkdir(parents=True)
        folder.config.write_text("{}")
        os.utime(folder.config, ns=(number, number))
    assert [folder.run_id for folder in run_folders()] == ids[::-1]


def test_an_absent_runs_folder_holds_no_runs(runs_root: Path) -> None:
    assert run_folders() == []


def test_a_file_in_place_of_the_runs_folder_is_a_sentence(runs_root: Path) -> None:
    runs_root.write_text("")
    with pytest.raises(RunError) as error:
        run_folders()
    assert str(error.value) == (
        f"runs folder {runs_root} cannot be read (Not a directory); "
        "set MILD_RUNS_DIR to a folder you can read and write."
    )


def test_the_runs_folder_is_where_the_environment_says_else_below_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MILD_RUNS_DIR", "somewhere")
    monkeypatch.chdir(tmp_path)
    assert runs_root() == tmp_path / "somewhere"
    monkeypatch.delenv("MILD_RUNS_DIR")
    assert runs_root() == tmp_path / "runs"


@pytest.mark.parametrize(
    "words", ["Digits, symmetric 40 %", "", "???", "Ünïcödé", "../../x", "a" * 500, "-" * 80]
)
def test_every_name_makes_an_id_that_is_found_again(runs_root: Path, words: str) -> None:
    run_id = new_run_id(words)
    assert os.sep not in run_id
    (runs_root / run_id).mkdir(parents=True)
    assert find_run(run_id).run_id == run_id


def test_two_ids_made_at_once_differ() -> None:
    assert len({new_run_id("same") for _ in range(20)}) > 15
