"""Data sets of the Hugging Face library: found by their features, read row by row, and written."""

from __future__ import annotations

import io
import json
import pickle
import shutil
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image as Pillow

from mild.config import DataConfig
from mild.data.dataset import ImageFiles
from mild.data.huggingface import opening
from mild.data.huggingface.rows import RowImage
from mild.data.load import load, problems
from mild.data.originals import Originals, has_files
from mild.data.preview import preview
from mild.errors import DataError, ExportError
from mild.export.folders import hf_dataset, image_folder
from mild.export.table import LEFT_OUT, label_to_train_on, reviewed
from mild.store.review.decision import Decision, Window
from mild.store.review.decisions import decide
from mild.store.run import Run
from tests.export.conftest import make_folder_run, rename
from tests.later import later

datasets = later("datasets")
CLASSES = ["cat", "dog", "emu"]


@pytest.fixture(autouse=True, scope="module")
def _no_progress_bars() -> None:
    datasets.disable_progress_bars()


def _png(label: int, i: int) -> bytes:
    buffer = io.BytesIO()
    colour = [20 + i, 20, 20]
    colour[label] = 220
    Pillow.new("RGB", (8, 8), tuple(colour)).save(buffer, "PNG")
    return buffer.getvalue()


def _rows(
    n: int = 24, *, start: str = "", kind: Any = None, column: str = "label", **more: Any
) -> Any:
    """Images in three classes; a kind of label other than ClassLabel gets the class's name."""
    labels = [i % 3 for i in range(n)]
    images = [
        {"bytes": _png(label, i), "path": f"{start}{i:02d}.png" if start else None}
        for i, label in enumerate(labels)
    ]
    given = labels if kind is None else [CLASSES[label] for label in labels]
    features = {"picture": datasets.Image(), column: kind or datasets.ClassLabel(names=CLASSES)}
    values = {"picture": images, column: given}
    for name, feature in more.items():
        features[name], values[name] = (
            feature,
            images if isinstance(feature, datasets.Image) else labels,
        )
    return datasets.Dataset.from_dict(values, features=datasets.Features(features))


Save = Callable[[Any], DataConfig]


@pytest.fixture
def saved(tmp_path: Path) -> Callable[..., DataConfig]:
    def save(dataset: Any, **settings: Any) -> DataConfig:
        dataset.save_to_disk(tmp_path / "saved")
        return DataConfig(source="huggingface", path=str(tmp_path / "saved"), **settings)

    return save


def test_images_and_classes_are_found_by_their_features(saved: Callable[..., DataConfig]) -> None:
    config = saved(_rows(start="img"))
    assert problems(config) == []
    found = load(config, seed=0)
    assert found.class_names == ("cat", "dog", "emu")
    assert found.names[:2] == ("img00.png", "img01.png")
    assert found.given_N.tolist() == [i % 3 for i in range(24)]
    assert (found.images.read(4)[0, 0] == [24, 220, 20]).all()
    assert not len(found.test_labels_M)
    assert found.description.startswith("Hugging Face data set saved: 24 images of 8 x 8 pixels")


def test_train_is_judged_and_test_held_out(saved: Callable[..., DataConfig]) -> None:
    parts = datasets.DatasetDict(train=_rows(start="a"), test=_rows(6, start="a"), other=_rows(9))
    found = load(saved(parts), seed=0)
    assert (len(found.names), len(found.test_names)) == (24, 6)
    assert (found.names[0], found.test_names[0]) == ("train/a00.png", "test/a00.png")
    assert found.own_test_part


def test_splits_can_be_chosen_and_put_together(saved: Callable[..., DataConfig]) -> None:
    config = saved(datasets.DatasetDict(train=_rows(), more=_rows(9), test=_rows(6)))
    both = config.model_copy(update={"split": "train+more", "test_split": "none"})
    found = load(both, seed=0)
    assert (len(found.names), len(found.test_names)) == (33, 0)
    assert (found.names[0], found.names[-1]) == ("train 0", "more 8")
    other = load(config.model_copy(update={"test_split": "more"}), seed=0)
    assert len(other.test_names) == 9


