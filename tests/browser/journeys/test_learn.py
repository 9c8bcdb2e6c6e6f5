"""The lesson, walked through by its own buttons."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from mild.ui.learn.plan import SECTIONS
from tests.browser.conftest import Dashboard, wait_until_quiet

pytestmark = pytest.mark.browser


def test_the_lesson_from_its_first_section_to_its_last(page: Page, dashboard: Dashboard) -> None:
    page.goto(f"{dashboard.url}/learn")
    metric = page.get_by_test_id("stMetric").filter(has_text="Metric M")
    expect(metric).to_be_visible(timeout=30_000)
    wait_until_quiet(page)

    # one image that is never memorized, then an epoch in which it is
    page.get_by_role("button", name="Never memorized").click()
    expect(metric).to_contain_text("M20 epochs")
    page.get_by_role("button", name="5", exact=True).click()
    expect(metric).to_contain_text("M18 epochs")
    expect(page).to_have_url(re.compile("sequence=00001000000000000000"))
    wait_until_quiet(page)

    titles = [section.title for section in SECTIONS.values()]
    for title in titles[1:]:
        page.get_by_role("button", name=f"Next: {title}").click()
        expect(page.get_by_role("heading", name=title, exact=True)).to_be_visible(timeout=15_000)
        wait_until_quiet(page)
        expect(page.get_by_test_id("stException")).to_have_count(0)
        expect(page.get_by_text("the fault is ours")).to_have_count(0)
        if title == "Planting":
            _plant(page)
    expect(page.get_by_text(re.compile("pencil and paper"))).to_be_visible()
    with page.expect_popup() as opened:
        page.get_by_role("button", name="Open the sheet to print").click()
    expect(opened.value.get_by_role("heading", name="Answers")).to_be_visible()


def _plant(page: Page) -> None:
    """Guess, then switch planting on: what is wrong comes with the guess, the cut with planting."""
    answer = page.get_by_text("Nothing but the picture tells")
    expect(answer).to_have_count(0)
    page.get_by_text("Image A", exact=True).first.click()
    expect(answer).to_be_visible(timeout=15_000)
    page.get_by_test_id("stCheckbox").filter(has_text="Plant labels").locator("label").click()
    expect(page.get_by_text("with 100 planted labels")).to_be_visible(timeout=15_000)
    expect(page).to_have_url(re.compile("planted=100"))
    wait_until_quiet(page)
