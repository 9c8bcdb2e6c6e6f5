"""Spot checks on record: drawn once, answered, taken back, beside the decisions."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import numpy as np
import pytest

from mild.errors import RunError
from mild.store.folder import RunFolder
from mild.store.review import file as review_file
from mild.store.review.checks import NO_CHECKS, add_sample, answer, checks, strata, undo_answer
from mild.store.review.cuts import given_cut, store_cut
from mild.store.review.decision import Decision, Window
from mild.store.review.decisions import decide, decisions

STRATA = np.array([0, 1, 2] * 40, dtype=np.uint8)


def draw(folder: RunFolder, *indices: int, n_samples: int = 0) -> bool:
    return add_sample(
        folder, indices, strata_A=STRATA, sizes=(40, 40), seed=7, number=1, cut=4.5,
        n_samples=n_samples,
    )  # fmt: skip


def test_before_the_first_sample_there_is_nothing_and_no_file(folder: RunFolder) -> None:
    assert checks(folder) == NO_CHECKS
    assert not folder.review.exists()


def test_a_sample_is_on_record_with_its_strata(folder: RunFolder) -> None:
    assert draw(folder, 5, 2, 9)
    now = checks(folder)
    (sample,) = now.samples
    assert (sample.round, sample.cut, sample.seed) == (1, 4.5, 7)
    assert (sample.n_kept, sample.n_flagged) == (40, 40)
    assert now.drawn == now.to_answer == (5, 2, 9)
    assert np.array_equal(strata(folder, sample.id), STRATA)


def test_samples_add_up_in_the_order_in_which_they_were_drawn(folder: RunFolder) -> None:
    draw(folder, 5, 2)
    draw(folder, 1, 8, n_samples=1)
    assert checks(folder).drawn == (5, 2, 1, 8)


def test_two_windows_that_draw_at_once_draw_one_sample(folder: RunFolder) -> None:
    assert draw(folder, 5, 2)
    assert not draw(folder, 5, 7)
    assert checks(folder).drawn == (5, 2)


def test_answers_are_kept_changed_and_taken_back_one_by_one(folder: RunFolder) -> None:
    draw(folder, 5, 2, 9)
    assert answer(folder, {5: "right", 2: "wrong"}, "a") == 2
    assert answer(folder, {5: "right"}, "a") == 0
    assert answer(folder, {5: "unknown"}, "b") == 1
    now = checks(folder)
    assert now.answers == {5: "unknown", 2: "wrong"}
    assert (now.to_answer, now.wrong, now.n_unknown) == ((9,), {2: True}, 1)
    assert undo_answer(folder, "b") == 5
    assert checks(folder).answers == {5: "right", 2: "wrong"}
    assert undo_answer(folder, "b") is None
    assert undo_answer(folder, "a") == 2
    assert undo_answer(folder, "a") == 5
    assert checks(folder).answers == {}


def test_who_was_not_drawn_has_no_answer(folder: RunFolder) -> None:
    draw(folder, 5)
    assert answer(folder, {6: "wrong"}, "a") == 0
    assert checks(folder).answers == {}


def test_checks_and_decisions_do_not_touch_each_other(folder: RunFolder) -> None:
    decide(folder, {5: Decision("drop")}, Window("a", 0))
    draw(folder, 5)
    answer(folder, {5: "right"}, "a")
    assert decisions(folder) == {5: Decision("drop")}
    undo_answer(folder, "a")
    assert decisions(folder) == {5: Decision("drop")}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE check_draws SET instance = -3 WHERE instance = 3",
        "UPDATE check_answers SET answer = 'perhaps'",
        "UPDATE check_samples SET n_kept = 'many'",
        "UPDATE check_samples SET strata = x'00ff'",
        "DELETE FROM check_samples",
        "UPDATE cuts SET cut = '[]'",
        "UPDATE cuts SET cut = 9e999",
    ],
)
def test_what_nobody_of_ours_writes_is_a_sentence(folder: RunFolder, statement: str) -> None:
    add_sample(
        folder, range(6), strata_A=np.zeros(9, dtype=np.uint8), sizes=(6, 3), seed=0,
        number=None, cut=None, n_samples=0,
    )  # fmt: skip
    answer(folder, {3: "wrong"}, "a window")
    store_cut(folder, 0, 1.5)
    with closing(sqlite3.connect(folder.review)) as database, database:
        database.execute(statement)
    with pytest.raises(RunError, match=r"review\.db cannot be read or written \(.*copy review\.db"):
        checks(folder), strata(folder, 1), given_cut(folder, 0)


def test_an_error_on_its_way_up_keeps_nobody_from_writing(
    folder: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = Window("a window", 0)
    decide(folder, {i: Decision("relabel", 1) for i in range(9)}, window)
    with closing(sqlite3.connect(folder.review)) as database, database:
        database.execute("UPDATE decisions SET verdict = 'many' WHERE instance = 3")
    monkeypatch.setattr(review_file, "WAIT_SECONDS", 0.1)
    with pytest.raises(RunError) as held:
        decisions(folder)
    decide(folder, {8: Decision("keep")}, window)
    assert held.value.__cause__
