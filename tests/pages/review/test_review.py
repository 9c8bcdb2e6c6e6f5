"""Review: what is shown in which order, what is decided, and what another window does meanwhile."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from mild.analysis.instances.filters import Filters, matching, verdict_codes
from mild.analysis.instances.measured import MeasuredInstances, measure
from mild.store.review.decision import Decision, Window
from mild.store.review.decisions import decide, decisions
from mild.store.run import Run, open_run
from mild.store.writer import RunWriter
from mild.words import cut_text
from tests.pages.conftest import OpenPage, fine, words
from tests.runs_for_tests import live, write_run

OTHER = Window("another window", 0)
HOSTILE = "<img src=x onerror=alert(1)> `*_[]"


def gallery(app: AppTest) -> dict[str, Any]:
    """What the browser is told."""
    (found,) = (item for item in app.get("bidi_component") if item.key == "review gallery")
    data: dict[str, Any] = json.loads(found.proto.json)
    return data


def shown(app: AppTest) -> list[int]:
    return [tile["index"] for tile in gallery(app)["tiles"]]


def send(app: AppTest, *actions: dict[str, Any], source: str = "browser") -> AppTest:
    """As gallery.js does: what was asked, numbered; `app` runs again."""
    asked = [
        {"number": number, "indices": [], "value": None, **action}
        for number, action in enumerate(actions, 1)
    ]
    app.session_state["review gallery"] = {"actions": {"source": source, "list": asked}}
    return app.run()


def by_suspicion(measured: MeasuredInstances) -> list[int]:
    found = matching(measured, Filters(), verdict_codes(measured.n, {}))
    return [int(index) for index in found]


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return write_run(tmp_path_factory.mktemp("template"))


@pytest.fixture
def run(template: Run, runs_root: Path) -> Run:
    """A finished run of this test's own."""
    shutil.copytree(template.folder.path, runs_root / template.run_id)
    return open_run(template.run_id)


def test_the_most_suspicious_of_the_flagged_come_first(run: Run, open_page: OpenPage) -> None:
    app = open_page("review", run=run.run_id)
    fine(app)
    measured = measure(run)
    assert shown(app) == by_suspicion(measured)[:60]
    scores = measured.score_A[shown(app)]
    assert (np.diff(scores) >= 0).all()
    assert measured.flagged_A[shown(app)].all()
    n = int(measured.flagged_A.sum())
    assert f"Images 1 to 60 of {n}" in words(app)
    tile = gallery(app)["tiles"][0]
    index = tile["index"]
    assert tile["name"] == f"train {index}"
    assert tile["given"] == f"class {measured.given_A[index]}"
    assert tile["predicted"] == f"class {measured.suggested_A[index]}"
    assert tile["note"] == f"round 1 · +{measured.metric_A[index]}"
    assert tile["why"] == f"Dropped in round 1; metric +{measured.metric_A[index]} epochs"


def test_decisions_of_the_gallery_are_written_once_and_in_order(
    run: Run, open_page: OpenPage
) -> None:
    app = open_page("review", run=run.run_id)
    first, second, third = shown(app)[:3]
    keep = {"kind": "keep", "indices": [first]}
    send(app, keep, {"kind": "drop", "indices": [second, third]})
    send(app, keep, {"kind": "drop", "indices": [second, third]}, {"kind": "undo"})
    fine(app)
    assert decisions(run.folder) == {first: Decision("keep")}
    assert gallery(app)["said"] == "Taken back: 2 images."
    assert gallery(app)["tiles"][0]["verdict"] == "keep"
    assert gallery(app)["heard"] == {"browser": 3}
    app.run()
    assert decisions(run.folder) == {first: Decision("keep")}


def test_relabel_goes_to_the_suggestion_or_to_any_class(run: Run, open_page: OpenPage) -> None:
    app = open_page("review", run=run.run_id)
    first, second = shown(app)[:2]
    send(
        app,
        {"kind": "suggest", "indices": [first]},
        {"kind": "relabel", "indices": [second], "value": 3},
    )
    suggested = int(measure(run).suggested_A[first])
    assert decisions(run.folder) == {
        first: Decision("relabel", suggested),
        second: Decision("relabel", 3),
    }
    assert gallery(app)["tiles"][0]["label"] == suggested