def test_a_test_part_without_labels_gives_way_to_validation(
    saved: Callable[..., DataConfig],
) -> None:
    unlabelled = _rows(6).map(lambda row: {"label": -1}, load_from_cache_file=False)
    found = load(
        saved(datasets.DatasetDict(train=_rows(), test=unlabelled, validation=_rows(9))), seed=0
    )
    assert len(found.test_names) == 9
    assert found.notes == ("The split 'test' has no labels and was left out.",)


def test_labels_in_words_become_classes(saved: Callable[..., DataConfig]) -> None:
    found = load(saved(_rows(kind=datasets.Value("string"), column="category")), seed=0)
    assert found.class_names == ("cat", "dog", "emu")
    assert found.given_N.tolist() == [i % 3 for i in range(24)]


def test_rows_without_label_or_readable_image_are_passed_over(
    saved: Callable[..., DataConfig],
) -> None:
    rows = _rows(start="i").to_list()
    rows[1]["picture"]["bytes"], rows[2]["label"], rows[3]["picture"] = b"no image", None, None
    config = saved(datasets.Dataset.from_list(rows, features=_rows(3).features))
    found = load(config, seed=0)
    assert len(found.names) == 21
    assert [item.partition(":")[0] for item in found.skipped] == [
        "train 2", "train 1", "train 3",
    ]  # fmt: skip
    assert "no label" in found.skipped[0]
    gone = RowImage([{"image": {"bytes": None, "path": "/nowhere/at/all.png"}}], 0, "a")
    with pytest.raises(DataError, match="a: the file that its row names is not there"):
        gone.read()
    looked = preview(config)
    assert looked is not None
    assert looked.n_images == 23
    assert len(looked.skipped) == 3


@pytest.mark.parametrize(
    ("dataset", "settings", "sentence"),
    [
        (
            lambda: _rows(column="coarse", fine=datasets.ClassLabel(num_classes=3)),
            {},
            "does not tell which column has the labels. Set label_column to one of coarse, fine.",
        ),
        (lambda: _rows(second=datasets.Image()), {}, "Set image_column to one of picture, second."),
        (
            lambda: _rows(),
            {"image_column": "x"},
            "named 'x'. Set image_column",
        ),
        (lambda: _rows(), {"label_column": "x"}, "named 'x'. Set label_column to one of label."),
        (
            lambda: datasets.DatasetDict(a=_rows(), b=_rows()),
            {},
            "has several splits. Set split to one of a, b.",
        ),
        (lambda: _rows(), {"split": "a"}, "has no split 'a'. Set split to one of train."),
        (lambda: _rows().remove_columns("picture"), {}, "has no column of images; found label."),
        (lambda: _rows().remove_columns("label"), {}, "has no column with one label per image"),
    ],
)
def test_what_cannot_be_told_is_one_sentence_with_the_choices(
    saved: Callable[..., DataConfig],
    dataset: Callable[[], Any],
    settings: dict[str, str],
    sentence: str,
) -> None:
    with pytest.raises(DataError, match="saved: ") as caught:
        load(saved(dataset(), **settings), seed=0)
    assert sentence in str(caught.value)


def test_folders_that_hold_no_such_data_set_are_told(tmp_path: Path) -> None:
    def sentence(path: str) -> str:
        (found,) = problems(DataConfig(source="huggingface", path=path))
        return found

    assert "Give one that save_to_disk wrote" in sentence(str(tmp_path / "gone"))
    assert "it is not what save_to_disk wrote" in sentence(str(tmp_path))
    assert "is not the name of a data set of the hub" in sentence("hf:../etc")
    (tmp_path / "dataset_info.json").write_text("{")
    (tmp_path / "state.json").write_text("{}")
    with pytest.raises(DataError, match="cannot be read as a Hugging Face data set"):
        load(DataConfig(source="huggingface", path=str(tmp_path)), seed=0)


