"""The first screen belongs to the content: boxes on the pages of a run, on a laptop and a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from mild.store.run import Run
from tests.browser.conftest import Dashboard, go_to, wait_until_quiet
from tests.runs_for_tests import write_run

pytestmark = pytest.mark.browser

SEEN = {
    "live": ["[data-testid=stProgress]", ".st-key-memorized svg", ".st-key-learning svg", "img"],
    "dynamics": ["canvas.picture"],
    "selection": ["svg.chart", "[data-testid=stMetric]", ".st-key-review button"],
    "rounds": ["[data-testid=stDataFrame] >> nth=0"],
}
"""What of each page is seen whole at 1440 x 900 without scrolling."""
FIRST = 260
"""Pixels from the top within which the content begins."""

_BELOW_THE_LINE = """() => Math.min(...[...document.querySelectorAll(
  '[data-testid=stMainBlockContainer] :is(p, svg, canvas, img, button, [data-testid=stMetric])')]
  .filter((node) => !node.closest('.st-key-header') && node.checkVisibility())
  .map((node) => node.getBoundingClientRect()).filter((box) => box.width && box.height)
  .map((box) => box.top))"""


def test_chart_and_figures_stand_together_on_the_first_screen(
    page: Page, dashboard: Dashboard
) -> None:
    run = write_run(dashboard.runs_root, n=600, epochs=(12, 6))
    page.set_viewport_size({"width": 1440, "height": 900})
    for name, selectors in SEEN.items():
        _open(page, dashboard, run, name, selectors[0])
        assert page.evaluate(_BELOW_THE_LINE) < FIRST, name
        for selector in selectors:
            for node in page.locator(f"[data-testid=stMain] {selector}").all():
                box = node.bounding_box()
                assert box is not None, (name, selector)
                assert box["y"] + box["height"] <= 900, (name, selector)
                assert box["x"] + box["width"] <= 1440, (name, selector)


def test_nothing_is_wider_than_a_telephone_and_the_line_on_top_stays_in_sight(
    page: Page, dashboard: Dashboard
) -> None:
    run = write_run(dashboard.runs_root, n=600, epochs=(6,) * 8, clean_known=False)
    page.set_viewport_size({"width": 390, "height": 844})
    for name, selectors in SEEN.items():
        _open(page, dashboard, run, name, selectors[0])
        main = page.get_by_test_id("stMain")
        wide = main.evaluate("node => [node.scrollWidth, node.clientWidth]")
        assert wide[0] <= wide[1], name
        main.evaluate("node => node.scrollBy(0, 900)")
        box = page.locator(".st-key-header").bounding_box()
        menu = page.get_by_test_id("stHeader").bounding_box()
        assert box is not None
        assert menu is not None
        assert menu["y"] + menu["height"] <= box["y"] + 1, name
        assert box["y"] < 100, name
        main.evaluate("node => node.scrollTo(0, 0)")


def _open(page: Page, dashboard: Dashboard, run: Run, name: str, selector: str) -> None:
    go_to(page, f"{dashboard.url}/{name}?run={run.run_id}")
    expect(page.locator(f"[data-testid=stMain] {selector}").first).to_be_visible(timeout=30_000)
    wait_until_quiet(page)
