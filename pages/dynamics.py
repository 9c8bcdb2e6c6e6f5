"""Dynamics: how was each instance memorized and forgotten?"""

from __future__ import annotations

from mild.ui.frame.shell import ensure_router

ensure_router()

from mild.ui.dynamics import follow  # noqa: E402
from mild.ui.dynamics import panel as dynamics_panel  # noqa: E402
from mild.ui.frame import header  # noqa: E402
from mild.ui.frame.empty import empty  # noqa: E402

if chosen := header.show("Dynamics"):
    if chosen.number is None:
        why = "There is nothing to see yet: this run has not finished its first epoch."
        empty("dynamics", why, run_id=chosen.run.run_id)
        follow.wait_for_first_epoch(chosen.run)
    else:
        dynamics_panel.show(chosen.run, chosen.number)
