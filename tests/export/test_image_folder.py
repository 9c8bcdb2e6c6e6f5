"""Image folders: the images to train on, by their decided label; the originals stay untouched."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mild.access.paths import ROOTS
from mild.errors import ExportError
from mild.export.folders import image_folder
from mild.export.formats import FILES
from mild.export.table import reviewed
from mild.store.review.decision import Decision, Window
from mild.store.review.decisions import decide
from mild.store.run import Run
from tests.export.conftest import make_folder_run

WINDOW = Window("test", 0)


def state_of(root: Path) -> dict[str, tuple[str, int, int]]:
    """Content, mode and time of change of every file."""
    return {
        file.relative_to(root).as_posix(): (
            hashlib.sha256(file.read_bytes()).hexdigest(),
            file.stat().st_mode,
            file.stat().st_mtime_ns,
        )
        for file in root.rglob("*")
        if file.is_file()
    }


@pytest.mark.parametrize("link", [False, True])
def test_kept_images_lie_in_the_folder_of_their_decided_label(
    folder_run: tuple[Run, Path], tmp_path: Path, link: bool
) -> None:
    run, root = folder_run
    before = state_of(root)
    found = reviewed(run)
    flagged = np.flatnonzero(found.measured.flagged_A)
    wanted = {
        int(flagged[0]): Decision("relabel", 2),
        int(flagged[1]): Decision("keep"),
        int(np.flatnonzero(~found.measured.flagged_A)[0]): Decision("drop"),
    }
    decide(run.folder, wanted, WINDOW)
    output = tmp_path / "cleaned"
    written = image_folder.write(reviewed(run), output, link=link, keep_undecided=False)
    files = [file for file in output.rglob("*") if file.is_file()]
    assert len(files) == written.n_written == found.measured.n - len(flagged) + 2 - 1
    assert all(file.is_symlink() == link for file in files)
    assert sorted(item.name for item in output.iterdir()) == [
        "=cmd_' _C calc'!A0",
        "cat _b_",
        "dog",
    ]
    name = str(found.measured.names_A[flagged[0]])
    content = (root / name).read_bytes()
    assert content in [file.read_bytes() for file in (output / "dog").iterdir()]
    assert state_of(root) == before
    assert not list(tmp_path.glob(".making*"))


def test_two_images_of_one_name_both_arrive(folder_run: tuple[Run, Path], tmp_path: Path) -> None:
    run, root = folder_run
    n = len(run.instances().given_N)
    decide(run.folder, {index: Decision("relabel", 0) for index in range(n)}, WINDOW)
    output = tmp_path / "one"
    image_folder.write(reviewed(run), output, link=False, keep_undecided=False)
    (folder,) = output.iterdir()
    contents = sorted(file.read_bytes() for file in folder.iterdir())
    assert contents == sorted(file.read_bytes() for file in root.rglob("*.png"))


def test_a_folder_that_is_not_empty_is_refused(
    folder_run: tuple[Run, Path], tmp_path: Path
) -> None:
    run, root = folder_run
    before = state_of(root)
    output = tmp_path / "cleaned"
    output.mkdir()
    (output / "mine.txt").write_text("mine")
    for place, sentence in (
        (output, "is not empty; give a folder that is empty"),
        (output / "mine.txt", "is a file"),
        (root / "cleaned", "lies in the data set's own folder"),
        (root, "is not empty"),
    ):
        with pytest.raises(ExportError, match=sentence):
            image_folder.write(reviewed(run), place, link=False, keep_undecided=False)
    assert (output / "mine.txt").read_text() == "mine"
    assert state_of(root) == before


def test_where_places_are_listed_nothing_is_written_outside_of_them(
    folder_run: tuple[Run, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, source = folder_run
    monkeypatch.setenv(ROOTS, str(source))
    found = reviewed(run)
    with pytest.raises(ExportError, match="lies outside of what is open"):
        image_folder.write(found, tmp_path / "elsewhere", link=False, keep_undecided=False)
    assert not (tmp_path / "elsewhere").exists()


def test_a_folder_that_was_moved_away_is_named(
    folder_run: tuple[Run, Path], tmp_path: Path
) -> None:
    run, root = folder_run
    found = reviewed(run)
    root.rename(tmp_path / "elsewhere")
    with pytest.raises(ExportError) as caught:
        image_folder.write(found, tmp_path / "cleaned", link=False, keep_undecided=False)
    assert str(caught.value).startswith(f"The images are no longer at {root}. Move them back")
    assert not (tmp_path / "cleaned").exists()


def test_images_that_are_gone_are_named_and_nothing_is_written(
    folder_run: tuple[Run, Path], tmp_path: Path
) -> None:
    run, root = folder_run
    found = reviewed(run)
    fine = np.flatnonzero(~found.measured.flagged_A)[:2]
    names = [str(found.measured.names_A[i]) for i in fine]
    for name in names:
        (root / name).unlink()
    with pytest.raises(ExportError) as caught:
        image_folder.write(found, tmp_path / "cleaned", link=False, keep_undecided=False)
    assert f"({names[0]}, {names[1]})" in str(caught.value)
    assert str(caught.value).startswith("2 of ")
    assert not (tmp_path / "cleaned").exists()


def test_a_disk_that_is_full_half_way_leaves_nothing(
    folder_run: tuple[Run, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, _ = folder_run
    copies: list[object] = []

    def copy(source: object, target: object) -> None:
        copies.append(source)
        if len(copies) > 3:
            raise OSError(28, os.strerror(28))

    monkeypatch.setattr("mild.export.folders.image_folder.shutil.copy2", copy)
    with pytest.raises(ExportError, match="No space left on device"):
        image_folder.write(reviewed(run), tmp_path / "out", link=False, keep_undecided=False)
    assert {item.name for item in tmp_path.iterdir()} == {"runs", "pictures"}


def test_images_without_files_are_written_as_png(run: Run, tmp_path: Path) -> None:
    output = tmp_path / "digits"
    written = image_folder.write(reviewed(run), output, link=False, keep_undecided=True)
    assert written.n_written == 300
    thumbnails = run.thumbnails()
    assert thumbnails is not None
    given = int(run.instances().given_N[17])
    with Image.open(output / f"class {given}" / "train 17.png") as image:
        assert (np.asarray(image) == thumbnails[17]).all()
    with pytest.raises(ExportError, match="has no image files to link to"):
        image_folder.write(reviewed(run), tmp_path / "x", link=True, keep_undecided=False)


def test_the_result_can_be_trained_on(folder_run: tuple[Run, Path], tmp_path: Path) -> None:
    from mild.data.sources.image_folder import list_folder

    run, _ = folder_run
    output = tmp_path / "cleaned"
    written = image_folder.write(reviewed(run), output, link=True, keep_undecided=False)
    listed = list_folder(output)
    assert len(listed.train.files) == written.n_written
    assert len(listed.class_names) == 3


def test_class_names_that_are_no_folders_get_others(runs_root: Path, tmp_path: Path) -> None:
    names = image_folder.folder_names(
        ("..", "/", "a/b", "A\\B", ".hidden", "x" * 400, "aux\n", "é")
    )
    assert names[:5] == ["class 0", "_", "a_b", "A_B (2)", "hidden"]
    assert len({name.casefold() for name in names}) == len(names)
    assert all(0 < len(name.encode()) <= 150 and "/" not in name for name in names)
    run, _ = make_folder_run(runs_root, tmp_path / "pictures", ("Cat", "cat", "dog"))
    written = image_folder.write(reviewed(run), tmp_path / "o", link=False, keep_undecided=False)
    assert written.folders == {"Cat": "Cat", "cat": "cat (2)", "dog": "dog"}


def test_a_run_without_pictures_says_what_can_be_written(run: Run, tmp_path: Path) -> None:
    run.folder.thumbnails.unlink()
    found = reviewed(run)
    with pytest.raises(ExportError, match="holds no pictures of its images"):
        image_folder.write(found, tmp_path / "out", link=False, keep_undecided=False)
    with pytest.raises(ExportError, match="choose the format csv, parquet, json or cleanlab"):
        FILES["label-studio"].write(found)
    assert not (tmp_path / "out").exists()
    assert not list(tmp_path.glob(".making*"))
