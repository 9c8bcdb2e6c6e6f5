"""Dynamics: the status matrix, one image's timeline, histograms and regions, in every state."""

from __future__ import annotations

import json
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from benchmarks.large_run import write_large_run
from mild.analysis import matrix as matrix_module
from mild.analysis.histograms import binned
from mild.analysis.learning import Groups
from mild.core.dynamics import summarize, unpack_status
from mild.store.run import Run
from mild.store.writer import EpochArrays, RunWriter
from mild.ui.cache.learning import density
from mild.ui.cache.matrix import matrix, matrix_rows
from mild.ui.components.status_matrix import facts, packed
from mild.ui.dynamics import density as dynamics_density
from tests.pages.conftest import OpenPage, fine, words
from tests.runs_for_tests import Until, live, write_run


def drawn(app: AppTest) -> dict[str, Any]:
    """What the matrix was given."""
    (chart,) = [item for item in app.get("bidi_component") if "upTo" in item.proto.json]
    data: dict[str, Any] = json.loads(chart.proto.json)
    return data


def cells(app: AppTest) -> np.ndarray:
    """The picture itself, checked to belong to what was drawn."""
    (sent,) = [item.proto.bytes for item in app.get("bidi_component") if item.proto.bytes]
    token, _, packed = sent.partition(b"\n")
    assert token.decode() == drawn(app)["token"]
    percent = np.frombuffer(zlib.decompress(packed), dtype=np.uint8)
    return percent.reshape(len(drawn(app)["n"]), drawn(app)["columns"])


def test_without_any_run_it_offers_the_demo(open_page: OpenPage) -> None:
    app = open_page("dynamics")
    fine(app)
    assert "There is no run yet." in words(app)


@pytest.mark.parametrize(
    ("state", "clean_known"),
    [
        ("training", True), ("training", False), ("selecting", True), ("waiting", True),
        ("finishing", True), ("done", True), ("done", False),
    ],
)  # fmt: skip
def test_the_second_round_opens_whatever_the_state_of_the_run(
    state: Until, clean_known: bool, runs_root: Path, open_page: OpenPage
) -> None:
    """The first round does as well: `test_every_page`."""
    run = write_run(runs_root, until=state, clean_known=clean_known)
    fine(open_page("dynamics", run=run.run_id, round="2"))


def test_before_the_first_epoch_there_is_nothing_to_see(
    runs_root: Path, open_page: OpenPage
) -> None:
    run = write_run(runs_root, until="begun")
    assert "has not finished its first epoch" in words(open_page("dynamics", run=run.run_id))


def test_a_live_round_shows_what_is_recorded_and_says_so(
    runs_root: Path, open_page: OpenPage
) -> None:
    run = write_run(runs_root, until="training")
    with live(run):
        app = open_page("dynamics", run=run.run_id, round="2")
    assert "Epoch 4 of 6 is under way." in words(app)
    assert (drawn(app)["epochs"], drawn(app)["asked"]) == (3, 6)


def _add_epoch(run: Run) -> None:
    """What the worker does at the end of an epoch of the second round."""
    n = len(run.index(1))
    nothing_N = np.zeros(n)
    writer = RunWriter(run.folder)
    writer.begin_round(1, run.index(1), 4, n_epochs_done=run.n_epochs(1))
    writer.end_epoch(
        replace(run.epochs()[-1], epoch=run.epochs()[-1].epoch + 1),
        EpochArrays(
            status_N=np.ones(n, dtype=np.uint8), predictions_N=nothing_N, losses_N=nothing_N,
            margins_N=nothing_N,
        ),
        epochs_left=1,
    )  # fmt: skip
    writer.close()


def test_a_live_round_is_followed_and_the_picture_gets_one_column_for_an_epoch(
    runs_root: Path, open_page: OpenPage
) -> None:
    run = write_run(runs_root, epochs=(8, 12), until="training")
    key = f"epoch {run.run_id} 1"
    with live(run):
        app = open_page("dynamics", run=run.run_id, round="2")
        before = cells(app)
        _add_epoch(run)
        app.run()
        assert drawn(app)["epochs"] == drawn(app)["upTo"] == 7
        assert (cells(app)[:, :6] == before).all()
        assert (cells(app)[:, 6] == 100).all()
        app.number_input(key).set_value(2).run()  # who looks at an early epoch stays there
        _add_epoch(run)
        app.run()
        assert (drawn(app)["epochs"], drawn(app)["upTo"]) == (8, 2)
    fine(app)


