"""The report: one file, complete, harmless, that asks the network for nothing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mild.analysis.rounds import side_by_side
from mild.report.page import make_report
from mild.store.writer import RunWriter
from mild.words import score
from tests.runs_for_tests import Until, write_run


@pytest.mark.parametrize("clean_known", [True, False])
@pytest.mark.parametrize(
    "until", ["queued", "preparing", "begun", "training", "done", "failed", "interrupted"]
)
def test_a_run_in_any_state_has_a_report(until: Until, clean_known: bool, runs_root: Path) -> None:
    run = write_run(runs_root, until=until, clean_known=clean_known)
    text = make_report(run)
    assert run.run_id in text
    assert text.rstrip().endswith("</html>")


def test_it_loads_nothing_from_elsewhere(runs_root: Path) -> None:
    text = make_report(write_run(runs_root))
    own = re.sub(r"<script.*?</script>", "", text, flags=re.DOTALL)
    assert not re.search(r"(src|href)=[\"']?(https?:)?//", own)
    assert not re.search(r"<script[^>]*src=", text)


def test_its_numbers_are_those_of_the_run(runs_root: Path) -> None:
    run = write_run(runs_root)
    text = make_report(run)
    record = run.rounds()[0]
    assert f"<td>under {record.cut:.4g}</td>" in text
    assert f"<td>{score(record.precision)}</td>" in text


def test_a_hostile_name_stays_text(runs_root: Path) -> None:
    hostile = "<script>alert(1)</script>"
    unseen = "\x1b[31m\u202egnp.exe\u200b"
    run = write_run(runs_root, name=hostile, epochs=(8,))
    writer = RunWriter(run.folder)
    writer.facts(class_names=[hostile] * 4, description=hostile + unseen + "x" * 9_000)
    writer.close()
    text = make_report(run)
    own = text.split("</script>")[-1] + text.split("<h2>")[0]
    assert hostile not in own
    assert "&lt;script&gt;" in own
    assert r"\x1b[31m\u202egnp.exe\u200b" in own
    assert "x" * 2_000 not in own
    assert not set(unseen) & set(own) & {"\x1b", "\u202e", "\u200b"}


def test_a_round_without_a_fit_has_dashes_where_others_have_estimates(
    runs_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = write_run(runs_root, clean_known=False, epochs=(8,))
    monkeypatch.setattr(side_by_side, "guesses", lambda *_: None)
    assert "<td>–</td><td>–</td><td>–</td>" in make_report(run)
