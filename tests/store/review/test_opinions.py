"""Second opinions: given unseen, kept beside what is decided, compared, and settled."""

from __future__ import annotations

import sqlite3

import pytest

from mild.access.reviewer import checked
from mild.store.folder import RunFolder
from mild.store.review import decisions as store
from mild.store.review import opinions
from mild.store.review.conflicts import conflicts
from mild.store.review.decision import Decision, Window
from mild.store.review.history import history
from mild.store.review.opinions import opinions as all_opinions
from mild.store.review.reviewers import decided_by, spelled
from mild.store.review.settling import settle

ANNA = Window("a", 0, "anna")
BEN = Window("b", 0, "ben")
CARLA = Window("c", 0, "carla")
KEEP, DROP, CAT = Decision("keep"), Decision("drop"), Decision("relabel", 2)


def test_every_decision_has_its_reviewer_and_an_undo_brings_back_the_one_before(
    folder: RunFolder,
) -> None:
    store.decide(folder, {1: KEEP, 2: DROP}, ANNA)
    store.decide(folder, {2: KEEP, 3: CAT}, BEN)
    assert decided_by(folder) == {1: "anna", 2: "ben", 3: "ben"}
    store.undo(folder, BEN)
    assert decided_by(folder) == {1: "anna", 2: "anna"}
    store.redo(folder, BEN)
    assert decided_by(folder, [2]) == {2: "ben"}


def test_an_opinion_changes_nothing_that_is_decided(folder: RunFolder) -> None:
    store.decide(folder, {1: KEEP, 2: DROP}, ANNA)
    opinions.give(folder, {1: CAT, 2: DROP}, BEN)
    assert store.decisions(folder) == {1: KEEP, 2: DROP}
    assert opinions.of_reviewer(folder, "ben") == {1: CAT, 2: DROP}
    first = all_opinions(folder)[0]
    assert (first.first_reviewer, first.first) == ("anna", KEEP)


def test_reviewers_who_differ_are_a_conflict_until_somebody_settles_it(folder: RunFolder) -> None:
    store.decide(folder, {1: KEEP, 2: DROP}, ANNA)
    opinions.give(folder, {1: CAT, 2: DROP}, BEN)
    (found,) = conflicts(folder)
    assert (found.instance, found.said) == (1, (("anna", KEEP), ("ben", CAT)))
    settle(folder, {1: CAT}, CARLA)
    assert not conflicts(folder)
    store.undo(folder, CARLA)  # what was settled no longer stands
    assert [item.instance for item in conflicts(folder)] == [1]


def test_to_settle_for_what_stands_is_enough_and_a_new_opinion_opens_it_again(
    folder: RunFolder,
) -> None:
    store.decide(folder, {1: KEEP}, ANNA)
    opinions.give(folder, {1: DROP}, BEN)
    settle(folder, {1: KEEP}, ANNA)
    assert not conflicts(folder)
    opinions.give(folder, {1: CAT}, CARLA)
    assert [item.instance for item in conflicts(folder)] == [1]


def test_to_settle_for_what_stands_is_on_record_and_is_what_an_undo_takes_back(
    folder: RunFolder,
) -> None:
    store.decide(folder, {1: KEEP, 2: DROP}, ANNA)
    opinions.give(folder, {1: DROP}, BEN)
    store.decide(folder, {3: DROP}, CARLA)
    settle(folder, {1: KEEP}, CARLA)
    assert decided_by(folder) == {1: "carla", 2: "anna", 3: "carla"}
    assert [item.reviewer for item in history(folder, 1)] == ["anna", "ben", "carla"]
    store.undo(folder, CARLA)
    assert [item.instance for item in conflicts(folder)] == [1]
    assert store.decisions(folder) == {1: KEEP, 2: DROP, 3: DROP}
    assert decided_by(folder)[1] == "anna"
    store.redo(folder, CARLA)
    assert not conflicts(folder)


def test_what_is_settled_stays_so_when_an_opinion_is_taken_back(folder: RunFolder) -> None:
    store.decide(folder, {1: KEEP}, ANNA)
    opinions.give(folder, {1: DROP}, BEN)
    opinions.give(folder, {1: DROP}, CARLA)
    settle(folder, {1: KEEP}, ANNA)
    opinions.undo(folder, CARLA)
    assert not conflicts(folder)


