"""config.json is read whatever version wrote it, and says where a run came from."""

from __future__ import annotations

import json

import pytest

from mild.config import RunConfig, parse, stored
from mild.errors import ConfigError

ORIGIN = {"run_id": "another-20261128-120000-abcd", "round": 1}


def _changed(**changes: object) -> str:
    return json.dumps(RunConfig().model_dump(mode="json") | changes)


def test_what_was_written_is_read_back_whole() -> None:
    config = parse({"name": "mine", "selection": {"cuts": {"1": 7.5}}, "rounds": [9, 9]})
    found = stored.read(stored.write(config, ORIGIN))
    assert found == stored.Stored(config=config, branched_from=ORIGIN)
    assert found.whole
    assert found.settings()["branched_from"] == ORIGIN


def test_settings_of_the_first_runs_mean_the_same_today() -> None:
    settings = RunConfig(seed=3).model_dump(mode="json") | {"schema_version": 1}
    del settings["selection"]["cuts"]
    assert stored.read(json.dumps(settings)).config == RunConfig(seed=3)


def test_runs_from_before_bounded_rounds_stay_free() -> None:
    settings = RunConfig().model_dump(mode="json")
    del settings["selection"]["later_rounds"]
    assert stored.read(json.dumps(settings)).config.selection.later_rounds == "free"
    assert parse({}).selection.later_rounds == "bounded"


def test_a_newer_version_is_read_without_what_is_unknown() -> None:
    text = _changed(
        schema_version=9,
        dreams={"depth": 3},
        seed=7,
        noise={"model": "moonlight", "rate": 0.4, "phase": "full"},
        selection=RunConfig().selection.model_dump(mode="json") | {"rule": "by-star-sign"},
        rounds=[{"epochs": 5, "tempo": "allegro"}, {"epochs": 3}],
    )
    found = stored.read(text)
    assert not found.whole
    assert found.schema == 9
    assert found.config.seed == 7
    assert [item.epochs for item in found.config.rounds] == [5, 3]
    assert found.config.selection.rule == RunConfig().selection.rule
    named = ("dreams", "noise phase", "noise model", "selection rule", "round 1 tempo")
    assert set(named) <= set(found.unknown)


def test_a_setting_or_rule_that_somebody_added_is_left_out_and_named() -> None:
    found = stored.read(_changed(surprise=1, model="small-cnn"))
    assert (found.unknown, found.whole) == (("surprise",), False)
    assert found.config == RunConfig()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (_changed(seed=-1), "seed is -1: must be at least 0"),
        ("[]", "input should be a valid dictionary"),
        (_changed(rounds=[]), "rounds is empty"),
    ],
)
def test_what_no_version_writes_is_an_error(text: str, reason: str) -> None:
    with pytest.raises(ConfigError, match=reason):
        stored.read(text)


def test_asked_for_again_nothing_is_left_out() -> None:
    settings = json.loads(stored.write(RunConfig(seed=5), ORIGIN))
    assert stored.request(settings) == RunConfig(seed=5)
    with pytest.raises(ConfigError, match="surprise: there is no such setting"):
        stored.request(settings | {"surprise": 1})


@pytest.mark.parametrize(
    ("cuts", "reason"),
    [
        ({"3": 2}, "a cut is given for round 4, but there are 3 rounds"),
        ({"0": 22}, "the cut 22 of round 1 is beyond its epochs; give one from 0 to 21"),
        ({"0": -1}, "must be at least 0"),
    ],
)
def test_a_cut_that_cannot_be_is_refused(cuts: dict[str, float], reason: str) -> None:
    with pytest.raises(ConfigError, match=reason):
        parse({"selection": {"cuts": cuts}})
