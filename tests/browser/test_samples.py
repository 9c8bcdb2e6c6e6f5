"""A recording of texts in a real browser: they stay text whatever is in them, and a key decides."""

from __future__ import annotations

import numpy as np
import pytest
from playwright.sync_api import Dialog, Page, expect

import mild
from mild.store.review.decisions import decisions
from mild.store.run import open_run
from tests.browser.conftest import Dashboard, wait_until_quiet

pytestmark = pytest.mark.browser

N = 30
GIVEN = np.arange(N) % 2
HOSTILE = "<img src=x onerror=alert(1)> **bold** שלום"


def test_a_text_stays_text_and_a_key_decides_about_it(page: Page, dashboard: Dashboard) -> None:
    logits = np.eye(2)[np.where(np.arange(N) < 6, 1 - GIVEN, GIVEN)]
    texts = [f"{HOSTILE} {index}\nsecond line" for index in range(N)]
    rows = [{"size": index, "<b>name</b>": HOSTILE} for index in range(N)]
    with mild.Recorder(
        GIVEN, epochs=3, rule="manual", cut=2, texts=texts, table=rows, root=dashboard.runs_root
    ) as recorder:
        run_id = recorder.run_id
        for _ in range(3):
            recorder.update(np.arange(N), logits)
            recorder.end_epoch()
    dialogs: list[str] = []

    def dismiss(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", dismiss)
    page.goto(f"{dashboard.url}/review?run={run_id}")
    tiles = page.locator(".tile")
    expect(tiles).to_have_count(6, timeout=30_000)
    text = tiles.first.locator(".sample .text")
    expect(text).to_contain_text(HOSTILE)
    assert text.evaluate("node => [node.dir, node.childElementCount]") == ["auto", 0]
    expect(tiles.first.locator(".sample .name").last).to_have_text("<b>name</b>")

    tiles.first.focus()
    page.keyboard.press("Enter")
    whole = page.locator("dialog .whole .text")
    expect(whole).to_contain_text("second line")
    assert whole.evaluate("node => getComputedStyle(node).whiteSpace") == "pre-wrap"
    expect(page.locator("dialog .samples .sample").first).to_contain_text(HOSTILE)
    page.keyboard.press("d")
    expect(page.locator("dialog .place")).to_have_text("2 of 6 on this page")
    page.keyboard.press("Escape")
    page.keyboard.press("k")
    expect(page.locator(".said")).to_have_text("1 sample kept.", timeout=15_000)
    wait_until_quiet(page)
    made = decisions(open_run(run_id, dashboard.runs_root).folder)
    assert sorted(item.verdict for item in made.values()) == ["drop", "keep"]
    assert dialogs == []
