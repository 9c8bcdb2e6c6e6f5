"""What can be asked of a run: every problem at once, each a sentence to act on."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mild.config import MODELS, RoundConfig, RunConfig, parse, presets
from mild.core.noise import MODELS as NOISE_MODELS
from mild.core.selection import RULES
from mild.errors import ConfigError


def _listed(names: Iterable[str]) -> str:
    *others, last = [repr(name) for name in names]
    return f"{', '.join(others)} or {last}"


PROBLEMS = [
    (
        {"noise": {"model": "symmetric", "rate": 1.5}},
        "noise rate is 1.5: must be at least 0 and at most 1.",
    ),
    (
        {"noise": {"model": "symmetric", "rate": -0.1}},
        "noise rate is -0.1: must be at least 0 and at most 1.",
    ),
    (
        {"noise": {"model": "symmetric", "rate": math.nan}},
        "noise rate is nan: must be at least 0 and at most 1.",
    ),
    ({"noise": {"model": "symmetric", "rate": "much"}}, "noise rate is 'much': must be a number."),
    (
        {"noise": {"rate": 0.4}},
        "noise: a rate of 0.4 needs a model of noise, such as 'symmetric'.",
    ),
    (
        {"noise": {"model": "odd"}},
        f"noise model is 'odd': must be one of {_listed(NOISE_MODELS)}.",
    ),
    (
        {"selection": {"rule": "best"}},
        f"selection rule is 'best': must be one of {_listed(RULES)}.",
    ),
    ({"selection": {"tau": 1}}, "selection tau is 1: must be more than 0 and less than 1."),
    ({"name": ""}, "name is '': must not be empty."),
    (
        {"model": "vgg"},
        f"model: 'vgg' is not a known network; known are {', '.join(MODELS)}, "
        "any of torchvision, timm:NAME, and "
        "module:function of your own.",
    ),
    (
        {"data": {"source": "recorded"}},
        "the settings: the source 'recorded' and the model 'small-cnn' do not go together; "
        "'recorded' is for runs of mild.Recorder and stands in both or in neither.",
    ),
    (
        {"rounds": []},
        "rounds is empty: give at least one round, as its epochs, for example 20,10,10.",
    ),
    (
        {"rounds": "20,10"},
        "rounds is '20,10': must be a list with the epochs of each round, "
        "for example [20, 10, 10].",
    ),
    ({"rounds": [0]}, "round 1 epochs is 0: must be at least 1 and at most 10,000."),
    (
        {"rounds": [20, 2.5]},
        "round 2 is 2.5: must be a whole number of epochs; "
        "separate rounds with commas, as in 20,10,10.",
    ),
    ({"rounds": [{}]}, "round 1 epochs: is missing; give a value."),
    (
        {"rounds": [{"epochs": 3, "epoch": 3}]},
        "round 1 epoch: there is no such setting; known here are epochs, weight_decay.",
    ),
    ({"seed": "x"}, "seed is 'x': must be a whole number."),
    ({"seed": 2.5}, "seed is 2.5: must be a whole number."),
    (
        {"optimizer": {"learning_rate": 0}},
        "optimizer learning rate is 0: must be more than 0 and at most 100.",
    ),
    (
        {"device": "gpu"},
        "device is 'gpu': must be auto, cpu, mps, cuda, or cuda:N with the number of a GPU.",
    ),
    (  # else a line of its own in the script that a cluster is handed
        {"launch": {"partition": "gpu\ntouch made #"}},
        "launch partition is 'gpu\\ntouch made #': must be a name of letters, digits, _ . + and -, "
        "or several with commas.",
    ),
    (
        {"selection": {"rule": "keep-fraction"}},
        "selection: the rule 'keep-fraction' needs the share to keep (keep_fraction).",
    ),
    (
        {"selection": {"planted_share": 0.2}},
        "selection planted share: '0.2' is neither 'auto' nor a share from 0 to 0.1; more would "
        "blur the ranking.",
    ),
    (
        {"selection": {"planted_share": "many"}},
        "selection planted share: 'many' is neither 'auto' nor a share from 0 to 0.1; more would "
        "blur the ranking.",
    ),
    (
        {"selection": {"rule": "manual"}},
        "selection: the rule 'manual' needs a cut in misclassified epochs (cut).",
    ),
    (
        {"data": {"image_size": 3}},
        "data image size is 3: must be at least 4 and at most 1,024.",
    ),
    (
        {"noise": {"modle": "none"}},
        "noise modle: there is no such setting; known here are model, rate, class_map, matrix.",
    ),
]


@pytest.mark.parametrize(("settings", "sentence"), PROBLEMS)
def test_a_problem_is_told_with_the_setting_its_value_and_the_rule(
    settings: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(ConfigError) as error:
        parse(settings)
    assert error.value.problems == [sentence]
    assert str(error.value) == sentence


def test_every_problem_is_told_at_once() -> None:
    with pytest.raises(ConfigError) as error:
        parse(
            {
                "seed": -1,
                "noise": {"model": "symmetric", "rate": 2},
                "rounds": [],
                "final": {"epochs": 0},
                "surprise": True,
            }
        )
    assert error.value.problems == [
        "seed is -1: must be at least 0 and at most 2,147,483,647.",
        "noise rate is 2: must be at least 0 and at most 1.",
        "rounds is empty: give at least one round, as its epochs, for example 20,10,10.",
        "final epochs is 0: must be at least 1 and at most 10,000.",
        f"surprise: there is no such setting; known here are {', '.join(RunConfig.model_fields)}.",
    ]


@pytest.mark.parametrize("name", ["device", "model"])
def test_a_long_value_is_shortened(name: str) -> None:
    with pytest.raises(ConfigError) as error:
        parse({name: "x" * 5000})
    assert "x" * 80 not in str(error.value)


@pytest.mark.parametrize("model", ["nets:build", "my.nets.wide:Build_2"])
def test_a_network_of_ones_own_is_named_by_module_and_function(model: str) -> None:
    assert parse({"model": model}).model == model


@pytest.mark.parametrize("model", ["nets.py:build", "nets:", ":build", "a b:c", "/nets:build", ""])
def test_what_cannot_be_a_module_and_function_is_refused(model: str) -> None:
    with pytest.raises(ConfigError, match="is not a known network"):
        parse({"model": model})


_NAMES = st.sampled_from(
    [
        *RunConfig.model_fields,
        *(name for part in ("data", "noise", "optimizer", "augmentation", "selection", "final")
          for name in RunConfig.model_fields[part].annotation.model_fields),
        "epochs", "surprise",
    ]
)  # fmt: skip
_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(["symmetric", "manual", "cuda:0", "none"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_NAMES, inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(_NAMES, _VALUES, max_size=4))
def test_whatever_is_asked_is_a_config_or_sentences(settings: dict[str, Any]) -> None:
    try:
        config = parse(settings)
    except ConfigError as error:
        problems = error.problems
    else:
        assert parse(json.loads(config.model_dump_json())) == config
        problems = ["A config."]
    assert problems
    for sentence in problems:
        assert sentence.endswith(".")
        assert len(sentence) < 500


def test_plain_numbers_stand_for_rounds() -> None:
    assert parse({"rounds": [20, 10]}).rounds == (RoundConfig(epochs=20), RoundConfig(epochs=10))
    assert parse({"rounds": [{"epochs": 4}, 2]}).rounds == (
        RoundConfig(epochs=4),
        RoundConfig(epochs=2),
    )


def test_a_config_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        RunConfig().seed = 1


def test_total_epochs_counts_the_final_stage_only_where_there_is_one() -> None:
    assert parse({"rounds": [3, 2], "final": {"epochs": 4}}).total_epochs == 9
    assert parse({"rounds": [3, 2], "final": {"kind": "none"}}).total_epochs == 5


def test_every_preset_is_a_config_with_a_line_for_people() -> None:
    for name in presets.NAMES:
        assert parse(presets.preset(name).model_dump(mode="json")) == presets.preset(name)
        assert presets.describe(name).endswith(".")
    with pytest.raises(KeyError):
        presets.preset("nothing")


def test_every_setting_has_a_line_of_documentation() -> None:
    for part in RunConfig.model_fields.values():
        inner = getattr(part.annotation, "model_fields", {})
        for name, field in inner.items():
            assert field.description, name
