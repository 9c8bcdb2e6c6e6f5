"""Take the pictures of the documents: every page, light and dark, of the demo and a second run.

    python -m docs.screenshots.make            # all pages, about two minutes
    python -m docs.screenshots.make selection  # some of them

Needs what tests/requirements.txt lists, and a Chromium. Every page in every state, to look for what
is wrong with it: `python -m docs.contact_sheet`.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from PIL import Image

from benchmarks.browser.dashboard import chromium, serve
from docs.contact_sheet.runs import trained

HERE = Path(__file__).resolve().parent
PAGES = (
    "runs", "new_run", "live", "dynamics", "selection", "review", "rounds", "compare", "learn",
)  # fmt: skip
QUERIES = {"new_run": "like={run}", "compare": "runs={run}&runs={other}"}
"""Of the address where it isn't the run alone."""
THEMES = ("light", "dark")
OTHER = (
    "train", "--name", "fewer epochs", "--data", "digits", "--noise", "symmetric", "--rate", "0.4",
    "--rounds", "8,8", "--final", "none",
)  # fmt: skip
"""The run that the demo is compared with."""
SIZE = {"width": 1400, "height": 1000}
SETTLED_MS, GIVE_UP_MS = 4000, 180_000
NOTHING_TO_COME = "() => !document.querySelector('[data-testid=stSkeleton]')"
COLOURS = 256
"""Enough for pages, and a third of the bytes."""


def main(wanted: list[str]) -> None:
    """Train both runs, serve them, look at them."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        ids = {"other": trained(*OTHER)(root).run_id, "run": trained("demo")(root).run_id}
        with serve(root) as dashboard, chromium() as browser:
            for theme in THEMES:
                for name in wanted:
                    _take(browser, dashboard.url, name, theme, ids)


def _take(browser: Any, url: str, name: str, theme: str, ids: dict[str, str]) -> None:
    page = browser.new_page(viewport=SIZE, color_scheme=theme)
    query = QUERIES.get(name, "run={run}").format(**ids)
    page.goto(f"{url}/{'' if name == 'runs' else name}?{query}", timeout=GIVE_UP_MS)
    page.locator("[data-testid='stApp'][data-test-script-state='notRunning']").wait_for(
        timeout=GIVE_UP_MS
    )
    page.wait_for_function(NOTHING_TO_COME, timeout=GIVE_UP_MS)
    page.wait_for_timeout(SETTLED_MS)  # charts come after the page, late on a busy machine
    path = HERE / f"{name}-{theme}.png"
    page.screenshot(path=path, timeout=GIVE_UP_MS)
    page.close()
    with Image.open(path) as taken:
        # The usual choice of colours drops those of small things: the logo, the badges.
        few = taken.convert("RGB").quantize(
            COLOURS, method=Image.Quantize.MAXCOVERAGE, kmeans=1, dither=Image.Dither.NONE
        )
    few.save(path, optimize=True)


if __name__ == "__main__":
    main(sys.argv[1:] or list(PAGES))