def test_settlements_of_an_older_file_stand(folder: RunFolder) -> None:
    store.decide(folder, {1: KEEP}, ANNA)
    opinions.give(folder, {1: DROP}, BEN)
    settle(folder, {1: KEEP}, ANNA)
    with sqlite3.connect(folder.review) as database:
        database.execute("ALTER TABLE opinions_settled DROP COLUMN action")
    database.close()
    assert not conflicts(folder)
    opinions.give(folder, {1: CAT}, BEN)
    settle(folder, {1: CAT}, CARLA)
    assert not conflicts(folder)
    store.undo(folder, CARLA)
    assert [item.instance for item in conflicts(folder)] == [1]


def test_whoever_changes_their_decision_to_the_other_ones_leaves_no_conflict(
    folder: RunFolder,
) -> None:
    store.decide(folder, {1: KEEP}, ANNA)
    opinions.give(folder, {1: DROP}, BEN)
    store.decide(folder, {1: DROP}, ANNA)
    assert not conflicts(folder)


def test_an_opinion_is_given_anew_taken_back_and_cleared(folder: RunFolder) -> None:
    assert not opinions.can_undo(folder, BEN)
    opinions.give(folder, {1: DROP, 2: DROP}, BEN)
    assert opinions.give(folder, {1: DROP}, BEN) is None
    opinions.give(folder, {1: KEEP}, BEN)
    assert opinions.of_reviewer(folder, "ben") == {1: KEEP, 2: DROP}
    assert opinions.can_undo(folder, BEN)
    opinions.undo(folder, BEN)
    assert opinions.of_reviewer(folder, "ben") == {1: DROP, 2: DROP}
    opinions.give(folder, {1: None}, BEN)
    assert opinions.of_reviewer(folder, "ben") == {2: DROP}
    for n_changed in (1, 2):
        done = opinions.undo(folder, BEN)
        assert done is not None
        assert done.n_changed == n_changed
    assert opinions.undo(folder, BEN) is None
    assert not all_opinions(folder)


def test_an_opinion_without_a_name_is_refused(folder: RunFolder) -> None:
    with pytest.raises(ValueError, match="an opinion needs a reviewer"):
        opinions.give(folder, {1: DROP}, Window("x", 0))


def test_the_history_of_an_instance_says_who_and_what_was_said_unseen(folder: RunFolder) -> None:
    store.decide(folder, {1: KEEP}, ANNA)
    opinions.give(folder, {1: DROP}, BEN)
    found = [(item.kind, item.reviewer, item.decision) for item in history(folder, 1)]
    assert found == [("decide", "anna", KEEP), ("opinion", "ben", DROP)]


def test_a_review_from_before_reviewers_opens_and_goes_on(folder: RunFolder) -> None:
    store.decide(folder, {1: KEEP}, Window("old", 0))
    with sqlite3.connect(folder.review) as database:
        database.execute("ALTER TABLE decision_actions DROP COLUMN reviewer")
        database.execute("PRAGMA user_version = 2")
    database.close()
    assert decided_by(folder) == {1: ""}
    assert [item.reviewer for item in history(folder, 1)] == [""]
    assert not conflicts(folder)
    opinions.give(folder, {1: DROP}, BEN)
    store.decide(folder, {2: DROP}, ANNA)
    assert decided_by(folder) == {1: "", 2: "anna"}
    assert [item.said for item in conflicts(folder)] == [(("", KEEP), ("ben", DROP))]


def test_a_name_that_differs_by_capitals_or_by_how_an_accent_is_written_is_the_same_person(
    folder: RunFolder,
) -> None:
    assert spelled(folder, "ANNA") == "ANNA"
    store.decide(folder, {1: KEEP}, ANNA)
    opinions.give(folder, {1: DROP}, Window("z", 0, "Zoë"))
    assert [spelled(folder, name) for name in ("ANNA", "anna", "zoë", "ann")] == [
        "anna",
        "anna",
        "Zoë",
        "ann",
    ]
    assert checked(" Zoe\u0308 ") == "Zoë"
