"""Every page for people who see little, or use a keyboard or a screen reader."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import Page, expect

from tests.browser.accessible import faint_texts, focus_look, nameless, tab_to
from tests.browser.conftest import Dashboard, go_to, wait_until_quiet
from tests.runs_for_tests import PROJECT, write_run

pytestmark = pytest.mark.browser

PAGES = tuple(path.stem for path in sorted((PROJECT / "pages").glob("*.py")))
FOLLOWING_SECONDS = 20


def test_words_stand_out_in_both_themes_and_everything_has_a_name(
    page: Page, dashboard: Dashboard
) -> None:
    write_run(dashboard.runs_root, epochs=(6,), seed=1)
    run = write_run(dashboard.runs_root)
    found: dict[str, object] = {}
    for name in PAGES:
        page.emulate_media(color_scheme="light")
        _open(page, dashboard, name, run.run_id)
        found |= {f"{name}, light": _faint(page), f"{name}, nameless": nameless(page)}
        _darken(page)
        found[f"{name}, dark"] = _faint(page)
    assert {what: items for what, items in found.items() if items} == {}


def _darken(page: Page) -> None:
    """As the browser's own setting does; the page follows without being loaded anew."""
    background = "getComputedStyle(document.querySelector('.stApp')).backgroundColor"
    light = page.evaluate(background)
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(f"light => {background} !== light", arg=light)
    wait_until_quiet(page)


def _faint(page: Page) -> list[tuple[str, float]]:
    """Texts that are faint and stay so: charts take another theme's colours a moment later."""
    until = time.monotonic() + FOLLOWING_SECONDS
    while (found := faint_texts(page)) and time.monotonic() < until:
        page.wait_for_timeout(200)
    return found


def test_tab_reaches_the_parts_of_our_own_and_shows_where_it_is(
    page: Page, dashboard: Dashboard
) -> None:
    run = write_run(dashboard.runs_root)

    _open(page, dashboard, "selection", run.run_id)
    assert tab_to(page, "g.handle")
    assert float(focus_look(page)["stroke"].removesuffix("px")) >= 4
    handle = page.get_by_role("slider", name="Cut. Arrow keys")
    before = handle.get_attribute("aria-valuenow")
    page.keyboard.press("ArrowRight")
    expect(handle).not_to_have_attribute("aria-valuenow", str(before))
    expect(page.locator(".readout")).to_contain_text("kept")
    wait_until_quiet(page)  # what the key asked for is answered

    _open(page, dashboard, "dynamics", run.run_id)
    assert tab_to(page, "button.play")
    assert tab_to(page, "canvas.picture")
    assert focus_look(page)["shadow"]
    page.keyboard.press("ArrowDown")
    expect(page.locator(".readout")).to_contain_text("epoch 1")

    _open(page, dashboard, "review", run.run_id)
    assert tab_to(page, ".tile")
    assert focus_look(page)["outline"] == "3px"
    page.keyboard.press("ArrowRight")
    expect(page.locator(".tile").nth(1)).to_be_focused()


def _open(page: Page, dashboard: Dashboard, name: str, run_id: str) -> None:
    go_to(page, f"{dashboard.url}/{'' if name == 'runs' else name}?run={run_id}")
    expect(page.locator("h1")).to_be_visible(timeout=30_000)
    wait_until_quiet(page)
    for chart in page.get_by_test_id("stPlotlyChart").all():
        expect(chart.locator(".main-svg").first).to_be_visible(timeout=20_000)
