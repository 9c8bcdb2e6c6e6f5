"""configs: config.json, its text and its values changed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from benchmarks.fuzz.damage import damaged
from benchmarks.fuzz.kind import Case, Kind
from benchmarks.fuzz.values import Random, changed, value
from mild.config import presets, stored
from mild.config.settings import RunConfig, parse
from mild.store.folder import RunFolder
from mild.store.run import Run


def _prepare(folder: Path) -> Case:
    whole = [
        *(json.loads(stored.write(presets.preset(name))) for name in presets.NAMES),
        json.loads(stored.write(RunConfig(), {"run_id": "a-20260101-000000-abcd", "round": 1})),
    ]
    place = RunFolder(folder / "a-run-20260101-000000-abcd")
    place.path.mkdir()

    def case(rng: Random) -> None:
        settings = changed(whole[rng.integers(len(whole))], rng, 1 + int(rng.random() < 0.3))
        if rng.random() < 0.05:
            settings = value(rng)
        text = json.dumps(settings, indent=2).encode("utf-8", "surrogatepass")
        place.config.write_bytes(damaged(text, rng) if rng.random() < 0.3 else text)
        found = Run(place).stored()
        _use(found, settings)

    return case


def _use(found: stored.Stored, settings: Any) -> None:
    """What is done with a config that was read."""
    found.settings()
    stored.write(found.config, found.branched_from)
    found.config.total_epochs  # noqa: B018
    if isinstance(settings, dict):
        parse(settings)


CONFIGS = Kind(
    name="configs", about="config.json, its text and its values changed", prepare=_prepare
)
