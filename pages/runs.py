"""Runs: which exist, how far are they, how good, and what is to be done next?"""

from __future__ import annotations

from mild.ui.frame.shell import ensure_router

ensure_router()

from mild.store.folder import any_run  # noqa: E402
from mild.ui.runs import trash  # noqa: E402

if any_run():
    from mild.ui.runs import table as runs_table  # pandas: not where there is nothing to list

    runs_table.show()
else:
    from mild.ui.runs import home

    home.show()

trash.show()
