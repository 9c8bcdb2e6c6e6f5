"""The README fits a page, and shows what `.ci/run` runs; the tree of files is that of today.

What holds for every document, links and commands, is in test_documents.py.
"""

from __future__ import annotations

import re
import runpy

from tests.conftest import PROJECT

README = (PROJECT / "README.md").read_text(encoding="utf-8")
MOST_BYTES = 8192


def test_it_fits_a_page() -> None:
    assert len(README.encode()) <= MOST_BYTES


def test_the_two_commands_that_ci_runs_are_in_it() -> None:
    for ending in ("streamlit run app.py", "pytest"):
        assert re.search(rf"^pip install .*{ending}$", README, re.MULTILINE), ending


def test_it_shows_a_command_and_a_picture() -> None:
    assert re.search(r"^python -m mild \w", README, re.MULTILINE)
    assert re.search(r"^!\[.+\]\(docs/screenshots/.+\)$", README, re.MULTILINE)


def test_the_tree_of_files_is_that_of_today() -> None:
    page = (PROJECT / "docs" / "architecture.md").read_text(encoding="utf-8")
    made = runpy.run_path(str(PROJECT / "docs" / "make_tree.py"))["written"](page)
    assert made == page, "run: python docs/make_tree.py"


def test_no_path_of_a_developers_machine_is_in_it() -> None:
    assert not re.search(r"/(work|root|home/\w+)/", README.replace("/home/me/pictures", ""))
