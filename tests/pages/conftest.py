"""The whole dashboard as streamlit's own test driver runs it: through app.py."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.components.v2 import manifest_scanner
from streamlit.runtime.pages_manager import PagesManager
from streamlit.testing.v1 import AppTest

from mild.ui.components.asking import asking
from mild.ui.frame import session

APP = Path(__file__).resolve().parents[2] / "app.py"

OpenPage = Callable[..., AppTest]


@pytest.fixture(autouse=True, scope="session")
def _components_found_once() -> Iterator[None]:
    """Streamlit looks through every installed package for components of its own kind.

    A server does so once; the test driver in every session, and that took three quarters of a test.
    """
    found = manifest_scanner.scan_component_manifests()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", lambda: found)
        yield


@pytest.fixture(autouse=True)
def _warm_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages run through app.py, as on a server after its first request.

    The test driver forgets that at every run; what a cold server does is tested in a browser.
    """
    begin = PagesManager.__init__

    def begin_warm(self: PagesManager, *args: Any, **kwargs: Any) -> None:
        begin(self, *args, **kwargs)
        PagesManager.uses_pages_directory = False

    monkeypatch.setattr(PagesManager, "__init__", begin_warm)
    # Once per server, but caches are cleared for each test; tested by itself in test_warm.py.
    monkeypatch.setattr(session, "warm_up", lambda: None)


@pytest.fixture
def open_page() -> OpenPage:
    """Open a page, with the address's query, in a fresh session."""
    st.cache_resource.clear()

    def open_(page: str = "runs", /, **query: str) -> AppTest:
        asking._numbers.clear()  # each window's browser begins to count at one
        app = AppTest.from_file(str(APP), default_timeout=60)
        for key, value in query.items():
            app.query_params[key] = value
        if page != "runs":  # the home page's address is empty, not its file's name
            app.switch_page(f"pages/{page}.py")
        return app.run()

    return open_


def words(app: AppTest) -> str:
    """Everything that a person reads on the page, but for charts and pictures."""
    kinds = (
        "title",
        "subheader",
        "markdown",
        "caption",
        "info",
        "success",
        "warning",
        "error",
        "text",
        "code",
    )
    parts = [str(item.value) for kind in kinds for item in app.get(kind)]
    parts += [f"{item.label} {item.value} {item.delta}" for item in app.metric]
    parts += [str(item.label) for item in app.button]
    return "\n".join(parts).replace(":small[]", "").replace("\\", "")


def headings(app: AppTest) -> list[str]:
    """Titles of the page, shown or for screen readers alone."""
    hidden = [str(item.proto.body) for item in app.get("html") if "<h1" in str(item.proto.body)]
    return [str(item.value) for item in app.title] + hidden


def fine(app: AppTest) -> None:
    """No page failed by a fault of ours."""
    assert not app.exception, app.exception[0].value
    assert "the fault is ours" not in words(app)
