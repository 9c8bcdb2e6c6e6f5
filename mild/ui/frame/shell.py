"""Which pages there are, and how the first request of a cold server finds its way."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from mild.access import Role, may
from mild.installation import TOP_LEVEL as ROOT
from mild.ui.gate import sign_in, who

ICON = str(ROOT / "assets" / "favicon.png")
LOGO = str(ROOT / "assets" / "logo.svg")
STYLE = Path(__file__).with_name("page.css")


ICONS = {
    "runs": "home",
    "new_run": "add_circle",
    "live": "monitoring",
    "dynamics": "grid_on",
    "selection": "content_cut",
    "review": "fact_check",
    "rounds": "layers",
    "compare": "compare_arrows",
    "learn": "school",
}
"""A file in pages/ and its icon, in the order of the menu; the first is home. Any other file there
is a page, too: it follows, with OTHER_ICON."""
OTHER_ICON = "description"
FOR_OWNERS = {"new_run"}
"""Pages that are about starting a run."""
PAGE = "_page"
"""Where a session keeps the name of the page that it shows; see app.py."""


def pages() -> list[StreamlitPage]:
    """List every page, in the order of the menu."""
    first, *others = stems()
    home = st.Page(
        _file(first), title=title(first), icon=_icon(first), default=True, url_path="home"
    )

    def go_home() -> None:
        st.switch_page(home, query_params=st.query_params.to_dict())

    return [
        home,
        # The home page's address is empty; that of its file's name leads there, too.
        st.Page(go_home, title=title(first), url_path=first, visibility="hidden"),
        *(
            st.Page(
                _file(stem),
                title=title(stem),
                icon=_icon(stem),
                visibility="visible" if allowed(stem) else "hidden",
            )
            for stem in others
        ),
    ]


def allowed(page: str) -> bool:
    """Tell whether the present user may open a page, by the name of its file."""
    return may(Role.OWNER if page in FOR_OWNERS else Role.VIEWER)


@cache
def stems() -> tuple[str, ...]:
    """List the names of the pages' files, in the order of the menu."""
    found = sorted(path.stem for path in (ROOT / "pages").glob("*.py"))
    return (*ICONS, *(stem for stem in found if stem not in ICONS))


@cache
def title(stem: str) -> str:
    """Return what a page is called: the first line of its file, up to the colon."""
    text = ast.get_docstring(ast.parse(_file(stem).read_text(encoding="utf-8"))) or stem
    return text.splitlines()[0].partition(":")[0].rstrip(".")


def _file(stem: str) -> Path:
    return ROOT / "pages" / f"{stem}.py"


def _icon(stem: str) -> str:
    return f":material/{ICONS.get(stem, OTHER_ICON)}:"


@contextmanager
def routing() -> Iterator[None]:
    """Mark what app.py runs inside, so that `ensure_router` leaves it alone."""
    st.session_state["_routing"] = True
    st.session_state.pop("_handed_over", None)
    try:
        yield
    finally:
        st.session_state.pop("_routing", None)


def ensure_router() -> None:
    """Hand over to app.py when streamlit started a page file by itself.

    A folder called `pages` switches on streamlit's older automatic pages: the first request of a
    fresh server to `/live` would run `pages/live.py` alone. Declaring our navigation switches that
    off for the whole server, and the rerun then goes through app.py. Where a page's file is all
    that was started, no such rerun comes, and the page asks by itself who looks. Called first in
    every page.
    """
    who.ask_from_now_on()
    if st.session_state.get("_routing") or st.session_state.get("_handed_over"):
        if not allowed(st.session_state.get(PAGE, "")):  # however it came here
            if not may(Role.VIEWER):
                sign_in.show()
            st.stop()
        return
    st.session_state["_handed_over"] = True  # else a page started on its own would rerun for ever
    st.set_page_config(page_icon=ICON)
    st.navigation(pages(), position="hidden")
    st.rerun()


def unseen_title(title: str) -> None:
    """Write the heading of a page for screen readers; others see it in the menu."""
    st.html(f"<h1 class='mild-title'>{title}</h1>")
