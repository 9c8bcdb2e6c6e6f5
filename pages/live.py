"""Live: what is happening right now?"""

from __future__ import annotations

from mild.ui.frame.shell import ensure_router

ensure_router()

from mild.ui.frame import header  # noqa: E402
from mild.ui.live import panel as live_panel  # noqa: E402

if chosen := header.show("Live", newest=True):
    live_panel.show(chosen.run, chosen.number)
