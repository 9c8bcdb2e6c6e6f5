"""Review: which labels are wrong, and what do I do about each?"""

from __future__ import annotations

from mild.ui.frame.shell import ensure_router

ensure_router()

from mild.ui.frame import header  # noqa: E402
from mild.ui.review import panel as review_panel  # noqa: E402

if chosen := header.show("Review", with_round=False):
    review_panel.show(chosen.run)
