"""Write the tables of rules and of sources into their pages, from what is registered.

python docs/make_tables.py
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT))
BEGIN, END = "<!-- {}: written by docs/make_tables.py -->", "<!-- end of {} -->"


def rules() -> str:
    """Return the selection rules as a Markdown table."""
    from mild.cli.signature import flag
    from mild.core.selection import RULES

    rows = []
    for rule in RULES.values():
        asked = [
            f"`{flag(item.name)}`"
            + (", which a person says" if item.default is None else f" ({item.default:g})")
            for item in rule.numbers
        ]
        fit = "yes" if rule.needs_mixture else "no"
        rows.append((f"`{rule.name}`", rule.label, "; ".join(asked) or "–", fit))
    return _table(("rule", "what it keeps or how it cuts", "its number", "reads the fit"), rows)


def sources() -> str:
    """Return the data sources as a Markdown table."""
    from mild.data.sources import SOURCES

    rows = (
        (f"`{item.name}`", item.label, "`--path`" if item.needs_path else "")
        for item in SOURCES.values()
    )
    return _table(("`--data`", "what it reads", "needs"), rows)


TABLES: dict[str, tuple[str, Callable[[], str]]] = {
    "rules": ("selection.md", rules),
    "sources": ("data.md", sources),
}
"""Name of a table, the page it stands in, and what makes it."""


def written(page: str, name: str) -> str:
    """Return `page` with today's table of a name."""
    begin, end = BEGIN.format(name), END.format(name)
    before, rest = page.split(begin, 1)
    return f"{before}{begin}\n{TABLES[name][1]()}\n{end}{rest.split(end, 1)[1]}"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(_plain, line))} |" for line in lines)


def _plain(cell: str) -> str:
    """Write a cell whose text is shown as it is."""
    return cell.replace("<", "&lt;").replace("|", "\\|")


if __name__ == "__main__":
    for name, (file, _) in TABLES.items():
        path = PROJECT / "docs" / file
        path.write_text(written(path.read_text(encoding="utf-8"), name), encoding="utf-8")