@pytest.mark.parametrize(
    "hostile",
    [
        {"kind": "relabel", "indices": [0], "value": 99},
        {"kind": "relabel", "indices": [0]},
        {"kind": "keep", "indices": [10**9, -1]},
        {"kind": "keep", "indices": "all"},
        {"kind": "keep", "indices": [None, "0", 1.5]},
        {"kind": "DROP TABLE", "indices": [0]},
        {"kind": "page", "value": 10**9},
        {"number": "1"},
    ],
)
def test_what_no_gallery_asks_for_changes_nothing(
    hostile: dict[str, Any], run: Run, open_page: OpenPage
) -> None:
    app = send(open_page("review", run=run.run_id), hostile)
    fine(app)
    assert decisions(run.folder) == {}


def test_undo_and_redo_by_button_survive_a_new_session(run: Run, open_page: OpenPage) -> None:
    app = open_page("review", run=run.run_id)
    assert app.button("undo").disabled
    first, second = shown(app)[:2]
    send(app, {"kind": "keep", "indices": [first]}, {"kind": "drop", "indices": [second]})
    assert gallery(app)["progress"]["words"].startswith("2 of ")
    later = open_page("review", run=run.run_id)
    later.button("undo").click().run()
    assert decisions(run.folder) == {first: Decision("keep")}
    later.button("undo").click().run()
    assert decisions(run.folder) == {}
    assert later.button("undo").disabled
    later.button("redo").click().run()
    later.button("redo").click().run()
    assert decisions(run.folder) == {first: Decision("keep"), second: Decision("drop")}


def test_two_windows_do_not_lose_each_others_decisions(run: Run, open_page: OpenPage) -> None:
    mine, other = open_page("review", run=run.run_id), open_page("review", run=run.run_id)
    first, second = shown(mine)[:2]
    send(mine, {"kind": "keep", "indices": [first]})
    send(other, {"kind": "drop", "indices": [second]}, source="another")
    assert gallery(other)["tiles"][0]["verdict"] == "keep"
    mine.button("undo").click().run()
    assert decisions(run.folder) == {second: Decision("drop")}
    assert gallery(mine)["tiles"][1]["verdict"] == "drop"
    assert mine.button("undo").disabled


def test_a_review_put_back_from_a_copy_is_shown(run: Run, open_page: OpenPage) -> None:
    app = open_page("review", run=run.run_id)
    first, second = shown(app)[:2]
    send(app, {"kind": "keep", "indices": [first]})
    copy = run.folder.review.read_bytes()
    send(app, {"kind": "drop", "indices": [second]}, source="another")
    assert gallery(app)["tiles"][1]["verdict"] == "drop"
    run.folder.review.write_bytes(copy)
    app.run()
    assert [tile["verdict"] for tile in gallery(app)["tiles"][:2]] == ["keep", None]


def test_filters_combine_and_stand_in_the_address(run: Run, open_page: OpenPage) -> None:
    measured = measure(run)
    app = open_page("review", run=run.run_id)
    app.multiselect("review given").set_value([1, 2]).run()
    app.multiselect("review dropped").set_value([0]).run()
    app.selectbox("review sort").set_value("loss").run()
    fine(app)
    expected = np.isin(measured.given_A, [1, 2]) & (measured.dropped_A == 0)
    assert set(shown(app)) == set(np.flatnonzero(expected))
    assert (np.diff(measured.mean_loss_A[shown(app)]) <= 0).all()
    assert app.query_params["given"] == "1,2"
    assert app.query_params["dropped"] == "1"
    assert app.query_params["sort"] == "loss"
    again = open_page("review", run=run.run_id, given="1,2", dropped="1", sort="loss")
    assert shown(again) == shown(app)
    assert again.multiselect("review given").value == [1, 2]


def test_a_link_with_every_filter_shows_the_same(run: Run, open_page: OpenPage) -> None:
    measured = measure(run)
    app = open_page(
        "review", run=run.run_id, show="all", taken="0,3", dropped="1,never", metric="-4..6",
        sort="margin", size="60", decision="undecided", page="2",
    )  # fmt: skip
    fine(app)
    expected = (
        np.isin(measured.suggested_A, [0, 3])
        & (measured.suggested_A != measured.given_A)
        & np.isin(measured.dropped_A, [0, -1])
        & (measured.metric_A >= -4)
        & (measured.metric_A <= 6)
    )
    order = np.flatnonzero(expected)[np.argsort(measured.aum_A[expected], kind="stable")]
    assert shown(app) == order[60:120].tolist()
    assert app.slider("review metric").value == (-4, 6)


@pytest.mark.parametrize("hostile", ["-1", "99999999999", "²", "<b>", "a..b", "5..1", ",,,"])
def test_a_hostile_address_shows_the_usual(hostile: str, run: Run, open_page: OpenPage) -> None:
    names = ("given", "taken", "dropped", "metric", "decision", "sort", "size", "layout", "page")
    app = open_page("review", run=run.run_id, cut=hostile, **dict.fromkeys(names, hostile))
    fine(app)
    assert gallery(app)["tiles"]


