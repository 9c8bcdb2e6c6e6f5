"""The settings of a run as command-line options, read and written by one table."""

from __future__ import annotations

import shlex
from typing import Any

import pytest
import typer
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from mild.cli.commands.lifecycle import train
from mild.config import RunConfig, options, parse, presets
from mild.errors import ConfigError

_APP = typer.Typer()
_APP.command("train")(train.train)
_COMMAND = typer.main.get_command(_APP)
_ROUND = st.fixed_dictionaries(
    {"epochs": st.integers(1, 10_000)}, optional={"weight_decay": st.none() | st.floats(0, 1)}
)
_ROUNDS = st.lists(st.integers(1, 10_000) | _ROUND, min_size=1, max_size=4)
_TEXT = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1, max_size=20
)


def _share(**bounds: Any) -> st.SearchStrategy[float]:
    return st.floats(0, 1, **bounds)


_SETTINGS = st.fixed_dictionaries(
    {},
    optional={
        "name": _TEXT,
        "seed": st.integers(0, 2**31 - 1),
        "device": st.sampled_from(["auto", "cpu", "mps", "cuda", "cuda:3"]),
        "devices": st.just(1),
        "model": st.sampled_from(["small-cnn", "resnet18", "nets:build"]),
        "model_folder": st.none() | _TEXT,
        "weights": st.none() | _TEXT,
        "compile": st.none() | st.booleans(),
        "precision": st.sampled_from(["auto", "float32", "bfloat16", "float16"]),
        "rounds": _ROUNDS,
        "data": st.fixed_dictionaries(
            {},
            optional={
                "source": st.sampled_from(["digits", "folder", "cifar10"]),
                "path": st.none() | _TEXT,
                "data_root": _TEXT,
                "image_size": st.none() | st.integers(4, 1024),
                "pipeline": st.sampled_from(["auto", "resident", "streaming"]),
                "workers": st.none() | st.integers(0, 256),
                "test_fraction": st.none() | _share(exclude_max=True),
                "label_column": _TEXT,
                "n_classes": st.none() | st.integers(2, 1000),
                "labels_path": st.none() | _TEXT,
                "labels_column": st.none() | _TEXT,
            },
        ),
        "noise": st.fixed_dictionaries(
            {"model": st.sampled_from(["symmetric", "pairflip"])}, optional={"rate": _share()}
        )
        | st.fixed_dictionaries(
            {
                "model": st.just("class-map"),
                "class_map": st.dictionaries(st.integers(0, 9), st.integers(10, 99), min_size=1),
            },
            optional={"rate": _share()},
        )
        | st.fixed_dictionaries(
            {"model": st.just("matrix"), "matrix": _share().map(lambda p: [[p, 1 - p], [0, 1]])}
        ),
        "optimizer": st.fixed_dictionaries(
            {},
            optional={
                "learning_rate": st.floats(0, 100, exclude_min=True),
                "weight_decay": _share(),
                "batch_size": st.integers(2, 65_536),
            },
        ),
        "augmentation": st.fixed_dictionaries(
            {}, optional={"crop_padding": st.integers(0, 64), "flip": st.booleans()}
        ),
        "selection": st.fixed_dictionaries(
            {},
            optional={
                "keep_fraction": st.none() | _share(exclude_min=True),
                "cut": st.none() | st.integers(0, 100),
                "min_removed_share": _share(exclude_max=True),
                "planted_share": st.just("auto") | st.floats(0, 0.1),
                "cuts": st.none() | st.dictionaries(st.just(0), _share(), min_size=1),
            },
        ),
        "final": st.fixed_dictionaries(
            {},
            optional={
                "kind": st.sampled_from(["none", "supervised", "mixmatch"]),
                "epochs": st.integers(1, 10_000),
                "from_scratch": st.booleans(),
                "ema_decay": st.none() | _share(exclude_max=True),
                "temperature": _share(exclude_min=True),
                "mixup_alpha": st.floats(0, 100, exclude_min=True),
                "lambda_u": st.floats(0, 10_000),
                "ramp_up_epochs": st.none() | st.integers(0, 10_000),
            },
        ),
    },
)


