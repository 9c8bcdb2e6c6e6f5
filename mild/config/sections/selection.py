"""Settings of the selection: the rule, its numbers, planting, cuts that people give."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BeforeValidator, Field, create_model, model_validator

from mild.config.choices import numbers_of_rules, one_of
from mild.config.sections.section import Section
from mild.core.selection.rules import DEFAULT, NUMBERS, RULES, Rule, make_rule

MOST_PLANTED = 0.1
"""The largest share of a round's instances that may be trained with a label we changed."""
Round = Annotated[int, Field(ge=0)]
Cut = Annotated[float, Field(ge=0, allow_inf_nan=False)]


def _auto_or_share(value: Any) -> Any:
    """Refuse whatever else it is in one sentence, not in one for each of the two kinds."""
    if value == "auto":
        return value
    try:
        share = float("nan") if isinstance(value, bool) else float(value)
    except (TypeError, ValueError, OverflowError):
        share = float("nan")
    if not 0 <= share <= MOST_PLANTED:
        raise ValueError(
            f"{str(value)[:60]!r} is neither 'auto' nor a share from 0 to {MOST_PLANTED:g}; "
            "more would blur the ranking"
        )
    return share


class _RuleConfig(Section):
    rule: Annotated[str, one_of(RULES)] = DEFAULT.name
    """How the cut is found."""


if TYPE_CHECKING:
    _NumbersConfig = _RuleConfig
else:  # between the rule and what goes for every rule stand the numbers that rules ask for
    _NumbersConfig = create_model("_NumbersConfig", __base__=_RuleConfig, **numbers_of_rules())


class SelectionConfig(_NumbersConfig):
    """Which instances a round keeps."""

    min_removed_share: float = Field(default=0.005, ge=0, lt=1)
    """No further round follows one that removes a smaller share than this."""
    nested: bool = True
    """What a round drops stays out. Otherwise the network is asked about it after each epoch of
    the rounds that follow, untrained on it, and it returns where it falls under the cut."""
    planted_share: Annotated[Literal["auto"] | float, BeforeValidator(_auto_or_share)] = "auto"
    """Share of each round's instances whose label is changed on purpose, which shows how wrong
    labels are learned; 0 plants none. `auto` takes about 3 %, which costs nothing that can be
    seen; more than 0.1 would blur the ranking."""
    later_rounds: Literal["bounded", "free"] = "bounded"
    """How much a round after the first may flag: `bounded`, no more than are still wrong by the
    labels planted in round 1; `free`, whatever its own fit takes for mislabeled, as in runs from
    before this setting. A cut or a share that a person gives is never bounded."""
    wait: bool = False
    """After each round, wait until a person gives the cut; the rule only proposes one."""
    cuts: dict[Round, Cut] | None = None
    """Cuts given by a person, as in {"0": 7.5}: round, counted from 0 -> kept is what was
    misclassified in fewer epochs. They go before the rule, and such a round does not wait. On the
    command line rounds count from 1, as in 1:7.5,2:6."""

    @model_validator(mode="after")
    def _rule_has_its_number(self) -> SelectionConfig:
        for number in self.made_rule().lacking:
            raise ValueError(f"the rule {self.rule!r} needs {number.what} ({number.name})")
        return self

    @property
    def numbers(self) -> dict[str, float | None]:
        """The numbers of all rules, by name; None where nothing is asked for."""
        return {name: getattr(self, name) for name in NUMBERS}

    def made_rule(self) -> Rule:
        """Make the rule with its numbers."""
        return make_rule(self.rule, **self.numbers)
