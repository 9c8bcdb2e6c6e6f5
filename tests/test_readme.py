"""The README is true: its commands exist, its links lead somewhere; so is the tree of files."""

from __future__ import annotations

import re
import runpy
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
README = (PROJECT / "README.md").read_text(encoding="utf-8")


def test_the_tree_of_files_is_that_of_today() -> None:
    page = (PROJECT / "docs" / "architecture.md").read_text(encoding="utf-8")
    made = runpy.run_path(str(PROJECT / "docs" / "make_tree.py"))["written"](page)
    assert made == page, "run: python docs/make_tree.py"


def test_every_file_it_links_to_is_there() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        if not target.startswith("http"):
            assert (PROJECT / target).is_file(), target


def test_every_command_it_shows_is_one() -> None:
    shown = set(re.findall(r"^python -m mild (\w[\w-]*)", README, re.MULTILINE))
    help_ = subprocess.run(
        [sys.executable, "-m", "mild", "--help"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert shown
    for command in shown:
        assert re.search(rf"[│ ]{command} ", help_), command


def test_no_path_of_a_developers_machine_is_in_it() -> None:
    assert not re.search(r"/(work|root|home/\w+)/", README.replace("/home/me/pictures", ""))
