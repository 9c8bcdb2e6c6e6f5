"""Learn: how does it work? A lesson one can play with."""

from __future__ import annotations

from mild.ui.frame.shell import ensure_router, unseen_title

ensure_router()

from mild.ui.learn import panel as learn_panel  # noqa: E402

unseen_title("Learn")
learn_panel.show()
