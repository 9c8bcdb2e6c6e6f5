"""The documents are true: links lead somewhere, commands parse, what they name is there."""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer

from mild.cli.main import app
from mild.config import fitted, options, presets
from mild.errors import ConfigError
from tests.conftest import PROJECT

FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.DOTALL | re.MULTILINE)
INLINE = re.compile(r"`([^`]+)`")
LINK = re.compile(r"\]\(([^)\s]+)\)")
COMMAND = re.compile(r"(?:python -m mild\b(?!\.)|^mild(?= ))([^\n`]*)", re.MULTILINE)
NAMED = re.compile(r"`((?:[\w-]+/)*[\w-]+\.(?:py|js))`\s+\(((?:`\w+`(?:,\s+)?)+)\)")
PLACE = re.compile(r"`((?:app\.py|(?:pages|mild|tests|benchmarks|docs)/[\w./-]*))`")
ENDS = frozenset({"|", ">", "&&", "...", "…"})
"""Words at which a command ends, or is said to go on somehow."""
USAGE_ERROR: type[Exception] = typer.BadParameter.mro()[1]
"""What click raises, whether it is the package or the copy that newer versions of typer hold."""


def _pages() -> list[Path]:
    top = sorted(PROJECT.glob("*.md"))
    rooms = ("docs", "mild", "benchmarks", "tests")
    return [*top, *(page for room in rooms for page in sorted((PROJECT / room).rglob("*.md")))]


def _name(page: Path) -> str:
    return page.relative_to(PROJECT).as_posix()


PAGES = {_name(page): page for page in _pages()}


@cache
def _text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


@cache
def _source(file: str) -> str:
    path = PROJECT / file
    return path.read_text(encoding="utf-8") if path.is_file() else ""


@cache
def _prose(page: Path) -> str:
    """The page without its blocks of code."""
    return FENCE.sub("", _text(page))


