"""Images behind an address: listed there, fetched once, and from then on read from the copies."""

from __future__ import annotations

import io
import pickle
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import fsspec
import pytest
from PIL import Image

from mild.config import DataConfig
from mild.config.folders import cache_root
from mild.data.load import load, problems
from mild.data.originals import Originals, has_files, has_originals
from mild.data.preview import preview
from mild.data.remote import fetching, files, listing
from mild.data.remote.address import Address, without_secrets
from mild.errors import DataError
from tests.data.conftest import COLOURS

MEMORY = fsspec.filesystem("memory")


@pytest.fixture
def bucket() -> Iterator[Callable[..., str]]:
    """Put images of each class behind an address."""

    def fill(
        root: str = "bucket/birds", classes: tuple[str, ...] = ("cat", "dog"), n: int = 5
    ) -> str:
        for name in classes:
            for i in range(n):
                buffer = io.BytesIO()
                red, green, blue = COLOURS[name]
                Image.new("RGB", (8, 8), (red, green, blue + i)).save(buffer, "PNG")
                MEMORY.pipe(f"/{root}/{name}/{i}.png", buffer.getvalue())
        return f"memory://{root}"

    MEMORY.store.clear()
    yield fill
    MEMORY.store.clear()


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "PAUSES", (0.0, 0.0))


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every file whose content was asked for."""
    found: list[str] = []
    own = type(MEMORY).cat_file

    def cat_file(self: Any, path: str, **more: Any) -> bytes:
        found.append(path)
        content: bytes = own(self, path, **more)
        return content

    monkeypatch.setattr(type(MEMORY), "cat_file", cat_file)
    return found


def _folder(path: str, **more: Any) -> DataConfig:
    return DataConfig(source="folder", path=path, **more)


def test_a_folder_behind_an_address_is_what_the_same_folder_is_here(
    bucket: Callable[..., str], fill: Callable[..., Path], tmp_path: Path
) -> None:
    there = load(_folder(bucket()), seed=0)
    here = load(_folder(str(fill(tmp_path / "birds"))), seed=0)
    assert there.names == here.names
    assert there.class_names == here.class_names
    assert there.given_N.tolist() == here.given_N.tolist()
    assert there.images.read(7)[0, 0].tolist() == [30, 200, 32]
    assert there.description.startswith("Folder memory://bucket/birds: 10 images of 8 x 8 pixels")


def test_images_are_fetched_once_and_again_where_they_changed(
    bucket: Callable[..., str], asked: list[str]
) -> None:
    config = _folder(bucket())
    load(config, seed=0)
    assert len(asked) == 10
    load(config, seed=0)
    assert len(asked) == 10
    MEMORY.pipe("/bucket/birds/cat/3.png", MEMORY.cat_file("/bucket/birds/dog/0.png"))
    asked.clear()
    changed = load(config, seed=0)
    assert asked == ["memory://bucket/birds/cat/3.png"]
    assert changed.images.read(3)[0, 0].tolist() == [30, 200, 30]


def test_a_look_fetches_a_few_and_lists_once(bucket: Callable[..., str], asked: list[str]) -> None:
    config = _folder(bucket(n=30))
    looked = preview(config, n=8)
    assert looked is not None
    assert (looked.n_images, len(looked.images), len(asked)) == (60, 8, 8)
    assert looked.sizes.usual == (8, 8)
    MEMORY.store.clear()  # out of reach
    assert preview(config, n=8).n_images == 60


def test_a_list_that_a_library_keeps_for_itself_is_not_taken_for_the_present_one(
    bucket: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: dict[str, Any] = {}
    for name in ("find", "ls"):
        own = getattr(type(MEMORY), name)

        def keeps(self: Any, path: str, own: Any = own, name: str = name, **more: Any) -> Any:
            key = f"{name} {path}"
            kept[key] = kept[key] if key in kept else own(self, path, **more)
            return kept[key]

        monkeypatch.setattr(type(MEMORY), name, keeps)
    monkeypatch.setattr(type(MEMORY), "invalidate_cache", lambda self, path=None: kept.clear())
    bucket(n=2)
    root = Address(scheme="memory", path="bucket/birds")
    assert len(listing.files_below(root, fresh_seconds=0)) == 4
    (one,) = listing.named_files([root.below("cat/0.png")], ["one"])
    MEMORY.pipe("/bucket/birds/cat/2.png", b"another")
    MEMORY.pipe("/bucket/birds/cat/0.png", b"a changed one")
    assert len(listing.files_below(root, fresh_seconds=0)) == 5
    (changed,) = listing.named_files([root.below("cat/0.png")], ["one"])
    assert (changed.size, changed.tag != one.tag) == (13, True)


def test_train_and_test_and_other_files_are_told_apart(bucket: Callable[..., str]) -> None:
    bucket("bucket/set/train")
    root = bucket("bucket/set/val", ("cat", "emu"), n=2).removesuffix("/val")
    MEMORY.pipe("/bucket/set/train/cat/notes.txt", b"x")
    MEMORY.pipe("/bucket/set/train/0.png", b"x")
    MEMORY.pipe("/bucket/set/.hidden/cat/0.png", b"x")
    found = load(DataConfig(source="train-test-folder", path=root), seed=0)
    assert (len(found.names), found.test_names) == (10, ("val/cat/0.png", "val/cat/1.png"))
    assert found.notes == (
        "1 image lies in no class folder and was passed over.",
        "1 file that is not an image (.txt) was passed over.",
        "emu: is not a class of train and was left out.",
    )
    with pytest.raises(DataError, match="holds the parts train, val, not classes"):
        load(_folder(root), seed=0)
    with pytest.raises(DataError, match=r"memory://bucket/none: .*no images in its sub-folders"):
        load(_folder("memory://bucket/none"), seed=0)


def test_a_manifest_may_lie_there_and_name_files_here_and_there(
    bucket: Callable[..., str], fill: Callable[..., Path], tmp_path: Path
) -> None:
    root, here = bucket(), fill(tmp_path / "here")
    rows = [f"birds/cat/{i}.png,cat" for i in range(5)]
    rows += [f"{root}/dog/{i}.png,dog" for i in range(5)]
    rows += ["birds/cat/9.png,cat", f"{here}/cat/0.png,cat"]  # a table there opens no file here
    MEMORY.pipe("/bucket/list.csv", "\n".join(["path,label", *rows]).encode())
    config = DataConfig(source="manifest", path="memory://bucket/list.csv")
    assert problems(config) == []
    found = load(config, seed=0)
    assert len(found.names) == 10
    assert found.names[:2] == ("birds/cat/0.png", "birds/cat/1.png")
    assert found.names[5] == "birds/dog/0.png"
    assert [item.rpartition(":")[2] for item in found.skipped] == [
        " is not there, so it was passed over."
    ] * 2
    table = tmp_path / "list.csv"
    table.write_text("\n".join(["path,label", *rows[5:10], f"{here}/cat/1.png,cat"]))
    assert len(load(DataConfig(source="manifest", path=str(table)), seed=0).names) == 6


def test_originals_are_the_copies_and_no_files_of_the_source(
    bucket: Callable[..., str],
) -> None:
    config = _folder(bucket())
    found = load(config, seed=0)
    original = Originals(config).read(found.names[3], 100)
    assert original.pixels[0, 0].tolist() == [200, 30, 33]
    assert has_originals(config)
    assert not has_files(config)


def test_other_processes_read_the_copies(bucket: Callable[..., str]) -> None:
    found = load(_folder(bucket(), pipeline="streaming"), seed=0)
    MEMORY.store.clear()
    elsewhere = pickle.loads(pickle.dumps(found.images))
    assert (elsewhere.read(2) == found.images.read(2)).all()


def test_a_lost_connection_is_tried_again_and_what_came_is_kept(
    bucket: Callable[..., str], asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    config = _folder(bucket())
    own, failures = type(MEMORY).cat_file, {"n": 2}

    def shaky(self: Any, path: str, **more: Any) -> bytes:
        if path.endswith("dog/4.png") and failures["n"]:
            failures["n"] -= 1
            raise ConnectionResetError("the other side hung up")
        content: bytes = own(self, path, **more)
        return content

    monkeypatch.setattr(type(MEMORY), "cat_file", shaky)
    assert len(load(config, seed=0).names) == 10
    shutil.rmtree(cache_root())
    failures["n"] = 100
    with pytest.raises(DataError, match=r"dog/4.png: the connection is lost \(the other side hung"):
        load(config, seed=0)
    failures["n"] = 0
    asked.clear()
    assert len(load(config, seed=0).names) == 10
    assert asked == ["memory://bucket/birds/dog/4.png"]


def test_half_a_file_is_no_file(
    bucket: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    config = _folder(bucket())
    monkeypatch.setattr(type(MEMORY), "cat_file", lambda self, path, **_: b"half")
    with pytest.raises(DataError, match=r"4 of 7. bytes came"):
        load(config, seed=0)


def test_room_is_looked_for_before_the_first_image_comes(
    bucket: Callable[..., str], asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "SPARE_BYTES", 2**62)
    with pytest.raises(DataError, match=r"10 images are to be kept there, .* set MILD_CACHE_DIR"):
        load(_folder(bucket()), seed=0)
    assert asked == []


def test_a_full_disk_is_one_sentence(
    bucket: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: Path, content: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(DataError, match=r"images cannot be kept there \(No space left on device\)"):
        load(_folder(bucket()), seed=0)


def test_progress_is_said_and_may_end_the_fetching(
    bucket: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "SHOW_SECONDS", 0.0)
    said: list[str] = []
    load(_folder(bucket()), seed=0, say=said.append)
    assert said[-1] == "Fetching images, once: 10 of 10, 0 of 0 MB; about 0 s left."
    shutil.rmtree(cache_root())

    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load(_folder(bucket()), seed=0, progress=stop)


@pytest.mark.parametrize(
    ("source", "path", "sentence"),
    [
        ("folder", "s3://me:secretkey@bucket/x", "s3://…@bucket/x: holds a user or a key"),
        ("folder", "ftp://host/x", "ftp://host/x: addresses that begin so cannot be read."),
        ("folder", "s3://", "s3://: names no place. Write it as in s3://bucket/folder."),
        ("arrays", "s3://bucket/x.npz", "addresses are for 'folder', 'train-test-folder', "),
        ("huggingface", "hf://datasets/x", "addresses are for 'folder', "),
    ],
)
def test_an_address_that_cannot_be_used_is_one_sentence(
    source: str, path: str, sentence: str
) -> None:
    (found,) = problems(DataConfig(source=source, path=path))
    assert sentence in found
    assert "secretkey" not in found


def test_what_is_not_installed_is_told_with_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    there = {"fsspec"}
    monkeypatch.setattr(
        "mild.data.remote.address.find_spec", lambda name: object() if name in there else None
    )
    assert problems(_folder("s3://bucket/x")) == [
        "s3://bucket/x: needs s3fs, not installed here: pip install s3fs"
    ]
    assert problems(_folder("memory://x/y")) == []
    there.clear()
    assert problems(_folder("gs://bucket/x")) == [
        'gs://bucket/x: needs fsspec, gcsfs, not installed here: pip install "mild[remote]" gcsfs'
    ]


def test_keys_are_hidden_in_what_a_library_says() -> None:
    said = "403 for https://a/b?X-Amz-Signature=12ab&x=1, token=abc; s3://me:you@c"
    assert without_secrets(said) == ("403 for https://a/b?X-Amz-Signature=…&x=1, token=… s3://…@c")