def _as_typed(command: str) -> dict[str, Any]:
    """What the command line hands to `options.read`."""
    words = shlex.split(command)
    assert words[:4] == ["python", "-m", "mild", "train"]
    return _COMMAND.make_context("train", words[4:]).params


@given(_SETTINGS)
@settings(max_examples=200)
def test_the_command_written_for_a_config_asks_for_the_same_config(asked: dict[str, Any]) -> None:
    config = parse(asked)
    assert options.read(_as_typed(options.command_line(config))) == config


def test_the_defaults_need_no_option() -> None:
    assert options.command_line(RunConfig()) == "python -m mild train"
    assert options.read(_as_typed("python -m mild train")) == RunConfig()


def test_the_command_for_the_demo_names_what_differs_from_the_defaults() -> None:
    assert options.command_line(presets.preset("demo")) == (
        "python -m mild train --name 'demo digits sym40' --noise symmetric --rate 0.4 "
        "--rounds 20,8,8 --min-removed-share 0.0 --final-epochs 12"
    )


def test_every_setting_has_an_option() -> None:
    asked = {option.setting for option in options.OPTIONS}
    assert asked == set(_leaves(RunConfig)) - {"schema_version"}


def _leaves(model: type[BaseModel], above: str = "") -> list[str]:
    found = []
    for name, field in model.model_fields.items():
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            found += _leaves(inner, f"{above}{name}.")
        else:
            found.append(f"{above}{name}")
    return found


def test_options_are_read_on_top_of_a_preset() -> None:
    config = options.read({"seed": 7, "rounds": "3, 2", "rate": None}, presets.preset("demo"))
    assert config.noise.rate == 0.4
    assert config.seed == 7
    assert [item.epochs for item in config.rounds] == [3, 2]


@pytest.mark.parametrize("text", ["", " ", ",", " , "])
def test_empty_rounds_are_told(text: str) -> None:
    with pytest.raises(ConfigError) as error:
        options.read({"rounds": text})
    assert error.value.problems == [
        "rounds is empty: give at least one round, as its epochs, for example 20,10,10."
    ]


@pytest.mark.parametrize("wrong", ["x", "-1", "2.5", "1e3", "²", "9" * 5000])
def test_rounds_that_are_no_numbers_are_told(wrong: str) -> None:
    with pytest.raises(ConfigError) as error:
        options.read({"rounds": f"20,{wrong}"})
    shown = repr(wrong) if len(wrong) < 50 else f"{repr(wrong)[:57]}..."
    assert error.value.problems == [
        f"round 2 is {shown}: must be a whole number of epochs; "
        "separate rounds with commas, as in 20,10,10."
    ]


def test_every_problem_of_a_command_is_told_at_once() -> None:
    with pytest.raises(ConfigError) as error:
        options.read({"rounds": "x", "rate": 1.5, "noise": "symmetric", "seed": -1})
    assert error.value.problems == [
        "seed is -1: must be at least 0 and at most 2,147,483,647.",
        "noise rate is 1.5: must be at least 0 and at most 1.",
        "round 1 is 'x': must be a whole number of epochs; "
        "separate rounds with commas, as in 20,10,10.",
    ]


def test_every_option_has_a_type_and_a_line_of_help() -> None:
    for option in options.OPTIONS:
        kind, text = options.kind_and_help(option)
        assert kind in (int, float, bool, str)
        assert text.endswith(".")
    by_flag = {option.flag: options.kind_and_help(option)[0] for option in options.OPTIONS}
    assert (by_flag["rate"], by_flag["cut"], by_flag["flip"], by_flag["path"]) == (
        float, float, bool, str,
    )  # fmt: skip
