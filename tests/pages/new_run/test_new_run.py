"""New run: what is typed becomes a run, or every problem is named at once."""

from __future__ import annotations

import json
import platform
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import streamlit as st
from PIL import Image
from streamlit.testing.v1 import AppTest

from mild import jobs
from mild.config import RunConfig, options, parse, presets
from mild.store.run import Run, all_runs
from mild.store.writer import RunWriter, create_run
from mild.ui.new_run.estimate import roughly
from mild.ui.new_run.fields import rounds as form_rounds
from tests.pages.conftest import OpenPage, fine, words
from tests.runs_for_tests import write_run


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch, runs_root: Path) -> list[RunConfig]:
    """Configs that were started; no worker is launched."""
    configs: list[RunConfig] = []

    def start(config: RunConfig, **_: Any) -> Run:
        configs.append(config)
        return write_run(runs_root, until="queued")

    monkeypatch.setattr(jobs, "start", start)
    return configs


@pytest.fixture
def type_in(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What a person leaves in a table, by the beginning of its key; the test driver cannot type."""
    typed: dict[str, Any] = {}
    real = st.data_editor

    def editor(data: pd.DataFrame, *args: Any, key: str, **kwargs: Any) -> Any:
        shown = real(data, *args, key=key, **kwargs)
        for begin, rows in typed.items():
            if key.startswith(begin):
                return pd.DataFrame(rows, columns=data.columns)
        return shown

    monkeypatch.setattr(st, "data_editor", editor)
    return typed


def command(app: AppTest) -> str:
    (found,) = [item.value for item in app.code if item.value.startswith("python -m mild train")]
    return str(found)


def as_json(app: AppTest) -> RunConfig:
    (found,) = [item.value for item in app.code if item.value.startswith("{")]
    return parse(json.loads(found))


def rounds_table(app: AppTest) -> pd.DataFrame:
    (found,) = [item.value for item in app.dataframe if "epochs" in item.value]
    return found


def chart_titles(app: AppTest) -> list[str]:
    figures = [json.loads(item.proto.spec) for item in app.get("plotly_chart")]
    return [figure["layout"]["yaxis"]["title"]["text"] for figure in figures]


def with_digits(open_page: OpenPage) -> AppTest:
    """The form about the set that is built in."""
    return open_page("new_run").selectbox("data").set_value("digits").run()


def bar(app: AppTest) -> str:
    """What stands beside Start."""
    begins = ("**", ":red[:material/error:]", ":blue[:material/info:]")
    found = [item.value for item in app.markdown if item.value.startswith(begins)]
    return str(found[-1]).replace("\\", "")


def test_the_form_begins_with_somebodys_own_images(open_page: OpenPage) -> None:
    app = open_page("new_run")
    fine(app)
    assert app.selectbox("data").value == "folder"
    assert "First: [Type the path of the folder that holds your images.](#part-images)" in bar(app)
    assert app.button("start").disabled
    assert "--" not in "".join(item.value for item in app.error)


def test_the_form_shows_images_balance_and_the_equivalent_command(open_page: OpenPage) -> None:
    app = with_digits(open_page)
    assert len(app.get("image")) == 1
    assert "1,797 images in 10 classes" in words(app)
    assert chart_titles(app) == ["Images"]
    assert command(app).startswith("python -m mild train --name 'my run'")
    assert as_json(app) == RunConfig(name="my run")


def test_what_is_asked_for_is_what_starts(
    started: list[RunConfig], type_in: dict[str, Any], open_page: OpenPage
) -> None:
    app = with_digits(open_page)
    app.selectbox("noise").set_value("symmetric").run()
    app.slider("rate").set_value(20)
    type_in["rounds"] = [(5, 0.0025), (4, None)]
    app.run()
    assert "--noise symmetric --rate 0.2 --rounds 5:0.0025,4" in command(app)
    assert "29 epochs: 9 in 2 rounds, 20 of the final model" in bar(app)
    app.button("start").click().run()
    fine(app)
    (config,) = started
    assert (config.noise.model, config.noise.rate) == ("symmetric", 0.2)
    assert [(item.epochs, item.weight_decay) for item in config.rounds] == [(5, 0.0025), (4, None)]
    assert app.session_state["_page"] == "live"


def test_every_problem_is_shown_at_once_and_nothing_starts(
    started: list[RunConfig], type_in: dict[str, Any], tmp_path: Path, open_page: OpenPage
) -> None:
    app = open_page("new_run")
    app.selectbox("data").set_value("folder").run()
    app.text_input("path").set_value(str(tmp_path / "nowhere"))
    app.text_input("name").set_value("").run()
    type_in["rounds"] = [(None, 0.1), (None, None)]
    app.run()
    at_fields = [item.value.replace("\\", "") for item in app.error]
    assert [text for text in at_fields if "nowhere is not there" in text]
    assert "name is '': must not be empty." in at_fields
    assert "round 1 epochs is None: must be a whole number." in at_fields
    for link in ("](#part-images)", "](#part-name)", "](#part-rounds)"):
        assert link in bar(app)
    assert app.button("start").disabled
    assert not started
    assert not all_runs()


def test_an_empty_table_of_rounds_is_told(type_in: dict[str, Any], open_page: OpenPage) -> None:
    type_in["rounds"] = []
    app = with_digits(open_page)
    assert "rounds is empty" in app.error[0].value
    assert "](#part-rounds)" in bar(app)


@pytest.mark.parametrize(
    ("source", "path", "sentence"),
    [
        ("folder", "../../nowhere", "is not there"),
        ("folder", "\0", "is not there"),
        ("folder", "~no-such-user/pictures", "~no-such-user"),
        ("folder", "x" * 5000, "x" * 100),
        ("folder", "", "Type the path of the folder"),
        ("arrays", "", "Type the path of the file"),
        ("manifest", "<script>alert(1)</script>.csv", "<script>alert(1)</script>.csv"),
        ("manifest", "/dev/zero", "/dev/zero"),
        ("arrays", "/etc/passwd", "/etc/passwd"),
    ],
)
def test_a_hostile_path_is_a_sentence(
    source: str, path: str, sentence: str, started: list[RunConfig], open_page: OpenPage
) -> None:
    app = open_page("new_run")
    app.selectbox("data").set_value(source).run()
    app.text_input("path").set_value(path).run()
    fine(app)
    said = app.error if path else app.info  # nothing is wrong with an empty field
    assert sentence in said[0].value.replace("\\", "")
    assert app.button("start").disabled
    assert not started


def _pictures(folder: Path) -> Path:
    for label in ("cat", "dog", "emu"):
        (folder / label).mkdir(parents=True)
        for number in range(12):
            Image.new("RGB", (8, 8), (9 * number, 9, 9)).save(folder / label / f"{number}.png")
    return folder


def _manifest(folder: Path) -> Path:
    files = sorted(_pictures(folder / "pictures").rglob("*.png"))
    rows = [f"{file},{file.parent.name}" for file in files]
    (folder / "labels.csv").write_text("\n".join(["path,label", *rows]))
    return folder / "labels.csv"


def _arrays(folder: Path) -> Path:
    images = np.zeros((30, 8, 8, 3), dtype=np.uint8)
    np.savez(folder / "all.npz", images=images, labels=np.arange(30) % 3)
    return folder / "all.npz"


def _saved(folder: Path) -> Path:
    from datasets import ClassLabel, Dataset, Features
    from datasets import Image as Encoded

    files = sorted(map(str, _pictures(folder / "pictures").rglob("*.png")))
    features = Features({"image": Encoded(), "label": ClassLabel(names=["cat", "dog", "emu"])})
    rows = {"image": files, "label": [i // 12 for i in range(len(files))]}
    Dataset.from_dict(rows, features=features).save_to_disk(folder / "saved")
    return folder / "saved"


def _elsewhere(folder: Path) -> str:
    return f"file://{_pictures(folder / 'pictures')}"


@pytest.mark.parametrize(
    ("source", "make", "n"),
    [
        ("folder", _pictures, 36), ("folder", _elsewhere, 36), ("manifest", _manifest, 36),
        ("arrays", _arrays, 30), ("huggingface", _saved, 36),
    ],
)  # fmt: skip
def test_ones_own_images_are_shown_with_their_balance_and_their_noise(
    source: str, make: Any, n: int, tmp_path: Path, open_page: OpenPage
) -> None:
    app = open_page("new_run")
    app.selectbox("data").set_value(source).run()
    app.text_input("path").set_value(str(make(tmp_path))).run()
    app.selectbox("noise").set_value("pairflip").run()
    fine(app)
    assert f"{n} images in 3 classes" in words(app)
    assert chart_titles(app) == ["Images", "Clean label"]
    assert "About 40.0 % of all labels become wrong." in words(app)


def test_a_set_that_is_not_on_disk_has_its_matrix_but_no_images(open_page: OpenPage) -> None:
    app = open_page("new_run")
    app.selectbox("data").set_value("cifar10").run()
    app.selectbox("noise").set_value("asymmetric").run()
    fine(app)
    assert "read, or downloaded, when training starts" in words(app)
    assert chart_titles(app) == ["Clean label"]
    assert "time not known yet" in bar(app)


def test_instance_noise_says_that_its_matrix_depends_on_the_images(open_page: OpenPage) -> None:
    app = with_digits(open_page)
    app.selectbox("noise").set_value("instance").run()
    assert "depends on the image, so the matrix is known only once" in words(app)


def test_noise_that_does_not_fit_the_classes_is_told(open_page: OpenPage) -> None:
    app = with_digits(open_page)
    app.selectbox("noise").set_value("asymmetric").run()
    assert "there is no agreed map" in app.error[0].value
    assert "](#part-noise)" in bar(app)


def test_a_matrix_of_ones_own_is_typed_drawn_and_checked(
    type_in: dict[str, Any], open_page: OpenPage
) -> None:
    app = with_digits(open_page)
    app.selectbox("noise").set_value("matrix").run()
    matrix = np.eye(10)
    matrix[7] = [0.5, 0, 0, 0, 0, 0, 0, 0.5, 0, 0]
    type_in["matrix"] = matrix
    app.run()
    assert as_json(app).noise.matrix == tuple(map(tuple, matrix.tolist()))
    assert chart_titles(app) == ["Images", "Clean label"]
    matrix[7, 7] = 0.4
    app.run()
    assert "row 7 of the matrix sums to 0.9; every row must sum to 1" in words(app)


def test_a_class_map_of_ones_own_is_typed_by_the_names_of_the_classes(
    type_in: dict[str, Any], open_page: OpenPage
) -> None:
    app = with_digits(open_page)
    app.selectbox("noise").set_value("class-map").run()
    type_in["class map"] = [("3", "5"), ("5", "3"), ("7", None)]
    app.run()
    assert as_json(app).noise.class_map == {3: 5, 5: 3}
    type_in["class map"] = [("3", "5"), ("3", "4")]
    app.run()
    assert "class 3 stands twice in the class map" in words(app)


def test_the_time_is_taken_from_a_finished_run_like_this_one_and_never_guessed(
    runs_root: Path, open_page: OpenPage
) -> None:
    run = write_run(runs_root)  # 300 images, 0.1 s an epoch
    assert "time not known yet" in bar(with_digits(open_page))
    writer = RunWriter(run.folder)
    writer.facts(machine=platform.node())
    writer.close()
    st.cache_resource.clear()  # looked at anew after a minute
    seconds = 60 * 1438 * 0.1 / 300
    assert f"at most about **{roughly(seconds)}** here" in bar(with_digits(open_page))


@pytest.fixture
def unusual(runs_root: Path) -> RunConfig:
    """A run with settings that the form has no field for, or may leave open."""
    config = parse(
        {
            "name": "unusual",
            "noise": {"model": "class-map", "rate": 0.125, "class_map": {"3": 5}},
            "rounds": [{"epochs": 7, "weight_decay": 0.0025}, {"epochs": 5}],
            "selection": {"nested": False, "tau": 0.7, "min_removed_share": 0.25},
            "augmentation": {"crop_padding": 2, "flip": True},
            "optimizer": {"learning_rate": 0.012345, "momentum": 0.5},
            "final": {"kind": "mixmatch", "epochs": 3},
            "data": {"test_fraction": 0.25, "pipeline": "streaming", "workers": 3},
            "devices": 2,
            "reinitialise": True,
        }
    )
    create_run(config, runs_root)
    return config


def test_a_duplicate_keeps_every_setting_also_what_the_form_does_not_show(
    unusual: RunConfig, open_page: OpenPage
) -> None:
    (run,) = all_runs()
    app = open_page("new_run", like=run.run_id)
    fine(app)
    assert as_json(app) == unusual
    assert command(app) == options.command_line(unusual)
    (kept,) = (item.value for item in app.code if item.value.startswith("--"))
    assert kept.split() == [
        "--momentum", "0.5", "--tau", "0.7", "--min-removed-share", "0.25", "--no-nested",
        "--reinitialise",
    ]  # fmt: skip
    assert rounds_table(app)["epochs"].tolist() == [7, 5]


def test_what_the_form_leaves_open_is_left_open_in_a_duplicate(
    unusual: RunConfig, open_page: OpenPage
) -> None:
    (run,) = all_runs()
    app = open_page("new_run", like=run.run_id)
    app.selectbox("flip").select_index(0).run()
    app.selectbox("crop padding").select_index(0).run()
    app.selectbox("workers").select_index(0).run()
    assert as_json(app).data.workers is None
    assert as_json(app).augmentation == RunConfig().augmentation


def test_another_preset_begins_anew(open_page: OpenPage) -> None:
    app = with_digits(open_page)
    app.selectbox("noise").set_value("matrix").run()
    app.text_input("name").set_value("typed").run()
    app.selectbox("start from").set_value("paper-cifar10-sym80").run()
    fine(app)
    assert len(rounds_table(app)) == 27
    assert as_json(app) == presets.preset("paper-cifar10-sym80")
    app.selectbox("start from").set_value("demo").run()
    assert as_json(app).rounds == presets.preset("demo").rounds


def test_rows_of_the_table_are_rounds_and_empty_rows_are_none() -> None:
    edited = pd.DataFrame(
        {
            "epochs": pd.array([20, None, None], dtype="Int64"),
            "weight decay": pd.array([None, None, 0.5], dtype="Float64"),
        }
    )
    assert form_rounds.as_rounds(edited) == [
        {"epochs": 20, "weight_decay": None},
        {"epochs": None, "weight_decay": 0.5},
    ]


def test_own_images_have_settings_that_follow_from_them_and_a_reason(
    tmp_path: Path, open_page: OpenPage
) -> None:
    app = open_page("new_run")
    app.text_input("path").set_value(str(_pictures(tmp_path / "zoo"))).run()
    fine(app)
    assert (
        "36 images of 3 classes, all of 8 × 8: small-cnn at their own size, 60 epochs in 2 rounds."
        in words(app)
    )
    config = as_json(app)
    assert [item.epochs for item in config.rounds] == [40, 20]
    assert config.optimizer.batch_size == 32
    assert config.name == "zoo"
    assert config.data.image_size is None
    assert config.weights is None
    assert not app.button("start").disabled


def test_the_preview_says_what_is_passed_over_and_which_class_is_too_small(
    tmp_path: Path, open_page: OpenPage
) -> None:
    folder = _pictures(tmp_path / "zoo")
    (folder / "cat" / "notes.txt").write_text("no image")
    (folder / "cat" / "broken.png").write_bytes(b"no image")
    (folder / "fox").mkdir()
    Image.new("RGB", (90, 60)).save(folder / "fox" / "only.png")
    app = open_page("new_run")
    app.text_input("path").set_value(str(folder)).run()
    fine(app)
    text = words(app)
    assert "38 images in 4 classes**, mostly of 8 × 8 pixels (97 %)" in text
    assert "the largest of 90 × 60" in text
    assert "nothing is held out, so there will be no accuracy" in text
    assert "Too few images to find wrong labels among them: fox (1)." in text
    assert "1 file that is not an image (.txt) was passed over." in text
    assert "cat/broken.png: cannot be read as an image" in text
    assert str(folder) not in "".join(item.value for item in app.caption)


def test_a_table_without_its_columns_asks_for_them_by_name(
    tmp_path: Path, open_page: OpenPage
) -> None:
    file = _manifest(tmp_path)
    file.write_text(file.read_text().replace("path,label", "file,animal"))
    app = open_page("new_run")
    app.selectbox("data").set_value("manifest").run()
    app.text_input("path").set_value(str(file)).run()
    (error,) = app.error
    said = error.value.replace("\\", "")
    assert "column 'path' is missing; found file, animal." in said
    assert "path_column" not in said
    app.text_input("path column").set_value("file")
    app.text_input("label column").set_value("animal").run()
    fine(app)
    assert not app.error
    assert "36 images in 3 classes" in words(app)


@pytest.mark.parametrize(
    ("kind", "asked", "share"), [("auto", None, "auto"), ("none", None, 0.0), ("share", 5.0, 0.05)]
)
def test_the_share_of_planted_labels_is_what_is_asked_for(
    kind: str, asked: float | None, share: float | str, open_page: OpenPage
) -> None:
    app = with_digits(open_page)
    app.selectbox("planted").set_value(kind).run()
    if asked is not None:
        app.number_input("planted share").set_value(asked).run()
    fine(app)
    assert as_json(app).selection.planted_share == share


def test_the_demo_button_starts_the_demo(started: list[RunConfig], open_page: OpenPage) -> None:
    app = open_page()
    app.button("demo").click().run()
    fine(app)
    assert started[0].name == "demo digits sym40"
    assert app.session_state["_page"] == "live"


def test_a_runs_folder_that_cannot_be_written_is_named_on_the_page(
    monkeypatch: pytest.MonkeyPatch, open_page: OpenPage
) -> None:
    monkeypatch.setenv("MILD_RUNS_DIR", "/proc/nowhere/runs")  # nobody, root included, can write it
    app = open_page()
    app.button("demo").click().run()
    assert "uns folder /proc/nowhere/runs cannot be written" in words(app)
    assert "set MILD_RUNS_DIR to a folder you can write" in words(app)


def test_a_runs_folder_that_is_a_file_is_named_on_every_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, open_page: OpenPage
) -> None:
    (tmp_path / "runs").write_text("in the way")
    for page in ("runs", "live", "selection"):
        assert "cannot be read" in words(open_page(page))
