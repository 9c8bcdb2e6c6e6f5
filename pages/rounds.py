"""Rounds: how did the clean set change from round to round?"""

from __future__ import annotations

from mild.ui.frame.shell import ensure_router

ensure_router()


from mild.analysis.checks.rounds import with_checks  # noqa: E402
from mild.analysis.instances.held_out import held_out_words  # noqa: E402
from mild.ui import trust  # noqa: E402
from mild.ui.cache.rounds import load_rounds  # noqa: E402
from mild.ui.frame import header  # noqa: E402
from mild.ui.frame.empty import empty  # noqa: E402
from mild.ui.rounds import panel as rounds_panel  # noqa: E402

if chosen := header.show("Rounds"):
    run = chosen.run
    if view := load_rounds(run):
        note = trust.run_banner(run)
        rounds_panel.show(
            with_checks(run, view), run, chosen.number or 0,
            ranges=note is not None and note.ranges, held_out=held_out_words(run),
        )  # fmt: skip
    else:
        empty("rounds", "No round of this run has its selection yet.", run_id=run.run_id)
