"""What a browser's session runs: who is it, which page, and the one error boundary."""

from __future__ import annotations

import streamlit as st

from mild.access import Role, may
from mild.ui.frame import shell
from mild.ui.frame.boundary import errors_as_sentences
from mild.ui.frame.warm import warm_up
from mild.ui.gate import sign_in, who
from mild.ui.words import plain


def show() -> None:
    """Show the page that the address asks for, or the sign-in."""
    who.ask_from_now_on()
    with shell.routing():
        st.set_page_config(page_title="MILD", page_icon=shell.ICON, layout="wide")
        st.logo(shell.LOGO, size="large")
        st.html(shell.STYLE)
        if may(Role.VIEWER):
            _page()
        else:
            # Its pages are named all the same: streamlit would show those of the folder pages/.
            st.navigation(shell.pages(), position="hidden")
            sign_in.show()
    warm_up()


def _page() -> None:
    page = st.navigation(shell.pages(), position="top")
    st.set_page_config(page_title=f"{page.title} · MILD")
    sign_in.show_user()
    if message := st.session_state.pop("_toast", None):
        st.toast(plain(message))
    st.session_state[shell.PAGE] = page.url_path
    with errors_as_sentences():
        if shell.allowed(page.url_path):
            page.run()
        else:
            shell.unseen_title(page.title)
            st.info("Runs are started by the owners of this dashboard.", icon=":material/lock:")
