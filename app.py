"""The dashboard: streamlit imports this file once, to serve it, and runs it for every session."""

from __future__ import annotations

import streamlit as st

if __name__ == "__main__":
    from mild.ui.frame import session

    session.show()
else:
    from mild.ui.gate import server

    def _import_first_page() -> None:

        import mild.ui.frame.session
        import mild.ui.runs.table  # noqa: F401

    app = st.App(__file__, **server.opened(meanwhile=_import_first_page))
