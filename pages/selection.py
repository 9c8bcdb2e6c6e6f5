"""Selection: where is the cut, and what does it keep?"""

from __future__ import annotations

from mild.ui.frame.shell import ensure_router

ensure_router()

from mild.ui.frame import header  # noqa: E402
from mild.ui.frame.empty import empty  # noqa: E402
from mild.ui.selection import panel as selection_panel  # noqa: E402

if chosen := header.show("Selection"):
    if chosen.number is None:
        why = "There is nothing to select from yet: this run has not finished its first epoch."
        empty("selection", why, run_id=chosen.run.run_id)
    else:
        selection_panel.show(chosen.run, chosen.number)
