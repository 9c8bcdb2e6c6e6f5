"""Write the tree of files into docs/architecture.md, with the first line of each file's docstring.

python docs/make_tree.py
"""

from __future__ import annotations

import ast
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
DOCS = PROJECT / "docs"
PAGE = DOCS / "architecture.md"
BEGIN, END = "<!-- tree: written by docs/make_tree.py -->", "<!-- end of tree -->"


def tree() -> str:
    """Return the tree as Markdown, marks included."""
    lines = [BEGIN, "```text", _line("app.py", PROJECT / "app.py")]
    for folder in [PROJECT / "pages", *_packages(), PROJECT / "benchmarks", *_docs()]:
        name = folder.relative_to(PROJECT).as_posix()
        lines.append(f"{name + '/':<29} {_first_line(folder / '__init__.py')}".rstrip())
        lines += [
            _line(f"  {path.name}", path)
            for path in sorted(folder.glob("*.py"))
            if path.name != "__init__.py"
        ]
    return "\n".join([*lines, "```", END])


def _packages() -> list[Path]:
    """List each room, then the rooms in it."""
    return sorted(file.parent for file in (PROJECT / "mild").rglob("__init__.py"))


def _docs() -> list[Path]:
    """List the folders of scripts beside the documents."""
    return [DOCS, *(DOCS / name for name in ("contact_sheet", "screenshots"))]


def written(page: str) -> str:
    """Return `page` with the tree of today."""
    before, rest = page.split(BEGIN, 1)
    return before + tree() + rest.split(END, 1)[1]


def _line(name: str, path: Path) -> str:
    return f"{name:<29} {_first_line(path)}".rstrip()


def _first_line(path: Path) -> str:
    if not path.is_file():
        return ""
    text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return text.split("\n", 1)[0].rstrip(".")


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
