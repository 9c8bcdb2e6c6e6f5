"""The tables of rules and of data sources in docs/ are those of the registries."""

from __future__ import annotations

import runpy

import pytest

from mild.core.selection import RULES
from mild.data.sources import SOURCES
from tests.conftest import PROJECT

MADE = runpy.run_path(str(PROJECT / "docs" / "make_tables.py"))


@pytest.mark.parametrize("name", MADE["TABLES"])
def test_a_table_of_the_documents_is_the_registrys(name: str) -> None:
    page = (PROJECT / "docs" / MADE["TABLES"][name][0]).read_text(encoding="utf-8")
    assert MADE["written"](page, name) == page, "run: python docs/make_tables.py"


def test_every_rule_and_every_source_has_its_row() -> None:
    for name, things in (("rules", RULES), ("sources", SOURCES)):
        table = MADE["TABLES"][name][1]().splitlines()
        assert [row.split("`")[1] for row in table[2:]] == list(things)
