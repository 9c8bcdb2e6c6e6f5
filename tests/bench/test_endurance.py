"""`bench endurance` in small: a run that goes on is read, and memory is told by the hour."""

from __future__ import annotations

import os
from pathlib import Path

import psutil
import pytest

from benchmarks.dashboard import endurance


@pytest.fixture
def live(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> endurance.Live:
    monkeypatch.setattr(endurance, "N", 40)
    return endurance.Live(tmp_path)


def test_a_simulated_day_tells_memory_after_each_of_its_hours(
    live: endurance.Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(endurance, "EPOCH_POLLS", 14_400)
    said, shares = list[str](), list[float]()
    rows = endurance._grown(
        "looking", live, lambda n: shares.append(endurance.look(live.run)),
        psutil.Process(os.getpid()), 86_400, said.append,
    )  # fmt: skip
    live.close()
    told = {row.what: row for row in rows}
    assert [what for what in told if "memory after" in what] == [
        f"looking: memory after {hours} h" for hours in (1, 6, 12, 24)
    ]
    grown = told["looking: grown since 1 h, after 86,400 polls"]
    after = [told[f"looking: memory after {hours} h"].median for hours in (1, 24)]
    assert grown.median == pytest.approx(after[1] - after[0])
    assert shares == sorted(set(shares))  # it trains meanwhile