def test_pages_are_turned_by_the_gallery_and_by_the_address(run: Run, open_page: OpenPage) -> None:
    app = open_page("review", run=run.run_id, show="all", size="60")
    expected = shown(app)
    send(app, {"kind": "page", "value": 1})
    assert app.query_params["page"] == "2"
    assert not set(expected) & set(shown(app))
    assert "Images 61 to 120 of 300" in words(app)
    beyond = open_page("review", run=run.run_id, show="all", size="60", page="77")
    assert "Images 241 to 300 of 300" in words(beyond)


def test_the_list_holds_still_until_it_is_refreshed(run: Run, open_page: OpenPage) -> None:
    app = open_page("review", run=run.run_id, decision="undecided")
    before = shown(app)
    send(app, {"kind": "keep", "indices": before[:2]})
    assert shown(app) == before
    app.button("refresh").click().run()
    assert shown(app)[0] == before[2]
    assert not set(before[:2]) & set(shown(app))


def test_all_images_of_the_list_are_decided_at_once(run: Run, open_page: OpenPage) -> None:
    app = open_page("review", run=run.run_id, given="1")
    measured = measure(run)
    mine = np.flatnonzero(measured.flagged_A & (measured.given_A == 1)).tolist()
    app.button("all suggest").click().run()
    fine(app)
    assert decisions(run.folder) == {
        index: Decision("relabel", int(measured.suggested_A[index])) for index in mine
    }
    app.button("undo").click().run()
    assert decisions(run.folder) == {}
    app.button("all drop").click().run()
    assert decisions(run.folder) == dict.fromkeys(mine, Decision("drop"))


def test_the_table_decides_what_the_gallery_decides(run: Run, open_page: OpenPage) -> None:
    app = open_page("review", run=run.run_id, layout="table")
    fine(app)
    expected = by_suspicion(measure(run))
    edit(app, {"0": {"Decision": "drop"}})
    edit(app, {"0": {"Decision": "drop"}, "1": {"Decision": "relabel"}})
    edit(app, {"2": {"New label": "class 2"}})
    fine(app)
    suggested = int(measure(run).suggested_A[expected[1]])
    assert decisions(run.folder) == {
        expected[0]: Decision("drop"),
        expected[1]: Decision("relabel", suggested),
        expected[2]: Decision("relabel", 2),
    }
    app.button("undo").click().run()
    app.button("undo").click().run()
    assert set(decisions(run.folder)) == {expected[0]}
    assert app.dataframe[0].value["Decision"].tolist()[:3] == ["drop", "", ""]


def test_an_old_edit_does_not_overwrite_another_window(run: Run, open_page: OpenPage) -> None:
    app = open_page("review", run=run.run_id, layout="table")
    first = by_suspicion(measure(run))[0]
    edit(app, {"0": {"Decision": "drop"}})
    decide(run.folder, {first: Decision("keep")}, OTHER)
    app.run()
    assert decisions(run.folder) == {first: Decision("keep")}


def test_an_edit_beside_another_windows_decision_is_not_lost(run: Run, open_page: OpenPage) -> None:
    app = open_page("review", run=run.run_id, layout="table")
    first, second = by_suspicion(measure(run))[:2]
    decide(run.folder, {first: Decision("keep")}, OTHER)
    edit(app, {"1": {"Decision": "drop"}})
    fine(app)
    assert decisions(run.folder) == {first: Decision("keep"), second: Decision("drop")}
    assert app.dataframe[0].value["Decision"].tolist()[:3] == ["keep", "drop", ""]


def edit(app: AppTest, rows: dict[str, dict[str, str]]) -> None:
    key = app.session_state["review table"]["key"]
    edits = {int(row): cells for row, cells in rows.items()}
    app.session_state[key] = {"edited_rows": edits, "added_rows": [], "deleted_rows": []}
    app.run()


def test_the_cut_of_the_selection_page_flags_here_too(run: Run, open_page: OpenPage) -> None:
    app = open_page("review", run=run.run_id, round="2", cut="0")
    fine(app)
    assert shown_verdicts(app) == "Round 2 of 2 · cut 0 · 300 flagged"
    assert "of 300 flagged" in gallery(app)["progress"]["words"]
    app.button("own cut").click().run()
    own = run.rounds()[-1]
    n = int(measure(run).flagged_A.sum())
    assert shown_verdicts(app) == f"Round 2 of 2 · cut {cut_text(own.cut)} · {n} flagged"
    assert "cut" not in app.query_params