@cache
def _anchors(page: Path) -> frozenset[str]:
    """What a link may name after `#`, as GitHub makes it of a heading."""
    headings = re.findall(r"^#+ +(.+?)\s*$", _prose(page), re.MULTILINE)
    plain = [re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", heading).lower() for heading in headings]
    return frozenset(re.sub(r"[^\w\- ]", "", heading).replace(" ", "-") for heading in plain)


def _dead_links(page: Path) -> Iterator[str]:
    for target in LINK.findall(INLINE.sub("", _prose(page))):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        found = (page.parent / path).resolve() if path else page
        if not found.is_relative_to(PROJECT) or not found.exists():
            yield f"{target}: there is no such file"
        elif anchor and anchor not in _anchors(found):
            yield f"{target}: there is no such heading"


def _commands(page: Path) -> Iterator[str]:
    """What follows `python -m mild` in blocks of code, indented lines, and code within a line."""
    blocks = "\n".join(code for kind, code in FENCE.findall(_text(page)) if kind != "python")
    indented = "\n".join(re.findall(r"^ {4,}(\S.*)$", _prose(page), re.MULTILINE))
    code = [blocks.replace("\\\n", " "), indented]
    code += [" ".join(words.split()) for words in INLINE.findall(_prose(page))]
    for text in code:
        yield from (found.strip() for found in COMMAND.findall(text))


@cache
def _problem(line: str) -> str | None:
    """Why the command line would refuse this before doing anything; None where it would not."""
    words = shlex.split(line, comments=True)
    words = words[: next((i for i, word in enumerate(words) if word in ENDS), len(words))]
    words = ["1" if re.fullmatch("[A-Z]", word) else word for word in words]  # as in --seed S
    command = _root()
    while words and words[0] in getattr(command, "commands", ()):
        command, words = command.commands[words[0]], words[1:]
    if not words or "--help" in words:
        return None
    if command is _root() and words[0] in {name for item in command.params for name in item.opts}:
        return None
    if hasattr(command, "commands"):
        return f"{words[0]!r} is no command"
    try:
        values = command.make_context(command.name, words).params
        if command is _root().commands["train"]:
            _read_settings(values)
    except (USAGE_ERROR, ConfigError) as error:
        return str(error)
    return None


@cache
def _root() -> Any:
    return typer.main.get_command(app)


def _read_settings(values: dict[str, Any]) -> None:
    """As `train` does; a file to start from is nobody's but the reader's."""
    preset = values.pop("preset")
    named = preset is not None and preset != fitted.NAME  # which needs the images themselves
    options.read(values, presets.preset(preset) if named else None)


@pytest.fixture
def beside_files_of_the_examples(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "matrix.csv").write_text("0.9,0.1\n0.2,0.8\n", encoding="utf-8")
    (tmp_path / "DIR").mkdir()
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("name", PAGES)
def test_every_link_leads_somewhere(name: str) -> None:
    assert list(_dead_links(PAGES[name])) == []


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.usefixtures("beside_files_of_the_examples")
def test_every_command_shown_is_understood(name: str) -> None:
    problems = {line: _problem(line) for line in _commands(PAGES[name])}
    assert {line: problem for line, problem in problems.items() if problem} == {}


@pytest.mark.parametrize("name", sorted(PAGES.keys() - {"CHANGELOG.md"}))  # which tells of what was
def test_every_file_and_folder_named_is_there(name: str) -> None:
    named = PLACE.findall(_prose(PAGES[name]))
    assert [place for place in named if not (PROJECT / place).exists()] == []


@pytest.mark.parametrize("name", PAGES)
def test_every_function_named_beside_its_file_is_in_it(name: str) -> None:
    missing = [
        (file, function)
        for file, functions in NAMED.findall(_prose(PAGES[name]))
        for function in INLINE.findall(functions)
        if not re.search(rf"\b{function}\b", _source(file))
    ]
    assert missing == []


@pytest.mark.parametrize(
    "line",
    [
        "trian --data digits",
        "bench traning",
        "train --date digits",
        "train --noise symetric --rate 0.4",
        "branch RUN --round 0 --cut 8",
        "select RUN --rule expected-eror",
        "export RUN",
        "stop RUN twice",
    ],
)
def test_a_command_that_does_not_run_is_found(line: str) -> None:
    assert _problem(line)


def _levels() -> dict[str, int]:
    """The room, or file, and its line in the drawing of who may import whom; higher is below."""
    page = _text(PROJECT / "docs" / "architecture.md")
    drawing = page.split("## Who may import whom", 1)[1].split("```text\n", 1)[1].split("```", 1)[0]
    lines = drawing.splitlines()
    return {room: level for level, line in enumerate(lines) for room in line.split()}


def _imports(room: str) -> Iterator[tuple[str, str]]:
    """File of a room, or the file itself, and what of ours it imports, as a path without ending."""
    found = PROJECT / room
    for file in sorted(found.rglob("*.py")) if found.is_dir() else [found]:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                for item in node.names:
                    yield _name(file), f"{node.module}.{item.name}".replace(".", "/")
            elif isinstance(node, ast.Import):
                yield from ((_name(file), item.name.replace(".", "/")) for item in node.names)


def test_rooms_import_only_what_the_drawing_has_below_them() -> None:
    levels = _levels()
    wrong = [
        (file, imported)
        for room, level in levels.items()
        for file, imported in _imports(room)
        for other in levels.keys() - {room}
        if f"{imported}/".startswith(other.replace(".py", "/")) and levels[other] <= level
    ]
    assert wrong == []


def test_every_room_is_in_the_drawing() -> None:
    rooms = {f"mild/{init.parent.name}/" for init in (PROJECT / "mild").glob("*/__init__.py")}
    files = {f"mild/{file.name}" for file in (PROJECT / "mild").glob("[!_]*.py")}
    assert (rooms | files) - _levels().keys() == set()


def test_a_dead_link_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"{__name__}.PROJECT", tmp_path)
    page = tmp_path / "page.md"
    page.write_text("# One, two\n[a](#one-two) [b](#two) [c](none.md) [d](page.md)\n", "utf-8")
    assert list(_dead_links(page)) == [
        "#two: there is no such heading",
        "none.md: there is no such file",
    ]