def test_files_that_a_saved_data_set_names_elsewhere_stay_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside, outside = tmp_path / "open", tmp_path / "closed"
    for folder in (inside / "one", inside / "linked", outside):
        _rows().save_to_disk(folder)
    (inside / "parts").mkdir()
    (inside / "parts" / "dataset_dict.json").write_text('{"splits": ["../../closed"]}')
    state = inside / "one" / "state.json"
    (own,) = (item["filename"] for item in json.loads(state.read_text())["_data_files"])
    monkeypatch.setenv("MILD_DATA_ROOTS", str(inside))
    opening.open_folder(inside / "one")
    state.write_text(state.read_text().replace(own, f"../../closed/{own}"))
    (inside / "linked" / own).unlink()
    (inside / "linked" / own).symlink_to(outside / own)
    for name in ("one", "linked", "parts"):
        with pytest.raises(DataError, match="lies outside of what is open for data here"):
            opening.open_folder(inside / name)


def test_without_the_library_the_sentence_has_the_command(
    saved: Callable[..., DataConfig], monkeypatch: pytest.MonkeyPatch
) -> None:
    config = saved(_rows())
    monkeypatch.setattr("mild.installation.find_spec", lambda name: None)
    assert problems(config) == [
        'A Hugging Face data set needs datasets, not installed here: pip install "mild[hf]"'
    ]


def test_streamed_images_are_decoded_when_they_are_asked_for_in_any_process(
    saved: Callable[..., DataConfig],
) -> None:
    found = load(saved(_rows(), pipeline="streaming"), seed=0)
    assert isinstance(found.images, ImageFiles)
    elsewhere = pickle.loads(pickle.dumps(found.images))
    assert (elsewhere.read(7) == found.images.read(7)).all()


def test_originals_are_read_by_name(saved: Callable[..., DataConfig]) -> None:
    config = saved(datasets.DatasetDict(train=_rows(start="a"), test=_rows(6, start="a")))
    original = Originals(config).read("test/a04.png", 100)
    assert original.own_size == (8, 8)
    assert original.pixels[0, 0].tolist() == [24, 220, 20]
    assert Originals(config).read("../saved/dataset_dict.json", 100) is None
    assert not has_files(config)


def test_the_hub_is_asked_once_and_pages_read_what_was_fetched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _rows().save_to_disk(tmp_path / "fetched")
    asked: list[Any] = []

    def load_dataset(*names: Any, **more: Any) -> Any:
        asked.append((*names, more))
        return datasets.load_from_disk(tmp_path / "fetched")

    monkeypatch.setattr("datasets.load_dataset", load_dataset)
    config = DataConfig(source="huggingface", path="hf:owner/birds:small@v2")
    assert problems(config) == []
    assert preview(config) is None
    assert asked == []
    assert len(load(config, seed=0).names) == 24
    assert asked == [("owner/birds", "small", {"revision": "v2"})]
    assert preview(config).n_images == 24
    assert Originals(config).read("train 3", 64) is not None
    assert len(asked) == 1
    shutil.rmtree(tmp_path / "fetched")
    assert preview(config) is None


