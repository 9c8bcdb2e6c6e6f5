"""Selection rules, a file each: from a fitted mixture, or a wish, to one cut.

A file of this package that binds a `Rule` adds it to `RULES`, and by that to the settings of a run,
the form, the command line and the tables that compare rules.
"""

from mild.core.selection.rules.rule import Fitted, Number, Rule, number
from mild.registry import collect

RULES = collect(Rule, __name__, __path__)
"""Every rule by its name, with the numbers that it has unless others are asked for."""
DEFAULT = next(iter(RULES.values()))
NUMBERS = {item.name: item for rule in RULES.values() for item in rule.numbers}
"""Every number that a rule asks for, by its name: each is a setting and an option."""
COMPARED = tuple(rule.name for rule in RULES.values() if not rule.lacking)
"""Names of the rules that need no number of a person, so that runs and rounds can be swept."""


def make_rule(name: str, **numbers: float | None) -> Rule:
    """Make the rule of a name with its numbers; None leaves a number as it is.

    Numbers that the rule does not ask for are not read.

    Raises
    ------
    ValueError
        If there is no such rule.

    Examples
    --------
    >>> make_rule("posterior", tau=0.7, keep_fraction=0.5)
    Posterior(tau=0.7)
    """
    if name not in RULES:
        raise ValueError(f"rule {name!r} is unknown; choose one of {', '.join(RULES)}")
    return RULES[name].with_numbers(numbers)


__all__ = [
    "COMPARED",
    "DEFAULT",
    "NUMBERS",
    "RULES",
    "Fitted",
    "Number",
    "Rule",
    "make_rule",
    "number",
]
