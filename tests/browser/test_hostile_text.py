"""Hostile names in a real browser: they are read as written, and nothing in them comes to life."""

from __future__ import annotations

import pytest
from playwright.sync_api import Dialog, Page, expect

from tests.browser.conftest import Dashboard, wait_until_quiet
from tests.hostile import write_hostile_run

pytestmark = pytest.mark.browser

SHOWN = {
    "live": "img src=x onerror=alert(1) data-owned",
    "review": "<img src=x onerror=alert(1)",
    "rounds": "<img src=x onerror",
    "selection": "[own](http://evil.example/)",
}
"""Page -> what of the hostile text is read there, letter by letter."""
ALIVE = (
    "[data-owned], img[src='x'], a[href*='evil'], img[src*='evil'], em:has-text('own'), "
    "strong:has-text('own'), .katex, del:has-text('own')"
)
"""What the text would have made, had anything read it as markup."""


def test_hostile_text_is_read_as_written_and_makes_no_element(
    page: Page, dashboard: Dashboard
) -> None:
    run = write_hostile_run(dashboard.runs_root, n=60)
    dialogs: list[str] = []

    def dismiss(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", dismiss)
    for name, text in SHOWN.items():
        page.goto(f"{dashboard.url}/{name}?run={run.run_id}")
        expect(page.get_by_text(text).first).to_be_attached(timeout=30_000)
        wait_until_quiet(page)
        expect(page.locator(ALIVE)).to_have_count(0)
    assert not dialogs