@pytest.mark.parametrize(
    ("file", "closed"),
    [
        ("hf://datasets/owner/birds@3f2a/train.parquet", False),
        ("hf://datasets/new-owner/birds@3f2a/train.parquet", False),
        ("hf://datasets/somebody/private@3f2a/train.parquet", True),
        ("/home/somebody/private.parquet", True),
        ("file:///home/somebody/private.parquet", True),
    ],
)
def test_a_data_set_of_the_hub_names_no_file_that_is_not_its_own(
    file: str, closed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = SimpleNamespace(data_files={"train": [file]})
    builder = SimpleNamespace(config=named, repo_id="new-owner/birds")
    monkeypatch.setattr("datasets.load_dataset_builder", lambda *_, **__: builder)
    monkeypatch.setattr("datasets.load_dataset", lambda *_, **__: _rows())
    monkeypatch.setenv("MILD_DATA_ROOTS", "hf:owner")
    config = DataConfig(source="huggingface", path="hf:owner/birds")
    if closed:
        with pytest.raises(DataError, match="lies outside of what is open for data here"):
            load(config, seed=0)
    else:
        assert len(load(config, seed=0).names) == 24


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (ConnectionError("Couldn't reach 'x' on the Hub"), "save it on another machine with"),
        (FileNotFoundError("Dataset 'x' is a gated dataset on the Hub."), "run hf auth login"),
        (ValueError("Config name is missing. Pick one of ['a', 'b']"), "as in hf:x:CONFIG"),
        (RuntimeError("Dataset scripts are no longer supported, but found x.py"), "not run here"),
        (OSError(28, "No space left on device"), "Make room, or set HF_HOME"),
    ],
)
def test_why_the_hub_gives_nothing_is_one_sentence(
    error: Exception, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def load_dataset(*_: Any, **__: Any) -> Any:
        raise error

    monkeypatch.setattr("datasets.load_dataset", load_dataset)
    with pytest.raises(DataError, match=sentence) as caught:
        load(DataConfig(source="huggingface", path="hf:x"), seed=0)
    assert str(caught.value).startswith("hf:x: ")


def test_a_streamed_data_set_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    streamed = datasets.IterableDataset.__new__(
        datasets.IterableDataset
    )  # to make one in earnest imports torch
    monkeypatch.setattr(datasets.IterableDataset, "split", None)
    monkeypatch.setattr("datasets.load_dataset", lambda *_, **__: streamed)
    with pytest.raises(DataError, match="hf:x: is streamed, but every image is looked at many"):
        load(DataConfig(source="huggingface", path="hf:x"), seed=0)


def _decided(run: Run) -> tuple[int, int]:
    """One flagged image relabelled, one kept image dropped."""
    flagged_A = reviewed(run).measured.flagged_A
    first, other = int(np.flatnonzero(flagged_A)[0]), int(np.flatnonzero(~flagged_A)[0])
    wanted = {first: Decision("relabel", 2), other: Decision("drop")}
    decide(run.folder, wanted, Window("test", 0))
    return first, other


@pytest.mark.filterwarnings("ignore::DeprecationWarning:multiprocess.*")
def test_what_is_exported_comes_back_with_the_same_images_and_labels(
    runs_root: Path, tmp_path: Path
) -> None:
    run, root = make_folder_run(runs_root, tmp_path / "pictures")
    relabelled, dropped = _decided(run)
    output = tmp_path / "out"
    written = hf_dataset.write(reviewed(run), output, link=False, keep_undecided=False)
    found = reviewed(run)
    label_A = label_to_train_on(found, keep_undecided=False)
    kept = np.flatnonzero(label_A != LEFT_OUT)
    assert written.n_written == len(kept)
    assert sorted(item.name for item in output.iterdir()) == ["dataset_dict.json", "train"]

    raw = datasets.load_from_disk(output)["train"].cast_column(
        "image", datasets.Image(decode=False)
    )
    assert raw.features["label"].names == list(found.measured.class_names)
    for place in (0, len(kept) - 1):
        name = str(found.measured.names_A[kept[place]])
        assert raw[place]["name"] == name
        assert raw[place]["image"]["bytes"] == (root / name).read_bytes()
    by_index = {row["index"]: row for row in raw}
    assert dropped not in by_index
    assert by_index[relabelled]["decision"] == "relabel"
    assert (by_index[relabelled]["label"], by_index[relabelled]["given_label"]) == (
        2, found.measured.given_A[relabelled],
    )  # fmt: skip

    again = load(DataConfig(source="huggingface", path=str(output)), seed=0)
    own = load(found.config.data, seed=0)
    assert again.given_N.tolist() == label_A[kept].tolist()
    assert again.class_names == found.measured.class_names
    place_of = {name: place for place, name in enumerate(own.names)}
    places = [place_of[name] for name in found.measured.names_A[kept]]
    assert (again.images.read_all() == own.images.read_all()[places]).all()


def test_a_run_over_a_hugging_face_data_set_is_exported_either_way(
    runs_root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, root = make_folder_run(runs_root, tmp_path / "pictures", ("cat", "dog", "emu"))
    names = [str(name) for name in run.instances().names]
    rows = {
        "image": [{"bytes": (root / name).read_bytes(), "path": name} for name in names],
        "label": run.instances().given_N.tolist(),
    }
    features = datasets.Features(
        {"image": datasets.Image(), "label": datasets.ClassLabel(names=["cat", "dog", "emu"])}
    )
    datasets.Dataset.from_dict(rows, features=features).save_to_disk(tmp_path / "saved")
    rename(
        run,
        [f"train {i}" for i in range(len(names))],
        ("cat", "dog", "emu"),
        np.zeros((len(names), 8, 8, 3), np.uint8),
    )
    config = json.loads(run.folder.config.read_text())
    config["data"] |= {"source": "huggingface", "path": str(tmp_path / "saved")}
    run.folder.config.write_text(json.dumps(config))

    with monkeypatch.context() as limited:
        limited.setenv("MILD_DATA_ROOTS", str(tmp_path / "a"))
        with pytest.raises(DataError, match="saved: lies outside of what is open for data here"):
            hf_dataset.write(reviewed(run), tmp_path / "a", link=False, keep_undecided=True)
    with pytest.raises(ExportError, match="no image files to link to"):
        image_folder.write(reviewed(run), tmp_path / "a", link=True, keep_undecided=True)
    image_folder.write(reviewed(run), tmp_path / "a", link=False, keep_undecided=True)
    hf_dataset.write(reviewed(run), tmp_path / "b", link=False, keep_undecided=True)
    files = sorted((tmp_path / "a").rglob("*.png"))
    assert len(files) == len(names)
    first = int(files[0].stem.removeprefix("train "))
    assert files[0].read_bytes() == rows["image"][first]["bytes"]
    with pytest.raises(ExportError, match="lies in the data set's own folder"):
        hf_dataset.write(reviewed(run), tmp_path / "saved/x", link=False, keep_undecided=True)
    again = datasets.load_from_disk(tmp_path / "b")["train"].cast_column(
        "image", datasets.Image(decode=False)
    )
    assert again[5]["image"]["bytes"] == rows["image"][5]["bytes"]


def test_a_data_set_of_the_hub_lies_in_no_folder_here_and_is_fetched_to_be_exported(
    runs_root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, root = make_folder_run(runs_root, tmp_path / "pictures", ("cat", "dog", "emu"))
    names = [str(name) for name in run.instances().names]
    encoded = [(root / name).read_bytes() for name in names]
    rows = {
        "image": [{"bytes": content, "path": None} for content in encoded],
        "label": run.instances().given_N.tolist(),
    }
    features = datasets.Features(
        {"image": datasets.Image(), "label": datasets.ClassLabel(names=["cat", "dog", "emu"])}
    )
    there = datasets.Dataset.from_dict(rows, features=features)
    monkeypatch.setattr("datasets.load_dataset", lambda *_, **__: there)
    rename(
        run,
        [f"train {i}" for i in range(len(names))],
        ("cat", "dog", "emu"),
        np.zeros((len(names), 8, 8, 3), np.uint8),
    )
    config = json.loads(run.folder.config.read_text())
    config["data"] |= {"source": "huggingface", "path": "hf:birds"}
    run.folder.config.write_text(json.dumps(config))
    monkeypatch.chdir(tmp_path)
    image_folder.write(reviewed(run), tmp_path / "a", link=False, keep_undecided=True)
    assert sorted(file.read_bytes() for file in (tmp_path / "a").rglob("*.png")) == sorted(encoded)