def test_a_paused_page_stays_as_it_is_until_it_goes_on(
    runs_root: Path, open_page: OpenPage
) -> None:
    run = write_run(runs_root, epochs=(8, 12), until="training")
    with live(run):
        app = open_page("dynamics", run=run.run_id, round="2")
        app.toggle(f"follow {run.run_id} 1").set_value(False).run()
        _add_epoch(run)
        app.run()
        assert drawn(app)["epochs"] == 6
        assert "Paused at epoch 6; 7 of 12 are recorded by now." in words(app)
    assert drawn(app.run())["epochs"] == 6  # the run has ended meanwhile
    app.toggle(f"follow {run.run_id} 1").set_value(True).run()
    assert drawn(app)["epochs"] == 7
    fine(app)


def test_a_round_that_ended_early_says_so(runs_root: Path, open_page: OpenPage) -> None:
    run = write_run(runs_root, until="stopped")
    app = open_page("dynamics", run=run.run_id, round="2")
    assert "The run ended after 3 of the 6 epochs of this round." in words(app)
    assert not app.toggle


def test_a_damaged_run_says_what_to_do(runs_root: Path, open_page: OpenPage) -> None:
    run = write_run(runs_root, until="damaged")
    assert "copy it back from a copy of the run" in words(open_page("dynamics", run=run.run_id))


@pytest.mark.parametrize("sort", ["metric", "class", "first"])
def test_every_image_has_its_row_in_the_order_asked_for(
    sort: str, runs_root: Path, open_page: OpenPage
) -> None:
    run = write_run(runs_root, n=300)
    app = open_page("dynamics", run=run.run_id, sort=sort)
    data = drawn(app)
    status_EN = unpack_status(run.status(0), 300)
    order = [int(name.split()[1]) for name in data["names"]]
    assert sorted(order) == list(range(300))
    assert (cells(app) == 100 * status_EN[:, order].T).all()
    found = summarize(run.status(0), 300)
    keys = {
        "metric": found.misclassified_N,
        "class": run.instances().given_N,
        "first": np.where(found.first_memorized_epoch_N < 0, 99, found.first_memorized_epoch_N),
    }
    assert (np.diff(keys[sort][order].astype(int)) >= 0).all()


def test_many_images_and_epochs_are_thinned_to_what_a_screen_shows(runs_root: Path) -> None:
    run = write_large_run(runs_root, n=3001, n_epochs=1201)
    found = matrix_rows(run, 0, "metric")
    data = facts(found)
    assert (len(data["n"]), data["columns"], data["epochsEach"]) == (400, 401, 3)
    assert sum(data["n"]) == 3001
    assert data["names"] is None
    assert len(packed(found)) < 240_000
    row = matrix(run, 0, "metric").slots(399)
    last = unpack_status(run.status(0)[1200:], 3001)[0, row]
    assert found.percent_RC[399, 400] == round(100 * last.mean())


def test_fifty_thousand_images_send_no_more_than_a_screen_shows(
    runs_root: Path, open_page: OpenPage
) -> None:
    run = write_large_run(runs_root, n=50_000, n_epochs=12)
    for page in ("dynamics", "selection"):
        app = open_page(page, run=run.run_id)
        fine(app)
        sent = [item.proto.ByteSize() for item in app.get("bidi_component")]
        sent += [len(item.proto.spec) for item in app.get("plotly_chart")]
        sent += [len(item.proto.body) for item in app.get("html")]
        assert sum(sent) < 300_000