def test_any_round_is_reviewed_at_any_cut(run: Run, open_page: OpenPage) -> None:
    app = open_page("review", run=run.run_id, round="1", cut="5")
    fine(app)
    by_hand = measure(run, n_rounds=1, cut=5.0)
    n = int(by_hand.flagged_A.sum())
    assert shown_verdicts(app) == f"Round 1 of 2 · cut 5 · {n} flagged"
    assert set(shown(app)) <= set(np.flatnonzero(by_hand.flagged_A))
    app.number_input("review cut 0").set_value(7.0).run()
    assert app.query_params["cut"] == "7"
    assert int(measure(run, n_rounds=1, cut=7.0).flagged_A.sum()) == n_flagged(app)
    app.segmented_control("review round").set_value(1).run()
    fine(app)
    assert (app.query_params["round"], "cut" in app.query_params) == ("2", False)
    assert n_flagged(app) == int(measure(run).flagged_A.sum())


def test_a_round_under_way_is_reviewed_by_its_epochs_so_far(
    runs_root: Path, open_page: OpenPage
) -> None:
    run = write_run(runs_root, until="training", epochs=(8,))
    with live(run):
        app = open_page("review", run=run.run_id)
        assert "There is nothing to review yet" in words(app)
        app.button("so far").click().run()
        fine(app)
        assert shown_verdicts(app).startswith("Round 1 of 1 so far, 4 epochs · cut ")
        assert gallery(app)["tiles"]
        app = open_page("review", run=run.run_id, round="1", cut="2")
    misclassified = 4 - np.unpackbits(run.status(0), axis=1)[:, :300].sum(axis=0)
    assert n_flagged(app) == int((misclassified >= 2).sum())


def test_a_reload_shows_the_round_that_has_ended_since(
    runs_root: Path, open_page: OpenPage
) -> None:
    run = write_run(runs_root, until="training")
    with live(run):
        app = open_page("review", run=run.run_id)
        before, title = shown(app), shown_verdicts(app)
        shutil.copytree(  # the second round ends
            write_run(runs_root.with_name("ended")).folder.path, run.folder.path, dirs_exist_ok=True
        )
        assert len(run.rounds()) == 2
        app.run()
    fine(app)
    reloaded = shown_verdicts(app)
    assert (title.split(" · ")[0], reloaded.split(" · ")[0]) == ("Round 1 of 2", "Round 2 of 2")
    assert before


def shown_verdicts(app: AppTest) -> str:
    """The button that says which round and cut these are."""
    labels: list[str] = [item.proto.popover.label for item in app.get("popover")]
    return next(label for label in labels if label.startswith("Round "))


def n_flagged(app: AppTest) -> int:
    return int(shown_verdicts(app).split(" · ")[-1].split()[0].replace(",", ""))


@pytest.mark.parametrize("state", ["queued", "preparing", "begun", "training"])
def test_before_the_first_selection_there_is_nothing_to_review(
    state: Any, runs_root: Path, open_page: OpenPage
) -> None:
    run = write_run(runs_root, until=state, epochs=(8,))
    with live(run):
        app = open_page("review", run=run.run_id)
    fine(app)
    assert "There is nothing to review yet" in words(app)
    ended = open_page("review", run=run.run_id)
    if state != "queued":
        assert "this run ended after" in words(ended)


def test_a_run_that_waits_for_its_first_cut_says_who_sets_it(
    runs_root: Path, open_page: OpenPage
) -> None:
    run = write_run(runs_root, until="selecting", epochs=(8,))
    writer = RunWriter(run.folder)
    writer.set_state("waiting", "Round 1 waits for its cut.")
    writer.close()
    with live(run):
        app = open_page("review", run=run.run_id)
    fine(app)
    assert "Round 1 waits for its cut: set it on the selection page" in words(app)


def test_a_live_run_is_reviewed_by_its_finished_rounds(
    runs_root: Path, open_page: OpenPage
) -> None:
    run = write_run(runs_root, until="training")
    with live(run):
        app = open_page("review", run=run.run_id)
    fine(app)
    assert "1 of 2 rounds have finished" in words(app)
    assert len(shown(app)) == min(60, int((~run.selection(0)["kept"]).sum()))


