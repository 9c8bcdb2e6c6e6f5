"""The original of an image: the file that the source names, whatever its name, and no other."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mild.config import DataConfig, parse
from mild.data.images.decode import decode_within
from mild.data.originals import Originals
from mild.errors import DataError


def _save(path: Path, width: int = 40, height: int = 20) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (width, height), (200, 10, 10)).save(path)
    return path


def _folder(root: Path) -> DataConfig:
    return parse({"data": {"source": "folder", "path": str(root)}}).data


def test_the_whole_original_is_read_and_no_larger_than_asked(tmp_path: Path) -> None:
    _save(tmp_path / "pictures" / "cat" / "a.png", 400, 200)
    _save(tmp_path / "pictures" / "dog" / "b.png")
    found = Originals(_folder(tmp_path / "pictures")).read("cat/a.png", 100)
    assert found is not None
    assert (found.pixels.shape, found.own_size) == ((50, 100, 3), (400, 200))


@pytest.mark.parametrize(
    "name", ["../secret.png", "cat/../../secret.png", "{root}/secret.png", "cat", "", "cat/\0.png"]
)
def test_a_name_that_leads_elsewhere_is_no_original(name: str, tmp_path: Path) -> None:
    _save(tmp_path / "secret.png")
    _save(tmp_path / "pictures" / "cat" / "a.png")
    _save(tmp_path / "pictures" / "dog" / "b.png")
    originals = Originals(_folder(tmp_path / "pictures"))
    assert originals.read(name.format(root=tmp_path), 100) is None


def test_a_file_that_is_no_image_is_not_opened(tmp_path: Path) -> None:
    _save(tmp_path / "cat" / "a.png")
    _save(tmp_path / "dog" / "b.png")
    (tmp_path / "cat" / "notes.txt").write_text("private")
    (tmp_path / "cat" / "broken.png").write_bytes(b"no image")
    originals = Originals(_folder(tmp_path))
    assert originals.read("cat/notes.txt", 100) is None
    assert originals.read("cat/broken.png", 100) is None


def test_names_that_cannot_be_printed_and_linked_folders_are_found(tmp_path: Path) -> None:
    root = tmp_path / "pictures"
    _save(root / "cat" / "line\nbreak.png")
    _save(tmp_path / "elsewhere" / "b.png", 30, 60)
    (root / "dog").symlink_to(tmp_path / "elsewhere")
    originals = Originals(_folder(root))
    assert originals.read("cat/line\\nbreak.png", 100) is not None
    found = originals.read("dog/b.png", 100)
    assert found is not None
    assert found.own_size == (30, 60)


def test_a_manifest_may_name_files_anywhere(tmp_path: Path) -> None:
    far = _save(tmp_path / "far" / "a.png", 30, 60)
    _save(tmp_path / "near" / "b.png")
    table = tmp_path / "lists" / "labels.csv"
    table.parent.mkdir()
    table.write_text(f"path,label\n{far},cat\n../near/b.png,dog\n")
    originals = Originals(parse({"data": {"source": "manifest", "path": str(table)}}).data)
    assert originals.read(str(far), 100) is not None
    assert originals.read("../near/b.png", 100) is not None
    _save(tmp_path / "far" / "unlisted.png")
    assert originals.read(str(tmp_path / "far" / "unlisted.png"), 100) is None


def test_what_has_no_files_has_no_originals() -> None:
    assert Originals(parse({}).data).read("train 0", 100) is None


def test_a_photo_taken_upright_has_its_size_as_it_is_seen(tmp_path: Path) -> None:
    image = Image.fromarray(np.zeros((200, 400, 3), dtype=np.uint8))
    exif = image.getexif()
    exif[0x0112] = 6
    image.save(tmp_path / "a.jpg", exif=exif)
    found = decode_within(str(tmp_path / "a.jpg"), 100)
    assert (found.pixels.shape, found.own_size) == ((100, 50, 3), (200, 400))
    with pytest.raises(DataError, match="cannot be read as an image"):
        decode_within(str(tmp_path / "gone.jpg"), 100)
