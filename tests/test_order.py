"""The list of the longest files names files that are there."""

from __future__ import annotations

from tests.conftest import PROJECT
from tests.order import LONGEST, UNKNOWN_IN_BROWSER, seconds


def test_every_long_file_is_there() -> None:
    assert [file for file in LONGEST if not (PROJECT / file).is_file()] == []


def test_an_unknown_file_is_short_unless_it_is_in_a_browser() -> None:
    assert seconds("tests/store/test_none.py") == 0
    assert seconds("tests/browser/test_none.py") == UNKNOWN_IN_BROWSER
