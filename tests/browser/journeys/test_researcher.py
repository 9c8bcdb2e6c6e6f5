"""The researcher's way: two runs, a cut of one's own, a link to it, and all of it compared."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import SIZE, Dashboard, wait_until_quiet, watch
from tests.runs_for_tests import write_run

pytestmark = pytest.mark.browser


def test_two_runs_a_cut_a_link_and_the_comparison(
    page: Page, browser: Browser, dashboard: Dashboard
) -> None:
    long = write_run(dashboard.runs_root, name="long", epochs=(10, 8))
    short = write_run(dashboard.runs_root, name="short", epochs=(6,), seed=1)

    page.goto(f"{dashboard.url}/selection?run={long.run_id}")
    expect(numbers(page).first).to_be_visible(timeout=30_000)
    page.get_by_role("radio", name="2", exact=True).click()
    expect(page).to_have_url(re.compile("round=2"))
    wait_until_quiet(page)

    # typed, then dragged
    typed = page.get_by_role("spinbutton", name="Cut (misclassified epochs)")
    typed.fill("7")
    typed.press("Enter")
    expect(page).to_have_url(re.compile("cut=7"))
    wait_until_quiet(page)
    before = numbers(page).first.inner_text()
    handle = page.get_by_role("slider", name=re.compile("^Cut"))
    box = handle.bounding_box()
    chart = page.locator("svg.chart").bounding_box()
    assert box
    assert chart
    y = chart["y"] + chart["height"] / 2
    page.mouse.move(box["x"] + box["width"] / 2, y)
    page.mouse.down()
    page.mouse.move(chart["x"] + 0.35 * chart["width"], y, steps=4)
    dragged_to = handle.get_attribute("aria-valuenow")
    assert dragged_to != "7"
    page.mouse.up()
    expect(typed).to_have_value(str(dragged_to))
    expect(numbers(page).first).not_to_have_text(before)
    expect(page).to_have_url(re.compile(f"cut={dragged_to}(&|$)"))
    wait_until_quiet(page)
    shown = numbers(page).all_inner_texts()

    # the link shows a colleague the same
    context = browser.new_context(viewport=SIZE)
    faults: list[str] = []
    other = context.new_page()
    watch(other, faults)
    other.goto(page.url)
    expect(numbers(other).first).to_be_visible(timeout=30_000)
    wait_until_quiet(other)
    assert numbers(other).all_inner_texts() == shown
    expect(other.get_by_role("radio", name="2", exact=True)).to_be_checked()
    name = long.config().name
    expect(other.get_by_role("combobox", name="Run")).to_have_value(name)
    context.close()
    assert faults == []

    # the menu goes on with the same run and round
    page.get_by_role("link", name="Dynamics").click()
    expect(page.get_by_role("heading", name="Dynamics")).to_be_visible()
    expect(page).to_have_url(re.compile(f"run={long.run_id}.*round=2"))

    page.get_by_role("link", name="Compare").click()
    expect(page.get_by_text("Settings that differ")).to_be_visible(timeout=30_000)
    wait_until_quiet(page)
    expect(page).to_have_url(re.compile(f"runs={short.run_id}&runs={long.run_id}"))
    legend = page.locator(".js-plotly-plot .legendtext")
    for name in ("long", "short"):
        expect(legend.filter(has_text=re.compile(f"^{name}$")).first).to_be_visible()

    page.get_by_role("tab", name="Detectors on one run").click()
    expect(page.get_by_text("Precision and recall", exact=True)).to_be_visible()
    curves = page.locator(".js-plotly-plot:visible")
    expect(curves).to_have_count(2, timeout=30_000)
    expect(curves.nth(0).locator(".legendtext", has_text="metric")).to_be_visible()
    expect(page).to_have_url(re.compile("tab=detectors"))
    wait_until_quiet(page)

    again = page.context.new_page()
    again.goto(page.url)
    expect(again.get_by_text("Precision and recall", exact=True)).to_be_visible(timeout=30_000)
    wait_until_quiet(again)
    expect(again.get_by_test_id("stException")).to_have_count(0)


def numbers(page: Page) -> Locator:
    return page.get_by_test_id("stMetricValue")