def test_only_new_epochs_are_read_while_the_order_of_rows_stays(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read: list[int] = []
    real = matrix_module.unpack_status  # type: ignore[attr-defined]
    monkeypatch.setattr(
        matrix_module, "unpack_status", lambda rows, n: read.append(len(rows)) or real(rows, n)
    )
    status = np.random.default_rng(0).integers(256, size=(9, 50)).astype(np.uint8)
    matrix = matrix_module.Matrix(np.arange(400))
    before = matrix.percent(status[:7])
    after = matrix.percent(status)
    assert read == [1] * 9
    assert (after[:, :7] == before).all()


def test_the_groups_are_kept_and_flagged_where_clean_labels_are_unknown(
    runs_root: Path, open_page: OpenPage
) -> None:
    run = write_run(runs_root, clean_known=False)
    app = open_page("dynamics", run=run.run_id)
    assert list(drawn(app)["curves"]) == ["all", "kept", "flagged"]
    assert "it proves nothing that they differ" in words(app)
    kept_N = run.selection(0)["kept"]
    share = unpack_status(run.status(0), len(kept_N))[:, kept_N].mean(axis=1)
    assert drawn(app)["curves"]["kept"] == pytest.approx(share, abs=1e-4)


def test_the_live_page_sets_kept_against_flagged_where_clean_labels_are_unknown(
    runs_root: Path, open_page: OpenPage
) -> None:
    run = write_run(runs_root, clean_known=False, until="training")
    app = open_page("live", run=run.run_id)
    (title,) = [item for item in app.markdown if item.value.startswith("**Memorized**")]
    assert "the groups are what each round kept and flagged" in title.proto.help
    figure = json.loads(app.get("echarts_chart")[0].proto.spec)
    assert [series["name"] for series in figure["series"]] == ["kept", "flagged"]
    assert {len(series["data"]) for series in figure["series"]} == {8 + 1 + 3}  # a gap between


def test_an_image_shows_its_timeline_and_what_it_was_taken_for(
    runs_root: Path, open_page: OpenPage
) -> None:
    run = write_run(runs_root)
    index = int(np.argmax(run.selection(0)["misclassified"]))
    app = open_page("dynamics", run=run.run_id, image=str(index))
    fine(app)
    text = words(app)
    found = summarize(run.status(0), 300)
    assert f"train {index}" in text
    assert f"Misclassified in **{found.misclassified_N[index]}** of 8 epochs" in text
    given = run.instances().given_N[index]
    times = int((run.predictions(0)[:, index] == given).sum())
    assert f"Predicted as class {given}, its given label, in {times} epochs" in text
    assert len(app.get("image")) == 1


def test_an_image_that_an_earlier_round_dropped_says_so(
    runs_root: Path, open_page: OpenPage
) -> None:
    run = write_run(runs_root)
    dropped = int(np.flatnonzero(~run.selection(0)["kept"])[0])
    app = open_page("dynamics", run=run.run_id, round="2", image=str(dropped))
    assert f"Image {dropped} is not in this round; an earlier one dropped it." in words(app)


@pytest.mark.parametrize("hostile", ["-1", "1e9", "999999999999", "²", "<b>", ""])
def test_a_hostile_address_does_no_harm(hostile: str, runs_root: Path, open_page: OpenPage) -> None:
    run = write_run(runs_root)
    fine(
        open_page(
            "dynamics", run=run.run_id, round=hostile, image=hostile, epochs=hostile, sort=hostile
        )
    )


def test_the_epoch_follows_the_address_and_what_is_typed(
    runs_root: Path, open_page: OpenPage
) -> None:
    run = write_run(runs_root)
    app = open_page("dynamics", run=run.run_id, epochs="3")
    assert drawn(app)["upTo"] == 3
    app.number_input[0].set_value(5).run()
    fine(app)
    assert (drawn(app)["upTo"], app.query_params["epochs"]) == (5, "5")


def test_histograms_count_every_image_once_and_keep_never_apart() -> None:
    values = np.array([1, 1, 2, 7, 7, 9])
    counts, starts, width = binned(values, None, lowest=1, most=4, apart=True)
    assert (starts, width) == ([1, 3, 5, 7, 9], 2)
    assert counts == {"all": [3, 0, 0, 2, 1]}
    second_N = np.array([0, 1, 0, 0, 1, 1], dtype=bool)
    nobody_N = np.zeros_like(second_N)
    split = Groups(names=("clean", "mislabeled"), second_N=second_N, planted_N=nobody_N)
    counts, starts, width = binned(values, split, lowest=0, most=20, apart=False)
    assert (width, len(starts)) == (1, 10)
    assert np.sum(list(counts.values()), axis=0).tolist() == np.bincount(values).tolist()


def test_the_density_counts_every_image_once(runs_root: Path) -> None:
    run = write_run(runs_root, n=500)
    for y in dynamics_density.KINDS:
        found = density(run, 0, 8, y)
        assert found.n_YX.sum() == 500
        assert found.second_YX is not None
        assert (found.second_YX <= found.n_YX).all()


def test_a_region_says_how_many_of_it_are_mislabeled_and_shows_them(
    runs_root: Path, open_page: OpenPage
) -> None:
    run = write_run(runs_root, n=500)
    app = open_page("dynamics", run=run.run_id)
    assert "All **500** images lie in the region." in words(app)
    app.slider[0].set_value((4, 8)).run()
    fine(app)
    inside = np.asarray(run.scores(0)["metric"]) >= 4
    instances = run.instances()
    assert instances.clean_N is not None
    wrong = (instances.given_N != instances.clean_N) & inside
    assert f"**{inside.sum()}** images" in words(app)
    assert f"**{100 * wrong.sum() / inside.sum():.1f} %** of them are mislabeled" in words(app)


def test_a_frame_drawn_in_the_density_moves_the_sliders(
    runs_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state: dict[str, Any] = {}
    monkeypatch.setattr(dynamics_density.st, "session_state", state)  # type: ignore[attr-defined]
    found = density(write_run(runs_root, n=500), 0, 8, "forgetting events")
    box = {"x": [9.2, -3.4], "y": [-0.6, 1.2]}
    dynamics_density._framed(found, "key", {"selection": {"box": [box]}})
    assert state == {"x key": (-3, found.x_range[1]), "y key": (0, 1)}
    dynamics_density._framed(found, "key", {"selection": {"box": []}})
    assert state["y key"] == (0, 1)
