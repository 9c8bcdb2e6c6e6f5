"""One image of the review page, opened: what the browser is told of it, and what it may ask."""

from __future__ import annotations

import base64
import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

import mild
from mild.analysis.instances.measured import measure
from mild.store.run import Run, all_runs
from tests.export.conftest import make_folder_run
from tests.pages.conftest import OpenPage, fine, words
from tests.pages.review.test_review import gallery, send, shown
from tests.runs_for_tests import write_run


def opened(app: AppTest, index: int, side: Any = 600) -> dict[str, Any]:
    send(app, {"kind": "open", "indices": [index], "value": side}, source=f"opens {index}")
    fine(app)
    detail: dict[str, Any] = gallery(app)["detail"]
    return detail


def picture(address: str) -> Image.Image:
    return Image.open(io.BytesIO(base64.b64decode(address.partition(",")[2])))


@pytest.fixture
def folder_run(runs_root: Path, tmp_path: Path) -> tuple[Run, Path]:
    return make_folder_run(runs_root, tmp_path / "pictures", ("cat", "dog", "<i>other</i>"))


def test_an_opened_image_comes_with_its_original_and_what_is_known_of_it(
    folder_run: tuple[Run, Path], open_page: OpenPage
) -> None:
    run, root = folder_run
    app = open_page("review", run=run.run_id)
    index = shown(app)[0]
    name = str(run.instances().names[index])
    Image.new("RGB", (900, 500), "green").save(root / name)
    assert gallery(app)["detail"] is None
    detail = opened(app, index)
    assert detail["index"] == index
    assert detail["picture"]["words"] == "The original, 900 × 500 pixels"
    assert picture(detail["picture"]["address"]).size == (600, 333)
    epochs_of_round = [len(item["predicted"]) for item in detail["rounds"]]
    assert epochs_of_round[0] == run.n_epochs(0)
    predicted = [gallery(app)["classes"][label] for label in run.predictions(0)[:, index]]
    assert detail["rounds"][0]["predicted"] == predicted
    given = gallery(app)["tiles"][0]["given"]
    assert detail["nearest"]["groups"][0]["title"] == f"Kept as {given}"
    assert all(len(group["pictures"]) == 3 for group in detail["nearest"]["groups"])
    send(app, {"kind": "drop", "indices": [index]}, source="decides")
    assert gallery(app)["detail"]["history"][0]["words"] == "Dropped"
    send(app, {"kind": "close"}, source="closes")
    assert gallery(app)["detail"] is None


def test_where_the_original_is_gone_the_picture_of_the_run_says_so(
    folder_run: tuple[Run, Path], open_page: OpenPage
) -> None:
    run, root = folder_run
    app = open_page("review", run=run.run_id)
    index = shown(app)[0]
    (root / str(run.instances().names[index])).unlink()
    found = opened(app, index)["picture"]
    assert found["words"] == "A picture of 8 × 8 pixels: the original is not where it was"
    assert picture(found["address"]).size == (8, 8)


def test_held_out_images_open_as_well(runs_root: Path, open_page: OpenPage) -> None:
    run = write_run(runs_root, n_held_out=45)
    app = open_page("review", run=run.run_id, show="all", part="held-out")
    detail = opened(app, 320)
    assert "the run holds no larger one" in detail["picture"]["words"]
    assert [item["title"] for item in detail["rounds"]] == ["Round 1", "Round 2"]


@pytest.mark.parametrize("with_images", [True, False])
def test_recorded_runs_open_with_their_images_or_without(
    with_images: bool, runs_root: Path, open_page: OpenPage
) -> None:
    given = np.arange(60) % 3
    rng = np.random.default_rng(0)
    images = rng.integers(255, size=(60, 300, 200, 3), dtype=np.uint8) if with_images else None
    with mild.Recorder(given, images=images, rounds=[5]) as recorder:
        for _ in range(5):
            recorder.update(np.arange(60), np.eye(3)[given] + rng.normal(size=(60, 3)))
            recorder.end_epoch()
        recorder.end_round()
    (run,) = all_runs()
    app = open_page("review", run=run.run_id, show="all")
    detail = opened(app, 7)
    if with_images:
        assert detail["picture"]["words"].startswith("A picture of 170 × 256 pixels")
    else:
        assert detail["picture"] is None
        assert detail["nearest"]["groups"][0]["pictures"] == []


@pytest.mark.parametrize("hostile", [[-1], [10**9], [], ["0"], None])
def test_what_is_no_image_opens_nothing(hostile: Any, runs_root: Path, open_page: OpenPage) -> None:
    app = open_page("review", run=write_run(runs_root).run_id)
    send(app, {"kind": "open", "indices": hostile, "value": 10**12})
    fine(app)
    assert gallery(app)["detail"] is None


def test_a_monstrous_screen_gets_no_more_than_a_large_one(
    folder_run: tuple[Run, Path], open_page: OpenPage
) -> None:
    run, root = folder_run
    app = open_page("review", run=run.run_id)
    index = shown(app)[0]
    Image.new("RGB", (4000, 100)).save(root / str(run.instances().names[index]))
    detail = opened(app, index, 10**12)
    assert picture(detail["picture"]["address"]).size == (1024, 26)


def test_pictures_are_as_large_as_the_tiles_ask(runs_root: Path, open_page: OpenPage) -> None:
    run = write_run(runs_root)
    large = np.random.default_rng(0).integers(255, size=(300, 200, 200, 3), dtype=np.uint8)
    np.save(run.folder.thumbnails, large)
    app = open_page("review", run=run.run_id)
    assert gallery(app)["sheet"]["width"] == 144
    for asked, width in ((96, 96), (256, 200), (10**6, 144), ("96", 144)):
        app.session_state["review gallery"] = {"picture": asked}
        app.run()
        assert gallery(app)["sheet"]["width"] == width


def test_the_cleaned_folder_is_written_from_the_page(
    folder_run: tuple[Run, Path], open_page: OpenPage
) -> None:
    run, root = folder_run
    app = open_page("review", run=run.run_id)
    first, second = shown(app)[:2]
    send(app, {"kind": "keep", "indices": [first]}, {"kind": "drop", "indices": [second]})
    assert app.text_input("folder name").value == "pictures-cleaned"
    for bad in ("../elsewhere", "", "/tmp/x", ".."):
        app.text_input("folder name").set_value(bad).run()
        app.button("write folder").click().run()
        assert "without any slash" in words(app)
    app.text_input("folder name").set_value("clean").run()
    app.button("write folder").click().run()
    fine(app)
    written = sum(1 for file in (root.parent / "clean").rglob("*") if file.is_file())
    n_flagged = int(measure(run).flagged_A.sum())
    assert written == 90 - n_flagged + 1
    assert f"{written} images written to" in words(app)
    app.button("write folder").click().run()
    assert "is not empty" in words(app)
