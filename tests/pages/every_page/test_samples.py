"""Recordings of texts, rows and sounds: pages show what the samples are, and call them so."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import mild
from mild.analysis.instances.measured import measure
from mild.analysis.samples.small import SmallSample
from mild.export.formats import FILES
from mild.export.table import reviewed
from mild.report.page import make_report
from mild.store.run import Run, all_runs, open_run
from mild.ui import samples
from tests.pages.conftest import OpenPage, fine, words
from tests.pages.review.test_review import gallery, send, shown
from tests.pages.review.test_spot_check import card

N = 60
GIVEN = np.arange(N) % 3
HOSTILE = "<img src=x onerror=alert(1)> **bold** [x](http://x)"
TEXTS = [f"{HOSTILE} number {index}" for index in range(N)]
ROWS = [{"size": float(index % 3), "<b>": "red"} for index in range(N)]
ROWS[0]["size"] = 500.0
SOUNDS = [(np.sin(np.arange(800) * (1 + label) / 5).astype(np.float32), 8000) for label in GIVEN]
KINDS: dict[str, dict[str, Any]] = {
    "texts": {"texts": TEXTS},
    "table": {"table": ROWS},
    "audio": {"audio": SOUNDS},
}
PAGES = ("live", "dynamics", "selection", "rounds", "review", "compare")


def record(kind: str, root: Path) -> str:
    """Instances 0 to 9 are never predicted as labelled."""
    logits = np.eye(3)[np.where(np.arange(N) < 10, (GIVEN + 1) % 3, GIVEN)]
    with mild.Recorder(
        GIVEN, clean=GIVEN, epochs=3, rule="manual", cut=2, root=root, **KINDS[kind]
    ) as recorder:
        for _ in range(3):
            recorder.update(np.arange(N), logits)
            recorder.end_epoch()
    return next(run.run_id for run in all_runs(root) if kind_of(run) == kind)


def kind_of(run: Run) -> str:
    folder = run.folder
    paths = {"texts": folder.texts, "table": folder.table, "audio": folder.sound_places}
    return next(kind for kind, path in paths.items() if path.is_file())


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """The runs folder, and the run of each kind."""
    root = tmp_path_factory.mktemp("samples") / "runs"
    return root, {kind: record(kind, root) for kind in KINDS}


@pytest.fixture(params=list(KINDS))
def run(
    request: pytest.FixtureRequest,
    recorded: tuple[Path, dict[str, str]],
    monkeypatch: pytest.MonkeyPatch,
) -> Run:
    root, of_kind = recorded
    monkeypatch.setenv("MILD_RUNS_DIR", str(root))
    return open_run(of_kind[request.param], root)


def test_every_page_says_samples_and_never_images(run: Run, open_page: OpenPage) -> None:
    for page in PAGES:
        app = open_page(page, run=run.run_id, **({"image": "0"} if page == "dynamics" else {}))
        fine(app)
        said = [line for line in words(app).splitlines() if re.search(r"\b[Ii]mages?\b", line)]
        assert not said, page


def test_tiles_and_panel_show_what_a_sample_is(run: Run, open_page: OpenPage) -> None:
    app = open_page("review", run=run.run_id)
    data = gallery(app)
    assert (data["sheet"], data["thing"]) == (None, "sample")
    index = shown(app)[0]
    tile, kind = data["tiles"][0]["sample"], kind_of(run)
    app = send(app, {"kind": "open", "indices": [index]})
    fine(app)
    whole = gallery(app)["detail"]["sample"]
    nearest = gallery(app)["detail"]["nearest"]["groups"][0]["samples"]
    assert len(nearest) == 3
    if kind == "texts":
        assert tile["text"] == whole["text"] == TEXTS[index]
        assert nearest[0]["text"].startswith(HOSTILE)
    elif kind == "table":
        assert sorted(cell[0] for cell in tile["cells"]) == ["<b>", "size"]
        given, other = f"usual in {GIVEN[index]}", f"usual in {(GIVEN[index] + 1) % 3}"
        assert whole["columns"] == ["", "here", given, other]
    else:
        assert len(tile["peaks"]) == 72
        assert tile["seconds"] == 0.1
        assert whole["sound"]["address"].startswith("data:audio/wav;base64,")
        assert whole["sound"]["spectrogram"].startswith("data:image/png;base64,")


def test_the_unusual_cell_comes_first(
    recorded: tuple[Path, dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    root, of_kind = recorded
    run = open_run(of_kind["table"], root)
    (sample,) = samples.in_small(run, np.array([0]))
    assert [(cell.name, cell.value, cell.unusual) for cell in sample.cells] == [
        ("size", "500", True), ("<b>", "red", False)
    ]  # fmt: skip


def test_a_sound_is_sent_once_it_is_asked_for(run: Run, open_page: OpenPage) -> None:
    app = open_page("review", run=run.run_id)
    index = shown(app)[0]
    app = send(app, {"kind": "play", "indices": [index]})
    fine(app)
    sent = [item for item in app.get("bidi_component") if item.key == "review sound"]
    assert len(sent) == (kind_of(run) == "audio")
    if sent:
        assert sent[0].proto.bytes[:8] == index.to_bytes(4, "little") + b"RIFF"


def test_a_spot_check_and_the_table_show_it_too(run: Run, open_page: OpenPage) -> None:
    app = open_page("review", run=run.run_id, layout="table")
    fine(app)
    app = open_page("review", run=run.run_id, check="1")
    if not [item for item in app.get("bidi_component") if item.key == "spot check"]:
        next(item for item in app.button if item.label == "Check 50 samples").click().run()
    fine(app)
    shown_first = card(app)["items"][0]["sample"]
    assert shown_first["text"] or shown_first["cells"] or shown_first["peaks"]


def test_the_report_has_a_card_for_each_of_the_worst(run: Run) -> None:
    report = make_report(run)
    assert report.count("<div class='mild-card'") == int(measure(run).flagged_A.sum())
    assert "<img src=x" not in report
    read = re.sub(r"<script.*?</script>", "", report.partition("<h2>Settings")[0], flags=re.DOTALL)
    assert not re.search(r"(?<![-:])\b[Ii]mages?\b(?!/)", read.partition("<body>")[2])
    what = {"texts": "&lt;img src=x", "table": "&lt;b&gt;", "audio": "class='wave'"}
    assert what[kind_of(run)] in report


def test_exports_have_texts_and_columns_beside_the_labels(run: Run) -> None:
    found = reviewed(run)
    csv, lines = (FILES[name].write(found).decode() for name in ("csv", "jsonl"))
    head = csv.splitlines()[0]
    more = {"texts": ",text", "table": ",size,<b>", "audio": ",part"}[kind_of(run)]
    assert head.endswith(more)
    assert len(lines.splitlines()) == N
    if kind_of(run) == "texts":
        assert HOSTILE in csv
        task = json.loads(FILES["label-studio"].write(found))[3]
        assert task["data"]["text"] == TEXTS[3]
        assert task["predictions"][0]["result"][0]["to_name"] == "text"


def test_an_empty_text_is_not_called_a_sound_that_was_not_kept() -> None:
    assert "(empty)" in samples.as_card(SmallSample())
    assert "sound not kept" in samples.as_card(SmallSample(silent=True))
