"""Files of a run that somebody edited or damaged: a sentence, whatever they hold."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mild.analysis.instances.measured import measure
from mild.errors import RunError
from mild.store.files.arrays import load_npz, save_npz
from mild.store.reading.checked_values import record
from mild.store.review.decision import Decision, Window
from mild.store.review.decisions import decide, decisions
from mild.store.run import Run
from mild.store.schema import RoundRecord
from mild.store.writer import RunWriter
from tests.runs_for_tests import write_run


@pytest.fixture
def run(runs_root: Path) -> Run:
    return write_run(runs_root, n=40, epochs=(3,), n_held_out=8)


def tell(run: Run, statement: str, *values: Any) -> None:
    with closing(sqlite3.connect(run.folder.database)) as database, database:
        database.execute(statement, values)


@pytest.mark.parametrize(
    ("statement", "value", "ask"),
    [
        ("UPDATE state SET epochs_left = ?", "many", Run.state),
        ("UPDATE state SET created = ?", 1e300, Run.state),
        ("UPDATE epochs SET seconds = ?", "long", Run.epochs),
        ("UPDATE epochs SET stage = ? WHERE epoch = 2 AND stage = 0", "first", Run.rounds_begun),
        ("UPDATE rounds SET epochs = ?", 10**15, Run.rounds),
        ("UPDATE rounds SET kept = ?", -1, Run.rounds),
        ("UPDATE facts SET value = ? WHERE key = 'class_names'", '{"a": 1}', Run.facts),
        ("UPDATE facts SET value = ? WHERE key = 'n_instances'", '"many"', Run.facts),
        ("UPDATE facts SET value = ? WHERE key = 'actual_noise_rate'", "7", Run.facts),
    ],
)
def test_a_value_that_no_worker_writes_is_damage(
    statement: str, value: Any, ask: Any, run: Run
) -> None:
    tell(run, statement, value)
    with pytest.raises(RunError, match=r"run\.db cannot be read .* copy it back"):
        ask(run)


def test_damage_that_sqlite_quotes_is_a_sentence_also_of_an_opened_run(run: Run) -> None:
    quoted = UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte")
    with pytest.raises(RunError, match=r"run\.db cannot be read .* copy it back"), run.opened():
        raise quoted


def test_numbers_are_read_as_what_they_are(run: Run) -> None:
    values = asdict(run.rounds()[0]) | {"cut": 2, "epochs": 3.0, "converged": 1}
    found = record(RoundRecord, values)
    assert [type(item) for item in (found.cut, found.epochs, found.converged)] == [int, int, bool]


def test_a_loss_that_was_no_number_is_read_as_one(run: Run) -> None:
    tell(run, "UPDATE epochs SET train_loss = ?", None)
    assert np.isnan(run.epochs()[0].train_loss)


@pytest.mark.parametrize("acting", ["VIEW", "TRIGGER"])
def test_a_database_in_which_something_acts_is_refused(acting: str, run: Run) -> None:
    if acting == "VIEW":
        tell(run, "ALTER TABLE epochs RENAME TO other")
        tell(
            run,
            "CREATE VIEW epochs AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
            "SELECT other.* FROM n, other",
        )
    else:
        tell(run, "CREATE TRIGGER t AFTER UPDATE ON state BEGIN DELETE FROM epochs; END")
    with pytest.raises(RunError, match="runs have plain tables alone"):
        run.epochs()
    with pytest.raises(RunError, match="runs have plain tables alone"):
        RunWriter(run.folder)


def replace(path: Path, array: Any) -> None:
    np.save(path, array, allow_pickle=False)


@pytest.mark.parametrize(
    ("name", "change", "ask"),
    [
        ("index.npy", lambda a: a - 2**40, lambda run: run.index(0)),
        ("index.npy", lambda a: a + 40, lambda run: run.index(0)),
        ("status.npy", lambda a: a.astype(np.int64), lambda run: run.status(0)),
        ("predictions.npy", lambda a: a.astype("U3"), lambda run: run.predictions(0)),
        ("losses.npy", lambda a: a[:, :5], lambda run: run.losses(0)),
        ("held_out_predictions.npy", lambda a: a[:, :5], lambda run: run.held_out_predictions(0)),
    ],
)
def test_an_array_of_another_kind_is_damage(name: str, change: Any, ask: Any, run: Run) -> None:
    path = run.folder.round(0) / name
    replace(path, change(np.load(path)))
    with pytest.raises(RunError, match=rf"{name} cannot be read .* copy it back"):
        ask(run)


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("kept", np.ones(40)),
        ("kept", np.ones(3, dtype=bool)),
        ("misclassified", np.full(40, -1)),
        ("score", np.full(40, np.nan)),
        ("weight", np.array([1.0])),
    ],
)
def test_a_selection_that_is_none_is_damage(member: str, value: Any, run: Run) -> None:
    path = run.folder.round(0) / "selection.npz"
    save_npz(path, {**load_npz(path), member: value})
    with pytest.raises(RunError, match=r"selection\.npz cannot be read"):
        run.selection(0)


def test_a_label_beyond_any_class_takes_no_memory(run: Run) -> None:
    found = run.instances()
    writer = RunWriter(run.folder)
    writer.instances(
        given_N=np.full(40, 2**31 - 1), clean_N=None, names=tuple(found.names.tolist())
    )
    writer.close()
    with pytest.raises(RunError, match=r"instances\.parquet cannot be read .* labels outside"):
        measure(run)


def test_a_decision_that_is_none_is_a_sentence(run: Run) -> None:
    decide(run.folder, {0: Decision("relabel", 1)}, Window("w", 0))
    with closing(sqlite3.connect(run.folder.review)) as database, database:
        database.execute("UPDATE decisions SET label = 'cat'")
    with pytest.raises(RunError, match=r"review\.db cannot be read"):
        decisions(run.folder)


def test_facts_of_other_kinds_are_kept_as_they_are(run: Run) -> None:
    tell(run, "INSERT INTO facts VALUES ('new', ?)", json.dumps({"of": ["a", "newer"]}))
    assert run.facts()["new"] == {"of": ["a", "newer"]}


def test_a_schema_with_bytes_of_no_letter_is_a_sentence(run: Run) -> None:
    for path, ask in ((run.folder.database, Run.epochs), (run.folder.review, _decided)):
        if path == run.folder.review:
            decide(run.folder, {1: Decision("drop")}, Window("w", 0))
        content = path.read_bytes()
        place = content.index(b"CREATE TABLE")
        path.write_bytes(content[: place + 8] + b"\x92\xff" + content[place + 10 :])
        with pytest.raises(RunError, match=r"cannot be read"):
            ask(run)
        path.write_bytes(content)


def _decided(run: Run) -> Any:
    return decisions(run.folder)


@pytest.mark.parametrize("slot_P", [[-(2**63), 3, 5], [3, 2**63 - 1, 5], [5, 3, 7], [3, 3, 7]])
def test_planted_slots_that_are_none_are_damage(slot_P: list[int], run: Run) -> None:
    path = run.folder.round(0) / "planted.npz"
    save_npz(path, {"slot": np.array(slot_P), "label": np.zeros(3, int)})
    with pytest.raises(RunError, match=r"planted\.npz cannot be read .*its slots are not rising"):
        run.planted(0)


def test_the_smallest_whole_number_is_no_count_of_a_round(run: Run) -> None:
    path = run.folder.round(0) / "scores.npz"
    found = load_npz(path)
    found["forgetting_events"] = np.full(len(found["forgetting_events"]), -(2**63))
    save_npz(path, found)
    with pytest.raises(RunError, match="'forgetting_events' holds what no round has"):
        run.scores(0)
