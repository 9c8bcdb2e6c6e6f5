"""From a failed validation to sentences a person can act on: the setting, its value, the rule."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

_PATTERNS = {
    "device": "must be auto, cpu, mps, cuda, or cuda:N with the number of a GPU",
    "partition": "must be a name of letters, digits, _ . + and -, or several with commas",
}


def sentences(
    error: ValidationError, model: type[BaseModel], typed: Mapping[str, str] | None = None
) -> list[str]:
    """Write one sentence for every problem, in the order of the settings.

    Parameters
    ----------
    typed
        What people wrote, by the path of the setting it stands for, such as `--rate` for
        `noise.rate`; a setting that is not among them is called by its name in words.
    """
    # A list of which every item is wrong counts as empty, too; the items have said it better.
    items = [item for item in error.errors() if item["type"] != "too_short" or not item["input"]]
    return [_sentence(item, model, typed or {}) for item in items]


def _sentence(item: Any, model: type[BaseModel], typed: Mapping[str, str]) -> str:
    location = [str(part) for part in item["loc"]]
    label = _as_typed(location, typed) or _label(location)
    if item["type"] == "extra_forbidden":
        known = ", ".join(_settings_at(location[:-1], model))
        return f"{label}: there is no such setting; known here are {known}."
    if item["type"] == "value_error":
        return f"{label}: {item['ctx']['error']}."
    if item["type"] == "missing":
        return f"{label}: is missing; give a value."
    if item["type"] == "too_short" and location == ["rounds"]:
        return f"{label} is empty: give at least one round, as its epochs, for example 20,10,10."
    return f"{label} is {_short(item['input'])}: {_rule(item, location, model)}."


def label(where: Iterable[int | str]) -> str:
    """Name a setting in words, from its place as pydantic tells it."""
    return _label([str(part) for part in where])


def _label(location: list[str]) -> str:
    """Name the setting in words; people count rounds from 1."""
    if location[:1] == ["rounds"] and len(location) > 1:
        location = ["round", str(int(location[1]) + 1), *location[2:]]
    return " ".join(location).replace("_", " ") or "the settings"


def _as_typed(location: list[str], typed: Mapping[str, str]) -> str:
    """Return the option that was typed, or those of a group whose settings do not fit together."""
    path = ".".join(location)
    if path in typed:
        return typed[path]
    if location[:1] == ["rounds"] and "rounds" in typed:
        return f"{typed['rounds']}: {_label(location)}"
    return ", ".join(typed[name] for name in typed if name.startswith(f"{path}."))


def _rule(item: Any, location: list[str], model: type[BaseModel]) -> str:
    match item["type"]:
        case "greater_than_equal" | "greater_than" | "less_than_equal" | "less_than":
            return _range(location, model)
        case "literal_error":
            return f"must be one of {item['ctx']['expected']}"
        case "int_parsing" | "int_type" | "int_from_float":
            return "must be a whole number"
        case "float_parsing" | "float_type" | "finite_number":
            return "must be a number"
        case "model_type" if location[:1] == ["rounds"]:
            return "must be a whole number of epochs; separate rounds with commas, as in 20,10,10"
        case "tuple_type" if location == ["rounds"]:
            return "must be a list with the epochs of each round, for example [20, 10, 10]"
        case "string_too_short" if item["ctx"]["min_length"] == 1:
            return "must not be empty"
        case "string_pattern_mismatch" if location[-1] in _PATTERNS:
            return _PATTERNS[location[-1]]
        case _:
            return str(item["msg"][0].lower() + item["msg"][1:])


def _range(location: list[str], model: type[BaseModel]) -> str:
    bounds: dict[str, Any] = {}
    holder = _model_at(location[:-1], model)
    if not (isinstance(holder, type) and issubclass(holder, BaseModel)):  # keys and values of a map
        return "must be at least 0"
    for item in holder.model_fields[location[-1]].metadata:
        for name in ("ge", "gt", "le", "lt"):
            if hasattr(item, name):
                bounds[name] = getattr(item, name)
    words = {"ge": "at least", "gt": "more than", "le": "at most", "lt": "less than"}
    return "must be " + " and ".join(f"{words[name]} {_number(bounds[name])}" for name in bounds)


def _number(bound: float) -> str:
    return f"{bound:,}" if isinstance(bound, int) else f"{bound:g}"


def _settings_at(location: list[str], model: type[BaseModel]) -> list[str]:
    return list(getattr(_model_at(location, model), "model_fields", ()))


def _model_at(location: list[str], model: type[BaseModel]) -> type[BaseModel]:
    for part in location:
        if part.isdigit():  # an item of a list: its model was found with the list
            continue
        if part not in getattr(model, "model_fields", ()):  # a key of a map, which has no fields
            return model
        inner: Any = model.model_fields[part].annotation
        model = get_args(inner)[0] if get_args(inner) else inner
    return model


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
