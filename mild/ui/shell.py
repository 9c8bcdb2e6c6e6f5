"""Which pages there are, and how the first request of a cold server finds its way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

ROOT = Path(__file__).resolve().parents[2]
ICON = str(ROOT / "assets" / "favicon.png")
LOGO = str(ROOT / "assets" / "logo.svg")
STYLE = Path(__file__).with_name("page.css")


def pages() -> list[StreamlitPage]:
    """Every page, in the order of the menu."""

    def page(stem: str, title: str, icon: str) -> StreamlitPage:
        return st.Page(ROOT / "pages" / f"{stem}.py", title=title, icon=f":material/{icon}:")

    home = st.Page(
        ROOT / "pages" / "runs.py", title="Runs", icon=":material/home:", default=True,
        url_path="home",
    )  # fmt: skip

    def go_home() -> None:
        st.switch_page(home, query_params=st.query_params.to_dict())

    return [
        home,
        # The home page's address is empty; that of its file's name leads there, too.
        st.Page(go_home, title="Runs", url_path="runs", visibility="hidden"),
        page("new_run", "New run", "add_circle"),
        page("live", "Live", "monitoring"),
        page("dynamics", "Dynamics", "grid_on"),
        page("selection", "Selection", "content_cut"),
        page("review", "Review", "fact_check"),
        page("rounds", "Rounds", "layers"),
        page("compare", "Compare", "compare_arrows"),
        page("learn", "Learn", "school"),
    ]


@contextmanager
def routing() -> Iterator[None]:
    """What app.py does inside is known to `ensure_router` as the right way to a page."""
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
    off for the whole server, and the rerun then goes through app.py. Called first in every page.
    """
    if st.session_state.get("_routing") or st.session_state.get("_handed_over"):
        return
    st.session_state["_handed_over"] = True  # else a page started on its own would rerun for ever
    st.set_page_config(page_icon=ICON)
    st.navigation(pages(), position="hidden")
    st.rerun()
