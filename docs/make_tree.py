"""Write the tree of files into README.md, with the first line of each file's docstring.

python docs/make_tree.py
"""

from __future__ import annotations

import ast
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
README = PROJECT / "README.md"
BEGIN, END = "<!-- tree: written by docs/make_tree.py -->", "<!-- end of tree -->"
PACKAGES = (
    "pages", "mild", "mild/core", "mild/data", "mild/training", "mild/store", "mild/views",
    "mild/analysis", "mild/report", "mild/lesson", "mild/commands", "mild/export", "mild/recording",
    "mild/integrations", "mild/figures", "mild/ui", "mild/ui/runs", "mild/ui/new_run",
    "mild/ui/live", "mild/ui/dynamics", "mild/ui/selection", "mild/ui/review", "mild/ui/rounds",
    "mild/ui/compare", "mild/ui/learn", "mild/ui/components", "benchmarks", "docs",
)  # fmt: skip


def tree() -> str:
    """The tree as Markdown, marks included."""
    lines = [BEGIN, "```text", _line("app.py", PROJECT / "app.py")]
    for name in PACKAGES:
        folder = PROJECT / name
        if not folder.is_dir():
            continue
        lines.append(f"{name + '/':<30}{_first_line(folder / '__init__.py')}".rstrip())
        lines += [
            _line(f"  {path.name}", path)
            for path in sorted(folder.glob("*.py"))
            if path.name != "__init__.py"
        ]
    return "\n".join([*lines, "```", END])


def written(readme: str) -> str:
    """`readme` with the tree of today."""
    before, rest = readme.split(BEGIN, 1)
    return before + tree() + rest.split(END, 1)[1]


def _line(name: str, path: Path) -> str:
    return f"{name:<30}{_first_line(path)}".rstrip()


def _first_line(path: Path) -> str:
    if not path.is_file():
        return ""
    text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return text.split("\n", 1)[0].rstrip(".")


if __name__ == "__main__":
    README.write_text(written(README.read_text(encoding="utf-8")), encoding="utf-8")
