"""How good and how fast is selection? Judged on recorded training runs.

Every recorded sequence where nothing was planted is cut at a quarter, half and all of its epochs.
The judge is the F1 of the flagged set against the F1 of the best possible single cut; at zero
noise, the share kept. Recordings with planted labels: `benchmarks.selection.planted`.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.selection import planted
from benchmarks.selection.panels import PANEL, PLANTED_PANEL
from benchmarks.selection.recorded import judge, summarize
from benchmarks.selection.speed import time_fits, time_planted


def run(
    panel_dir: Path = PANEL,
    planted_dir: Path = PLANTED_PANEL,
    *,
    speed: bool = True,
    library: bool = True,
) -> dict[str, Any]:
    """Judge selection on every .npz of two folders and, with `speed`, time it.

    Parameters
    ----------
    panel_dir
        Folder of recorded runs without planted labels, as `benchmarks/panel/README.md` describes.
    planted_dir
        Folder of recorded runs with some, as `benchmarks/panel-planted/README.md` describes.
    speed
        Also time the fit for N = 50,000 and N = 10,000,000, and with planted labels.
    library
        Also time the reliability library on the same 50,000 values (about half a minute).
    """
    rows = [row for path in sorted(panel_dir.glob("*.npz")) for row in judge(path)]
    return {
        "rows": [asdict(row) for row in rows],
        "summary": summarize(rows),
        "planted": judge_all_planted(planted_dir),
        "speed": time_fits(library=library) if speed else None,
        "planted_speed": time_planted() if speed else None,
    }


def judge_all_planted(planted_dir: Path) -> dict[str, Any]:
    """Judge every recording with planted labels, and sum up each way to look at them."""
    found = sorted(planted_dir.glob("*.npz"))
    rows = [row for path in found for row in planted.judge_planted(path)]
    return {
        "rows": [asdict(row) for row in rows],
        "summary": {
            part: planted.summarize([row for row in rows if row.part == part])
            for part in planted.PARTS
        },
    }
