"""Hostile names, notes and errors reach every page as text: nothing in them acts or hides."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from streamlit.testing.v1 import AppTest

from mild.ui.words import plain
from tests.hostile import MARKDOWN, write_hostile_run
from tests.pages.conftest import OpenPage, fine

PAGES: tuple[tuple[str, dict[str, str]], ...] = (
    ("runs", {}),
    ("live", {}),
    ("dynamics", {"image": "2"}),
    ("selection", {}),
    ("review", {}),
    ("review", {"layout": "table"}),
    ("rounds", {}),
    ("compare", {}),
)
AS_THEY_ARE = {
    "Selectbox.raw_value", "Selectbox.options", "MultiSelect.options", "MultiSelect.raw_values",
    "Text.body", "Code.code_text", "TextInput.default", "BidiComponent.json", "Dataframe.columns",
    "ArrowData.data", "PandasStyler.display_values", "ImageList.alt", "Image.alt",
}  # fmt: skip
"""Where streamlit shows text as it is; it reads Markdown everywhere else."""
OF_OURS = {"BidiComponent.js_content", "BidiComponent.css_content", "BidiComponent.bytes"}
"""Where no text of others can be."""
ACTS = re.compile(
    r"(?<!\\)[*`\[]own|(?<!\\)\*\*own|(?<!\\):smile|(?<!:small\[\])material/home|(?<!\\)\$own"
    r"|(?<!\\)<(img|script|b )|www\.evil|http://evil|~~own|(?<!\\):red\[own|->"
)
UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e\u2066\u200b]")
MOST = 60_000
"""Characters of anything but pictures."""


class Elements(HTMLParser):
    """The elements of a piece of HTML, and whether a text made one."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.owned: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = {name for name, _ in attrs}
        if tag == "script" or names & {"data-owned", "onerror"}:
            self.owned.append(tag)


def sent(app: AppTest) -> Iterator[tuple[str, str]]:
    """Every text that the browser is sent, and the field of the message that holds it."""
    for node in _nodes(app._tree):
        if getattr(node, "proto", None) is not None:
            yield from _texts(node.proto)


def _nodes(node: Any) -> Iterator[Any]:
    yield node
    for child in getattr(node, "children", {}).values():
        yield from _nodes(child)


def _texts(message: Any) -> Iterator[tuple[str, str]]:
    for field, value in message.ListFields():
        name = f"{message.DESCRIPTOR.name}.{field.name}"
        for item in value if field.is_repeated else [value]:
            if hasattr(item, "ListFields"):
                yield from _texts(item)
            elif isinstance(item, bytes):
                yield from ((name, cell) for cell in _cells(name, item))
            elif isinstance(item, str):
                yield name, item


def _cells(name: str, content: bytes) -> Iterator[str]:
    """Of a table; the pictures in it, as addresses, are left out."""
    if name in ("ArrowData.data", "PandasStyler.display_values"):
        for column in pa.ipc.open_stream(content).read_all().columns:
            yield from (str(cell) for cell in column.to_pylist() if "data:image" not in str(cell))


@pytest.fixture(scope="module")
def one_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("hostile") / "runs"
    write_hostile_run(root, n=60, n_held_out=20)
    return root


@pytest.mark.parametrize(("page", "query"), PAGES, ids=lambda item: str(item))
def test_every_page_shows_hostile_text_as_text(
    page: str,
    query: dict[str, str],
    one_root: Path,
    open_page: OpenPage,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MILD_RUNS_DIR", str(one_root))
    app = open_page(page, **query)
    fine(app)
    texts = [item for item in sent(app) if item[0] not in OF_OURS]
    assert any("own" in text for _, text in texts)
    for name, text in texts:
        assert not UNSEEN.search(text), (name, text)
        if name == "Html.body":
            assert not Elements(text).owned, text
        elif name == "PlotlyChart.spec":
            assert not re.search("<(img|script|b )", json.dumps(json.loads(text), indent=0)), text
        elif name not in AS_THEY_ARE:
            assert not ACTS.search(text), (name, text)
        if name not in ("Html.body", "PlotlyChart.spec"):
            assert len(text) < MOST, (name, len(text))


def test_the_mask_of_a_text_would_be_seen_if_it_were_missing() -> None:
    assert ACTS.search(MARKDOWN)
    assert not ACTS.search(plain(MARKDOWN))