@pytest.mark.parametrize("state", ["failed", "interrupted", "stopped"])
def test_a_run_that_ended_early_is_reviewed_by_its_finished_rounds(
    state: Any, runs_root: Path, open_page: OpenPage
) -> None:
    app = open_page("review", run=write_run(runs_root, until=state).run_id)
    fine(app)
    assert gallery(app)["tiles"]
    if state != "stopped":
        assert "What was recorded can be reviewed." in words(app)


def test_a_damaged_run_and_a_damaged_review_are_sentences(run: Run, open_page: OpenPage) -> None:
    run.folder.review.write_bytes(b"edited by hand\n" * 100)
    app = open_page("review", run=run.run_id)
    fine(app)
    assert "review.db cannot be read or written" in words(app)
    (run.folder.round(1) / "scores.npz").write_bytes(b"")
    run.folder.review.unlink()
    st.cache_resource.clear()
    app = open_page("review", run=run.run_id)
    fine(app)
    assert "is damaged" in words(app)


@pytest.mark.parametrize("clean_known", [True, False])
def test_the_true_label_is_told_where_it_is_known(
    clean_known: bool, runs_root: Path, open_page: OpenPage
) -> None:
    run = write_run(runs_root, clean_known=clean_known)
    tiles = gallery(open_page("review", run=run.run_id))["tiles"]
    assert all((tile["clean"] is not None) == clean_known for tile in tiles)


def test_hostile_names_reach_the_page_as_text(run: Run, open_page: OpenPage) -> None:
    instances = run.instances()
    writer = RunWriter(run.folder)
    writer.instances(given_N=instances.given_N, clean_N=None, names=(HOSTILE,) * 300)
    writer.facts(class_names=[f"{HOSTILE} {label}" for label in range(4)])
    writer.close()
    app = open_page("review", run=run.run_id)
    fine(app)
    assert gallery(app)["tiles"][0]["name"] == HOSTILE
    assert "<img" not in words(app)
    fine(open_page("review", run=run.run_id, layout="table"))


def test_what_has_no_pictures_is_a_sample_with_its_name(run: Run, open_page: OpenPage) -> None:
    run.folder.thumbnails.unlink()
    app = open_page("review", run=run.run_id)
    fine(app)
    assert (gallery(app)["sheet"], gallery(app)["thing"]) == (None, "sample")
    assert "flagged samples decided" in gallery(app)["progress"]["words"]
    send(app, {"kind": "drop", "indices": shown(app)[:1]})
    assert gallery(app)["said"] == "1 sample dropped."
    assert len(decisions(run.folder)) == 1
    fine(open_page("review", run=run.run_id, layout="table"))


def test_every_file_format_can_be_downloaded(run: Run, open_page: OpenPage) -> None:
    app = open_page("review", run=run.run_id)
    labels = [item.proto.label for item in app.get("download_button")]
    assert labels == ["CSV", "Parquet", "JSON", "JSON Lines", "cleanlab", "Patch", "Label Studio"]


def test_a_page_of_a_large_run_sends_what_it_shows_and_no_more(
    runs_root: Path, open_page: OpenPage
) -> None:
    run = write_run(runs_root, n=50_000, epochs=(12, 6))
    app = open_page("review", run=run.run_id, show="all")
    fine(app)
    sent = sum(len(item.proto.json) + len(item.proto.bytes) for item in app.get("bidi_component"))
    assert len(shown(app)) == 60
    assert "Images 1 to 60 of 50,000" in words(app)
    assert sent < 200_000
    send(app, {"kind": "drop", "indices": shown(app)[:3]})
    assert len(decisions(run.folder)) == 3
    app.button("all keep").click().run()
    fine(app)
    assert len(decisions(run.folder)) == 50_000


@pytest.mark.parametrize("good", [True, False])
def test_a_reviewed_csv_is_imported_on_the_page(good: bool, run: Run, open_page: OpenPage) -> None:
    app = open_page("review", run=run.run_id)
    last = "drop" if good else "eat"
    content = f"index,decision,new_label\n0,relabel,class 2\n5,{last},\n".encode()
    app.file_uploader[0].set_value(("reviewed.csv", content, "text/csv")).run()
    app.button("import").click().run()
    fine(app)
    if good:
        assert decisions(run.folder) == {0: Decision("relabel", 2), 5: Decision("drop")}
        app.button("undo").click().run()
    else:
        assert "Nothing was imported" in words(app)
        assert "decision 'eat' is not one of" in words(app)
    assert decisions(run.folder) == {}


def test_no_flagged_image_is_a_sentence(run: Run, open_page: OpenPage) -> None:
    app = open_page("review", run=run.run_id, given="1", metric="900..901")
    fine(app)
    assert "Nothing passes these filters" in words(app)
