"""Patches: what was decided, written as a table, applied to folders and tables, and taken back."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mild.errors import PatchError
from mild.export.formats.patch import write
from mild.export.patch import apply
from mild.export.patch.apply import apply_moves
from mild.export.patch.changes import (
    Change,
    as_cell,
    from_cell,
    read_changes,
    write_changes,
    write_header,
)
from mild.export.patch.manifest import patched_table, plan_table
from mild.export.patch.plan import Move, plan_moves
from mild.export.table import reviewed
from mild.store.review.decision import Decision, Window
from mild.store.review.decisions import decide
from mild.store.run import Run
from tests.in_process import command

HOSTILE = (
    "plain.png", "=1+1.png", "'quoted'.png", 'com,ma "x".png', "new\nline.png", "-1.png",
    " spaces .png", "ümläut 图.png", os.fsdecode(b"byte\xff.png"), "50 % \\n.png", "@.png",
)  # fmt: skip


def _folder(root: Path, classes: Sequence[str] = ("cat", "=dog", "emu")) -> Path:
    for name in classes:
        (root / name).mkdir(parents=True)
        for file in HOSTILE:
            (root / name / file).write_bytes(os.fsencode(f"{name}/{file}"))
    return root


def _state(*roots: Path) -> dict[str, bytes]:
    return {
        str(file): file.read_bytes() for root in roots for file in root.rglob("*") if file.is_file()
    }


def _written(path: Path, changes: Sequence[Change]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        write_header(file)
        write_changes(file, changes)
    return path


def _listed_names(root: Path, name: str) -> list[str]:
    from mild.data.sources.image_folder import list_folder
    from mild.data.sources.listed import relative_names

    found = list_folder(root)
    return [item for item in relative_names(found.train.files, root) if item.startswith(f"{name}/")]


def test_a_patch_has_what_people_relabelled_or_dropped(folder_run: tuple[Run, Path]) -> None:
    run, _ = folder_run
    given_A = reviewed(run).measured.given_A
    first, second, third, fourth = np.flatnonzero(given_A == 0)[:4].tolist()
    wanted = {
        first: Decision("relabel", 2), second: Decision("drop"), third: Decision("keep"),
        fourth: Decision("relabel", 0),
    }  # fmt: skip
    decide(run.folder, wanted, Window("test", 0))
    rows = list(csv.reader(io.StringIO(write(reviewed(run)).decode(), newline="")))
    names = reviewed(run).measured.names_A
    assert rows == [
        ["path", "old", "new"],
        [f"'{names[first]}", "'=cmd|' /C calc'!A0", "dog"],
        [f"'{names[second]}", "'=cmd|' /C calc'!A0", ""],
    ]


def test_hostile_names_move_and_come_back(tmp_path: Path) -> None:
    root = _folder(tmp_path / "pictures")
    names = _listed_names(root, "cat")
    assert len(names) == len(HOSTILE)
    before = _state(root)
    changes = [
        Change(path=name, old="cat", new="" if i % 3 == 0 else "=dog")
        for i, name in enumerate(names)
    ]
    file = _written(tmp_path / "review.patch.csv", changes)
    assert read_changes(file) == changes
    undo = tmp_path / "undo.csv"
    plan = plan_moves(root, read_changes(file))
    assert (len(plan.moves), plan.n_dropped) == (len(names), 4)
    apply_moves(plan.moves, undo)
    side = tmp_path / "pictures-dropped"
    assert _state(root) != before
    assert sorted(_state(root, side).values()) == sorted(before.values())
    assert not any((root / "cat").iterdir())
    assert len(list(side.rglob("*.png"))) == 4

    back = plan_moves(root, read_changes(undo))
    apply_moves(back.moves, tmp_path / "redo.csv")
    assert _state(root) == before
    assert not _state(side)
    again = plan_moves(root, read_changes(tmp_path / "redo.csv"))
    assert (len(again.moves), again.n_dropped) == (len(names), 4)


def test_a_folder_that_does_not_fit_is_left_alone(tmp_path: Path) -> None:
    root = _folder(tmp_path / "pictures")
    before = _state(tmp_path)
    changes = [
        Change(path="cat/plain.png", old="cat", new="emu"),
        Change(path="emu/plain.png", old="cat", new="emu"),
        Change(path="cat/gone.png", old="cat", new="emu"),
        Change(path="cat/-1.png", old="cat", new="owl"),
        Change(path="../undo.csv", old="cat", new=""),
        Change(path="cat/@.png", old="cat", new="emu", to="../../out.png"),
        Change(path="emu/@.png", old="emu", new="cat", to="emu/other.png"),
    ]
    with pytest.raises(PatchError, match="pictures: nothing was changed") as caught:
        plan_moves(root, changes)
    assert [problem.partition(":")[0] for problem in caught.value.problems[1:]] == [
        f"row {row}" for row in range(3, 9)
    ]
    assert "is in the folder 'emu', the patch has it in 'cat'" in str(caught.value)
    assert "the class 'owl' has no folder; there are =dog, cat, emu" in str(caught.value)
    assert _state(tmp_path) == before


def test_a_patch_leads_to_no_place_behind_a_link_and_makes_nothing_but_images(
    tmp_path: Path,
) -> None:
    root, elsewhere = _folder(tmp_path / "pictures"), tmp_path / "elsewhere"
    elsewhere.mkdir()
    (root / "emu" / "sub").symlink_to(elsewhere)
    (root / "cat" / "sub").mkdir()
    (root / "cat" / "sub" / "x.png").write_bytes(b"x")
    for change in (
        Change(path="cat/sub/x.png", old="cat", new="emu"),
        Change(path="cat/plain.png", old="cat", new="emu", to="emu/sub/x.png"),
        Change(path="cat/plain.png", old="cat", new="emu", to="emu/x.desktop"),
    ):
        with pytest.raises(PatchError, match=r"behind a link|is no place in the folder"):
            plan_moves(root, [change])
    (tmp_path / "owl").mkdir()
    (root / "owl").symlink_to(tmp_path / "owl")  # a class that its owner keeps elsewhere
    change = Change(path="cat/plain.png", old="cat", new="owl", to="owl/x.png")
    assert plan_moves(root, [change]).moves[0].target == root / "owl" / "x.png"


def test_nothing_is_overwritten_and_a_failure_half_way_takes_all_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = _folder(tmp_path / "pictures")
    before = _state(root)
    changes = [
        Change(path=f"cat/{name}.png", old="cat", new="emu") for name in ("plain", "-1", "@")
    ]
    plan = plan_moves(root, changes)
    assert plan.moves[0].target == root / "emu" / "plain (2).png"
    own, undo = apply._move, tmp_path / "undo.csv"

    def fails_at_last(source: Path, target: Path) -> None:
        if source.name == "@.png":
            raise OSError(28, "No space left on device", str(target))
        own(source, target)

    monkeypatch.setattr(apply, "_move", fails_at_last)
    with pytest.raises(PatchError, match=r"No space left on device\); nothing was"):
        apply_moves(plan.moves, undo)
    assert _state(root) == before
    assert not undo.exists()
    monkeypatch.setattr(apply, "_move", own)
    (root / "emu" / "@ (2).png").write_text("appeared")
    with pytest.raises(PatchError, match=r"@ \(2\).png exists already; nothing was changed"):
        apply_moves(plan.moves, undo)
    (root / "emu" / "@ (2).png").unlink()
    assert _state(root) == before
    undo.write_text("an older one")
    with pytest.raises(PatchError, match=r"undo\.csv exists already"):
        apply_moves(plan.moves, undo)
    assert undo.read_text() == "an older one"


@pytest.mark.parametrize("other_disk", [False, True])
def test_a_file_that_must_not_leave_its_folder_has_no_second_place(
    other_disk: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = _folder(tmp_path / "pictures")
    before = _state(root)
    own = Path.unlink

    def unlink(self: Path, **more: bool) -> None:
        if self == root / "cat" / "@.png":
            raise PermissionError(13, "Permission denied", str(self))
        own(self, **more)

    def link(*_: object, **__: object) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(Path, "unlink", unlink)
    if other_disk:
        monkeypatch.setattr(os, "link", link)
    changes = [Change(path=f"cat/{name}.png", old="cat", new="emu") for name in ("plain", "@")]
    with pytest.raises(PatchError, match=r"@\.png cannot be moved .*; nothing was changed"):
        apply_moves(plan_moves(root, changes).moves, tmp_path / "undo.csv")
    assert _state(root) == before


def test_what_a_killed_apply_moved_can_be_taken_back(tmp_path: Path) -> None:
    root = _folder(tmp_path / "pictures")
    before = _state(root)
    changes = [Change(path=f"cat/{name}.png", old="cat", new="") for name in ("plain", "-1")]
    apply_moves(plan_moves(root, changes).moves, tmp_path / "undo.csv")
    moved = tmp_path / "pictures-dropped/cat/-1.png"
    moved.rename(root / "cat/-1.png")  # its row is written, and it never moved
    plan = plan_moves(root, read_changes(tmp_path / "undo.csv"))
    assert (len(plan.moves), plan.n_unchanged) == (1, 1)
    apply_moves(plan.moves, tmp_path / "redo.csv")
    assert _state(root) == before


@pytest.mark.parametrize("left", ["a second name", "a copy", "half a copy", "no byte", "a link"])
def test_a_move_that_was_killed_between_its_two_names_can_be_taken_back(
    left: str, tmp_path: Path
) -> None:
    root = _folder(tmp_path / "pictures")
    source, target = root / "cat/plain.png", root / "emu/new.png"
    if left == "a link":
        source.unlink()
        source.symlink_to("-1.png")
    before = _state(root)
    move = Move(
        source=source,
        target=target,
        undo=Change(path="emu/new.png", old="emu", new="cat", to="cat/plain.png"),
    )
    apply_moves([move], tmp_path / "undo.csv")
    if left == "a second name":
        os.link(target, source)
    elif left == "a link":
        source.symlink_to("-1.png")
    else:
        source.write_bytes(before[str(source)])
        target.write_bytes(before[str(source)][: {"a copy": 99, "half a copy": 5}.get(left, 0)])
    apply_moves(plan_moves(root, read_changes(tmp_path / "undo.csv")).moves, tmp_path / "redo.csv")
    assert _state(root) == before


def test_another_image_of_the_old_name_is_never_taken_for_half_a_move(tmp_path: Path) -> None:
    root = _folder(tmp_path / "pictures")
    (root / "emu/new.png").write_bytes(b"cat/another one")
    (root / "cat/folder.png").mkdir()
    before = _state(root)
    for place in ("cat/plain.png", "cat/folder.png"):
        row = Change(path="emu/new.png", old="emu", new="cat", to=place)
        with pytest.raises(PatchError, match=f"something lies at {place} already"):
            plan_moves(root, [row])
    assert _state(root) == before


def test_other_disks_and_links_are_no_obstacle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = _folder(tmp_path / "pictures")
    (root / "cat" / "link.png").symlink_to("plain.png")

    def other_disk(*_: object, **__: object) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(os, "link", other_disk)
    changes = [Change(path=f"cat/{name}.png", old="cat", new="") for name in ("plain", "link")]
    apply_moves(plan_moves(root, changes).moves, tmp_path / "undo.csv")
    side = tmp_path / "pictures-dropped/cat"
    assert (side / "plain.png").read_bytes() == b"cat/plain.png"
    assert (side / "link.png").is_symlink()
    assert not (root / "cat/plain.png").exists()


def test_a_folder_with_parts_keeps_them(tmp_path: Path) -> None:
    for part in ("train", "val"):
        _folder(tmp_path / "set" / part, ("cat", "emu"))
    changes = [
        Change(path="val/cat/plain.png", old="cat", new="emu"),
        Change(path="train/cat/-1.png", old="cat", new=""),
    ]
    targets = [move.target for move in plan_moves(tmp_path / "set", changes).moves]
    assert targets == [
        tmp_path / "set/val/emu/plain (2).png",
        tmp_path / "set-dropped/train/cat/-1.png",
    ]


def test_a_table_gets_a_new_one_beside_it(tmp_path: Path) -> None:
    table = tmp_path / "list.csv"
    text = 'note;path;label\n"a, b";x/1.png; cat\nn;x/2.png;dog\n;x/3.png;cat\n'
    table.write_text(text, encoding="utf-8")
    changes = [
        Change(path="x/1.png", old="cat", new="emu; grey"),
        Change(path="x/3.png", old="cat", new=""),
        Change(path="x/2.png", old="dog", new="dog"),
    ]
    columns = {"path_column": "path", "label_column": "label"}
    new = plan_table(table, changes, **columns)
    assert new.n_unchanged == 1
    assert patched_table(table, new, label_column="label").decode() == (
        'note;path;label\na, b;x/1.png;"emu; grey"\nn;x/2.png;dog\n'
    )
    with pytest.raises(PatchError, match="has the label 'dog', the patch has it as 'cat'"):
        plan_table(table, [Change(path="x/2.png", old="cat", new="emu")], **columns)
    with pytest.raises(PatchError, match=r"x/9\.png is not in the table"):
        plan_table(table, [Change(path="x/9.png", old="cat", new="emu")], **columns)


def test_a_table_in_parquet_stays_one(tmp_path: Path) -> None:
    table = tmp_path / "list.parquet"
    frame = pd.DataFrame({"path": ["1.png", "2.png"], "label": [3, 4], "n": [0.5, 1.5]})
    frame.to_parquet(table)
    changes = [Change(path="1.png", old="3", new="4"), Change(path="2.png", old="4", new="")]
    new = plan_table(table, changes, path_column="path", label_column="label")
    (tmp_path / "new.parquet").write_bytes(patched_table(table, new, label_column="label"))
    found = pd.read_parquet(tmp_path / "new.parquet")
    assert found["path"].tolist() == ["1.png"]
    assert [str(label) for label in found["label"]] == ["4"]
    assert found["n"].tolist() == [0.5]


def test_the_command_checks_applies_and_undoes(tmp_path: Path) -> None:
    root = _folder(tmp_path / "pictures")
    before = _state(root)
    changes = [Change(path="cat/plain.png", old="cat", new="emu")]
    file = _written(tmp_path / "review.patch.csv", changes)
    words = ["patch", str(file), str(root)]
    dry = command([*words, "--dry-run"])
    assert dry.stdout.splitlines() == [
        "pictures/cat/plain.png → pictures/emu/plain (2).png",
        "1 image would be relabelled, 0 dropped, 0 as they are already.",
    ]
    assert _state(root) == before
    done = json.loads(command([*words, "--json"]).stdout)
    assert (done["n_relabelled"], done["n_dropped"], done["n_rows"]) == (1, 0, 1)
    twice = command(words)
    assert twice.returncode == 1
    assert "cat/plain.png is not there" in twice.stderr
    undone = command(["patch", done["undo"], str(root)])
    assert undone.returncode == 0, undone.stderr
    assert _state(root) == before


def test_what_an_undo_brings_back_is_not_called_relabelled(tmp_path: Path) -> None:
    root = _folder(tmp_path / "pictures")
    changes = [Change(path="cat/plain.png", old="cat", new="")]
    file = _written(tmp_path / "review.patch.csv", changes)
    undo = json.loads(command(["patch", str(file), str(root), "--json"]).stdout)["undo"]
    words = ["patch", undo, str(root)]
    dry = command([*words, "--dry-run"]).stdout.splitlines()[-1]
    assert dry == "0 images would be relabelled, 1 brought back, 0 dropped, 0 as they are already."
    back = json.loads(command([*words, "--json"]).stdout)
    assert (back["n_relabelled"], back["n_brought_back"], back["n_dropped"]) == (0, 1, 0)


def test_the_command_writes_a_table_only_beside_the_old_one(tmp_path: Path) -> None:
    table = tmp_path / "list.csv"
    table.write_text("path,label\n1.png,cat\n")
    file = _written(tmp_path / "p.csv", [Change(path="1.png", old="cat", new="emu")])
    words = ["patch", str(file), str(table)]
    elsewhere = command([*words, "--output", str(tmp_path / "x/new.csv")])
    assert "lies in another folder" in elsewhere.stderr
    assert command(words).returncode == 0
    assert (tmp_path / "list.patched.csv").read_text() == "path,label\n1.png,emu\n"
    assert "exists already" in command(words).stderr
    assert "is neither a folder nor" in command(["patch", str(file), str(tmp_path / "no")]).stderr


@given(
    st.lists(
        st.text(alphabet=st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1),
        min_size=3,
        max_size=3,
    )
)
def test_cells_come_back_as_they_were(cells: list[str]) -> None:
    file = io.StringIO(newline="")
    write_changes(file, [Change(path=cells[0], old=cells[1], new=cells[2])])
    (row,) = csv.reader(io.StringIO(file.getvalue(), newline=""))
    assert [cell.removeprefix("'") for cell in row] == cells
    assert not any(cell[:1] in ("=", "@") for cell in row)


@given(st.binary(min_size=1))
def test_any_path_is_printable_in_a_cell(path: bytes) -> None:
    cell = as_cell(os.fsdecode(path))
    assert cell.isprintable()
    assert os.fsencode(from_cell(cell)) == path
