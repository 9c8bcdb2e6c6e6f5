"""config.json: how a request is written down, and read back whatever version wrote it.

Beside the settings it says where the run came from. What this version does not know of it, a
setting, a rule or a name, is left out and named, so that a run of a newer version can be looked at.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from mild.config import problems
from mild.config.settings import SCHEMA, RunConfig, parse
from mild.errors import ConfigError

ORIGIN = "branched_from"
"""The run and round, counted from 0, that a run was branched from: no setting, but told."""
_UNKNOWN = ("extra_forbidden", "literal_error")
"""What pydantic calls a setting that is not there, and a name that is none of those known."""
_MOST_PASSES = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Stored:
    """What a config.json says."""

    config: RunConfig
    """As far as this version knows it."""
    branched_from: dict[str, Any] | None = None
    """`run_id` and `round`, counted from 0."""
    schema: int = SCHEMA
    """Of the file; larger than ours where a newer version wrote it."""
    unknown: tuple[str, ...] = ()
    """Settings that this version does not know, or not with this value."""

    @property
    def whole(self) -> bool:
        """Whether nothing was left out, so that the run can be gone on with."""
        return not self.unknown and self.schema <= SCHEMA

    def settings(self) -> dict[str, Any]:
        """Return everything that makes this run differ from another one, as plain values."""
        found = self.config.model_dump(mode="json")
        del found["schema_version"]
        return found | ({ORIGIN: self.branched_from} if self.branched_from else {})


def write(config: RunConfig, branched_from: dict[str, Any] | None = None) -> str:
    """Write the text of a config.json."""
    settings = config.model_dump(mode="json")
    if branched_from is not None:
        settings[ORIGIN] = branched_from
    return json.dumps(settings, indent=2) + "\n"


def read(text: str) -> Stored:
    """Read the text of a config.json.

    Raises
    ------
    ConfigError, ValueError, RecursionError
        If it is not what any version writes.
    """
    settings = json.loads(text)
    if not isinstance(settings, dict):
        parse(settings)  # says what is wrong with it
    settings = dict(settings)
    origin, schema = settings.pop(ORIGIN, None), settings.get("schema_version", 1)
    _as_it_was(settings)
    newer = isinstance(schema, int) and schema > SCHEMA
    if newer:
        settings["schema_version"] = SCHEMA
    config, unknown = _known_part(settings, lenient=newer)
    return Stored(
        config=config,
        branched_from=origin if isinstance(origin, dict) else None,
        schema=int(schema) if newer else SCHEMA,
        unknown=unknown,
    )


def request(settings: dict[str, Any]) -> RunConfig:
    """Return what a config.json asks for, to be asked for again; nothing is left out of it.

    Raises
    ------
    ConfigError
        With one sentence for every problem, unknown settings among them.
    """
    return parse({name: value for name, value in settings.items() if name != ORIGIN})


def _as_it_was(settings: dict[str, Any]) -> None:
    """Add what a run from before a setting did, where that is not today's default."""
    selection = settings.get("selection", {})
    if isinstance(selection, dict):
        settings["selection"] = {"later_rounds": "free"} | selection


def _known_part(settings: dict[str, Any], *, lenient: bool) -> tuple[RunConfig, tuple[str, ...]]:
    """Return the config without what is unknown; with `lenient`, without whatever does not fit.

    What is left out is taken out of `settings`.
    """
    unknown = dict[str, None]()
    for _ in range(_MOST_PASSES):
        try:
            return RunConfig.model_validate(settings), tuple(unknown)
        except ValidationError as error:
            touched = {name.split()[0] for name in unknown}
            for item in error.errors():
                where = item["loc"]
                # A rule that is left out takes what was asked of it along.
                excused = lenient or item["type"] in _UNKNOWN
                name = problems.label(where)
                excused = excused or name.split()[0] in touched
                if not (excused and _take_out(settings, where)):
                    raise ConfigError(problems.sentences(error, RunConfig)) from None
                unknown[name] = None
    raise ConfigError(["the settings are of another kind than this version knows."])


def _take_out(settings: Any, where: tuple[int | str, ...]) -> bool:
    """Remove what stands at a place; False where there is no such place."""
    if not where:
        return False
    for part in where[:-1]:
        try:
            settings = settings[part]
        except (KeyError, IndexError, TypeError):
            return False
    if not isinstance(settings, dict) or where[-1] not in settings:
        return False
    del settings[where[-1]]
    return True
