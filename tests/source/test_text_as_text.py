"""The ways into HTML, JavaScript and Markdown are few and known, and take no text as it is."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.runs_for_tests import PROJECT

OF_OURS = {"section.title", "item.name", "item.help", "item.note", "split.names[1]", "figure.note"}
"""Sentences of the lesson, names of groups, and words about numbers."""
UI = [*sorted((PROJECT / "mild" / "ui").rglob("*.py")), *sorted((PROJECT / "pages").glob("*.py"))]
MADE_SAFE = {
    "plain", "sentence", "visible", "visible_name", "as_text", "shown_names", "escape", "count",
    "percent", "score", "state_badge",
}  # fmt: skip
"""What makes a text safe where Markdown is read, or makes a text of a number."""
FOREIGN = re.compile(
    r"\.(sentence|note|description|names_A|names|notes|skipped)\b(?!\()|class_names|run_name\("
    r"|\.name\b(?!s)|str\(error\)|\berror\b"
)
"""Where text of others comes from: of runs, data sets and errors."""
MARKDOWN = {
    "markdown", "caption", "title", "header", "subheader", "error", "warning", "info", "success",
    "toast", "button", "checkbox", "toggle", "radio", "segmented_control", "pills", "expander",
    "metric", "progress", "badge", "popover", "status", "download_button",
}  # fmt: skip
"""Functions of streamlit that read Markdown in what they are given."""
HTML_FILES = {
    "mild/ui/neighbours.py", "mild/ui/frame/shell.py", "mild/ui/frame/session.py",
    "mild/ui/dynamics/density.py", "mild/ui/dynamics/instance.py", "mild/ui/new_run/sections.py",
    "mild/ui/learn/words.py", "mild/ui/live/charts.py", "mild/ui/live/panel.py",
}  # fmt: skip
"""Files that hand HTML to the browser: each was read, and masks what it did not write."""
FROM_DRAWINGS = ["figure", "worst.style", "worst.cards[loop.index0]"]
"""HTML in the report that plotly and `mild/figures/samples/card.py` made, which mask all text."""
INTO_HTML = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|\.srcdoc"
)


def _calls(file: Path) -> Iterator[tuple[ast.Call, str]]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node, node.func.attr


def _unmasked(node: ast.AST) -> Iterator[str]:
    """Expressions in a text that nothing has masked."""
    if isinstance(node, ast.Call):
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        if name in MADE_SAFE:
            return
    if isinstance(node, ast.Attribute | ast.Name | ast.Subscript):
        yield ast.unparse(node)
        return
    for child in ast.iter_child_nodes(node):
        yield from _unmasked(child)


def test_no_text_of_others_is_handed_to_markdown_unmasked() -> None:
    found = []
    for file in UI:
        for call, name in _calls(file):
            if name not in MARKDOWN:
                continue
            told = [*call.args, *(item.value for item in call.keywords if item.arg == "help")]
            found += [
                f"{file.relative_to(PROJECT)}:{call.lineno}: {text}"
                for argument in told
                for text in _unmasked(argument)
                if FOREIGN.search(text)
            ]
    left = [line for line in found if line.rpartition(": ")[2] not in OF_OURS]
    assert not left, "\n".join(left)


def test_html_is_handed_over_in_few_files_only() -> None:
    found = {
        file.relative_to(PROJECT).as_posix()
        for file in UI
        for call, name in _calls(file)
        if name == "html" and ast.unparse(call.func) == "st.html"
    }
    assert found <= HTML_FILES
    assert not [file for file in UI if "unsafe_allow_html" in file.read_text(encoding="utf-8")]


def test_components_and_the_report_write_text_alone() -> None:
    scripts = sorted((PROJECT / "mild" / "ui").rglob("*.js"))
    assert scripts
    assert not [script.name for script in scripts if INTO_HTML.search(script.read_text("utf-8"))]
    report = (PROJECT / "mild" / "report" / "report.html").read_text(encoding="utf-8")
    found = re.findall(r"\{\{([^}]*)\| *safe *\}\}", report)
    assert [name.strip() for name in found] == FROM_DRAWINGS
