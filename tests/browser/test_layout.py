"""The layout of every page, by boxes, in windows from a telephone to a large screen.

The rule is that of the contact sheet (`docs/contact_sheet`): nothing lies on anything else, nothing
is cut off or beyond the window, and the page begins with its content.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from docs.contact_sheet import layout
from docs.contact_sheet.shoot import FIRST_SCREEN
from mild.store.run import Run
from tests.browser.conftest import Dashboard, go_to, wait_until_quiet
from tests.runs_for_tests import write_run

pytestmark = pytest.mark.browser

SEEN = {
    "": ["[data-testid=stDataFrame] >> nth=0"],
    "new_run": ["[data-testid=stSelectbox] >> nth=0"],
    "live": ["[data-testid=stProgress]", ".st-key-memorized svg", ".st-key-learning svg", "img"],
    "dynamics": ["canvas.picture"],
    "selection": ["svg.chart", "[data-testid=stMetric]", ".st-key-review button"],
    "review": [".tile >> nth=0", ".tile >> nth=7"],
    "rounds": ["[data-testid=stDataFrame] >> nth=0"],
    "compare": ["[role=tab] >> nth=0"],
    "learn": ["[data-testid=stButtonGroup] >> nth=0"],
}
"""What of each page is seen whole at 1440 x 900 without scrolling; the first page has no name."""
OF_A_RUN = ("live", "dynamics", "selection", "review", "rounds")
TURNED_MS, MOST_MS = 100, 5_000
"""Until charts have their new size, as a rule and on a busy machine."""


def test_nothing_lies_where_it_should_not_in_any_window(page: Page, dashboard: Dashboard) -> None:
    run = write_run(dashboard.runs_root, n=600, epochs=(6,) * 8, clean_known=False)
    for name, selectors in SEEN.items():
        _open(page, dashboard, run, name, selectors)
        for selector in selectors:
            for node in page.locator(f"[data-testid=stMain] {selector}").all():
                box = node.bounding_box()
                assert box is not None, (name, selector)
                assert box["y"] + box["height"] <= FIRST_SCREEN[1440], (name, selector)
                assert box["x"] + box["width"] <= 1440, (name, selector)
        for width in sorted(FIRST_SCREEN, reverse=True):
            assert _breaches(page, width) == [], (name, width)
        if name in OF_A_RUN:
            _stays_in_sight(page, name)


def _open(page: Page, dashboard: Dashboard, run: Run, name: str, selectors: list[str]) -> None:
    page.set_viewport_size({"width": 1440, "height": FIRST_SCREEN[1440]})
    go_to(page, f"{dashboard.url}/{name}?run={run.run_id}")
    for selector in selectors:
        shown = page.locator(f"[data-testid=stMain] {selector}").first
        expect(shown).to_be_visible(timeout=30_000)
    wait_until_quiet(page)


def _breaches(page: Page, width: int) -> list[str]:
    page.set_viewport_size({"width": width, "height": FIRST_SCREEN[width]})
    for _ in range(MOST_MS // TURNED_MS):
        page.wait_for_timeout(TURNED_MS)
        if not (found := _seen(page, width)):
            break
    return found


def _seen(page: Page, width: int) -> list[str]:
    main = page.get_by_test_id("stMain")
    wide, room = main.evaluate("node => [node.scrollWidth, node.clientWidth]")
    found = layout.read(page.evaluate(layout.RULE, layout.arguments_of(width)))
    return [*map(str, found), *(["wider than the window"] if wide > room else [])]


def _stays_in_sight(page: Page, name: str) -> None:
    """The line on top, on a telephone, while the page is scrolled."""
    page.get_by_test_id("stMain").evaluate("node => node.scrollBy(0, 900)")
    box = page.locator(".st-key-header").bounding_box()
    menu = page.get_by_test_id("stHeader").bounding_box()
    assert box is not None
    assert menu is not None
    assert menu["y"] + menu["height"] <= box["y"] + 1, name
    assert box["y"] < 100, name
