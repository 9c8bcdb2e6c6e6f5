"""The cut on the histogram: dragged, moved by keys, typed; all three stay in step."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from mild.analysis.rounds.select_round import select_round
from mild.store.run import Run
from mild.words import cut_text
from tests.browser.conftest import Dashboard, wait_until_quiet
from tests.runs_for_tests import write_run

pytestmark = pytest.mark.browser


def test_the_cut_is_dragged_on_the_chart_moved_by_keys_and_typed(
    page: Page, dashboard: Dashboard
) -> None:
    run = write_run(dashboard.runs_root, n=600, epochs=(12,))
    kept = _open(page, dashboard, run)
    chart, handle = page.locator("svg.chart"), page.get_by_role("slider", name=re.compile("^Cut"))
    box = chart.bounding_box()
    assert box
    grip = handle.locator("circle")
    expect(grip).to_be_visible()
    start = grip.bounding_box()
    assert start
    y = box["y"] + 100
    page.mouse.move(start["x"] + start["width"] / 2, y)
    page.mouse.down()
    page.mouse.move(box["x"] + 200, y, steps=5)
    dragged = float(handle.get_attribute("aria-valuenow") or -1)
    assert dragged == round(dragged, 1)  # a drag stops at tenths of a count
    expect(_typed(page)).to_have_value(cut_text(dragged))  # it follows before the hand lets go
    readout = page.get_by_role("status").filter(has_text="Cut ")
    expect(readout).to_contain_text(f"Cut {cut_text(dragged)}: {_n_kept(run, dragged):,} kept")
    before = kept.inner_text()
    assert _n_kept(run, dragged) != int(before.replace(",", ""))
    page.mouse.up()
    expect(kept).to_have_text(f"{_n_kept(run, dragged):,}")
    expect(_typed(page)).to_have_value(cut_text(dragged))
    expect(page).to_have_url(re.compile(f"cut={cut_text(dragged)}(&|$)"))

    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(kept).to_have_text(f"{_n_kept(run, dragged + 2):,}")
    expect(_typed(page)).to_have_value(cut_text(dragged + 2))
    expect(handle).to_be_focused()
    page.keyboard.press("Shift+ArrowLeft")
    page.keyboard.press("Shift+ArrowLeft")
    finer = round(dragged + 1.8, 1)
    expect(kept).to_have_text(f"{_n_kept(run, finer):,}")
    expect(_typed(page)).to_have_value(cut_text(finer))
    expect(handle).to_be_focused()
    page.keyboard.press("Home")
    expect(kept).to_have_text("0")
    page.keyboard.press("End")
    expect(kept).to_have_text("600")

    _typed(page).fill("3")
    _typed(page).press("Enter")
    expect(kept).to_have_text(f"{_n_kept(run, 3):,}")
    expect(handle).to_have_attribute("aria-valuenow", "3")
    expect(readout).to_contain_text("Cut 3:")


def test_the_bar_that_the_cut_splits_is_drawn_in_two_parts(
    page: Page, dashboard: Dashboard
) -> None:
    run = write_run(dashboard.runs_root, n=600, epochs=(12,), clean_known=False)
    kept = _open(page, dashboard, run, "&cut=2.25")
    expect(kept).to_have_text(f"{_n_kept(run, 2.25):,}")
    bars = page.locator("svg.chart path[fill-opacity='0.78']")
    whole, left, right = (
        _bar_width(bars.nth(0).get_attribute("d") or "", 1),
        _bar_width(bars.nth(0).get_attribute("d") or "", 2),
        _bar_width(bars.nth(1).get_attribute("d") or "", 0),
    )
    assert left == pytest.approx(whole / 4, abs=0.02)
    assert left + right == pytest.approx(whole, abs=0.02)
    expect(_typed(page)).to_have_value("2.25")


def test_a_rule_is_taken_by_one_click_and_the_figure_is_saved(
    page: Page, dashboard: Dashboard
) -> None:
    run = write_run(dashboard.runs_root, n=600, epochs=(12,))
    kept = _open(page, dashboard, run, "&cut=0")
    expect(kept).to_have_text("0")
    table = page.get_by_test_id("stDataFrame").first
    table.scroll_into_view_if_needed()
    box = table.bounding_box()
    assert box
    page.mouse.click(box["x"] + 45, box["y"] + 35 + 17)  # the button in the first row
    expect(kept).to_have_text(f"{_n_kept(run, run.rounds()[0].cut):,}")

    for kind in ("CSV", "SVG", "PNG"):
        page.get_by_role("button", name="Save").first.click()
        with page.expect_download() as download:
            page.get_by_role("button", name=kind, exact=True).click()
        assert download.value.suggested_filename.endswith(f"metric.{kind.lower()}")
        saved = download.value.path().read_bytes()
        page.keyboard.press("Escape")
        expect(page.get_by_role("button", name=kind, exact=True)).to_have_count(0)
        if kind == "CSV":
            lines = saved.decode().splitlines()
            assert lines[0].startswith("misclassified_epochs,metric,instances,kept,clean")
            assert len(lines) == 1 + 13
        if kind == "SVG":
            assert b"Misclassified epochs" in saved
            assert b"made for a test, round 1: metric" in saved
            assert b"clean images" in saved  # the legend that stands above the chart
        if kind == "PNG":
            assert saved.startswith(b"\x89PNG")
    assert page.locator(".modebar").count() == 0


def _open(page: Page, dashboard: Dashboard, run: Run, more: str = "") -> Locator:
    page.goto(f"{dashboard.url}/selection?run={run.run_id}{more}")
    kept = page.get_by_test_id("stMetricValue").first
    expect(kept).to_be_visible(timeout=30_000)
    wait_until_quiet(page)
    return kept


def _bar_width(path: str, number: int) -> float:
    bar = [part for part in path.split("M") if part][number]
    found = re.search(r"h([0-9.]+)", bar)
    assert found
    return float(found[1])


def _typed(page: Page) -> Locator:
    return page.get_by_role("spinbutton", name=re.compile("^Cut"))


def _n_kept(run: Run, cut: float) -> int:
    return int((select_round(run, 0, run.config().selection).score_N < cut).sum())
