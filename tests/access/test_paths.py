"""Data come from open places only: neither links nor .. nor names in a table lead out of them."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mild.access import paths
from mild.config import DataConfig, parse
from mild.data.load import load, problems
from mild.data.originals import Originals
from mild.data.preview import preview
from mild.errors import DataError
from mild.preflight import network


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """An open folder and a closed one, each with images of two classes."""
    for name in ("open", "closed"):
        for label in ("cat", "dog"):
            folder = tmp_path / name / label
            folder.mkdir(parents=True)
            for i in range(12):
                Image.fromarray(np.full((8, 8, 3), 20 * i, np.uint8)).save(folder / f"{i}.png")
    monkeypatch.setenv(paths.ROOTS, str(tmp_path / "open"))
    return tmp_path / "open", tmp_path / "closed"


def _folder(path: Path) -> DataConfig:
    return DataConfig(source="folder", path=str(path))


def test_without_the_variable_every_place_is_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(paths.ROOTS, raising=False)
    assert paths.refusal("/etc") is None
    assert paths.refusal("s3://bucket/x") is None
    assert paths.closed("mine:build", "/etc/weights.pt") == []


def test_an_empty_variable_closes_every_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(paths.ROOTS, "")
    for place in ("/", "/etc", ".", "", "~", "s3://bucket", "hf:beans", "a\0b"):
        assert "no folder is open for data here" in (paths.refusal(place) or "")


def test_what_lies_below_an_open_folder_is_open_and_nothing_beside_it(
    places: tuple[Path, Path],
) -> None:
    inside, outside = places
    for place in (inside, inside / "cat", f"{inside}/", f"{inside}/./cat/../dog", inside / "new"):
        assert paths.refusal(place) is None
    for climbs in (outside, inside.parent, f"{inside}/../closed", f"{inside}-2", f"{inside}\0"):
        assert "lies outside of what is open" in (paths.refusal(climbs) or "")


def test_the_same_is_told_of_what_is_there_and_of_what_is_not(places: tuple[Path, Path]) -> None:
    there, missing = (paths.refusal(places[1] / name) or "" for name in ("cat", "cow"))
    assert there.replace("cat", "cow") == missing


def test_a_link_opens_nothing_that_is_closed(places: tuple[Path, Path]) -> None:
    inside, outside = places
    (inside / "link").symlink_to(outside)
    assert paths.refusal(inside / "link" / "cat") is not None
    assert paths.refusal_of_files([str(inside / "cat" / "0.png")]) is None
    (inside / "cat" / "x.png").symlink_to(outside / "cat" / "0.png")
    why = paths.refusal_of_files([str(inside / "cat" / name) for name in ("0.png", "x.png")])
    assert "x.png" in (why or "")
    (outside / "back").symlink_to(inside)
    assert paths.refusal(outside / "back" / "cat") is None


def test_addresses_are_closed_unless_they_are_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(paths.ROOTS, os.pathsep.join(["/data", "s3://bucket/images", "hf:owner"]))
    assert paths.roots()[1:] == ("s3://bucket/images", "hf:owner")
    for address in ("s3://bucket/images", "s3://bucket/images/a.png", "hf:owner/set:x@v1"):
        assert paths.refusal(address) is None
    for address in (
        "s3://bucket/images2", "s3://bucket/images/../private", "s3://bucket", "gs://bucket/images",
        "https://elsewhere.org/x", "file:///data/x", "hf:owner2/set", "hf:other",
        "s3://bucket/images/%2e%2e/private", "s3://bucket/images/.\t./private",
        "s3://bucket/images:2", "s3://bucket/images@elsewhere",
    ):  # fmt: skip
        assert paths.refusal(address) is not None, address


def test_a_path_written_as_an_address_is_never_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(paths.ROOTS, os.pathsep.join(["file:///data", "FILE:///data", "/data"]))
    for address in ("file:///data/x", "FILE:///data/x", "memory://x"):
        assert paths.refusal(address) is not None, address


def test_preview_check_and_start_refuse_a_closed_folder_alike(places: tuple[Path, Path]) -> None:
    inside, outside = places
    assert problems(_folder(inside)) == []
    assert load(_folder(inside), seed=0).given_N.size == 24
    (why,) = problems(_folder(outside))
    assert why.startswith(f"{outside}: lies outside of what is open for data here, {inside};")
    for act in (lambda: preview(_folder(outside)), lambda: load(_folder(outside), seed=0)):
        with pytest.raises(DataError, match="lies outside"):
            act()


def test_an_image_that_a_link_or_a_table_names_elsewhere_is_refused(
    places: tuple[Path, Path],
) -> None:
    inside, outside = places
    table = inside / "labels.csv"
    rows = [f"{folder}/{i}.png,{folder}" for folder in ("cat", "dog") for i in range(11)]
    table.write_text("\n".join(["path,label", *rows, f"{outside}/cat/0.png,cat"]))
    manifest = DataConfig(source="manifest", path=str(table))
    (inside / "cat" / "x.png").symlink_to(outside / "cat" / "0.png")
    for config in (manifest, _folder(inside)):
        with pytest.raises(DataError, match="lies outside"):
            load(config, seed=0)
        with pytest.raises(DataError, match="lies outside"):
            preview(config)


def test_the_labels_file_is_asked_about_as_well(places: tuple[Path, Path]) -> None:
    inside, outside = places
    config = _folder(inside).model_copy(update={"labels_path": str(outside / "labels.csv")})
    assert "lies outside" in problems(config)[0]


def test_an_original_of_an_older_run_is_not_read_from_a_closed_folder(
    places: tuple[Path, Path],
) -> None:
    inside, outside = places
    assert Originals(_folder(inside)).read("cat/0.png", 64) is not None
    assert Originals(_folder(outside)).read("cat/0.png", 64) is None
    (inside / "cat" / "x.png").symlink_to(outside / "cat" / "0.png")
    assert Originals(_folder(inside)).read("cat/x.png", 64) is None


def test_networks_of_ones_own_and_weights_from_elsewhere_are_off(
    places: tuple[Path, Path],
) -> None:
    inside, outside = places
    for model in ("mine:build", "os:system", "timm:hf-hub:somebody/net"):
        (why,) = paths.closed(model, None)
        assert "networks of one's own are switched off here" in why
    assert paths.closed("small-cnn", str(inside / "w.pt")) == []
    assert paths.closed("timm:resnet18", None) == []
    (why,) = network.problems(parse({"weights": str(outside / "w.pt")}))
    assert why.startswith(f"weights {outside}/w.pt: lies outside")
