"""The status matrix: pointed at, chosen by click and key, replayed."""

from __future__ import annotations

import re

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, Position, expect

from mild.core.dynamics import summarize, unpack_status
from mild.store.run import Run
from tests.browser.conftest import Dashboard, wait_until_quiet
from tests.runs_for_tests import write_run

pytestmark = pytest.mark.browser

N, EPOCHS = 200, 10


def test_a_row_is_read_by_pointing_and_chosen_by_click_and_key(
    page: Page, dashboard: Dashboard
) -> None:
    run = write_run(dashboard.runs_root, n=N, epochs=(EPOCHS,))
    picture = _open(page, dashboard, run)
    order_N, status_EN = _order(run), unpack_status(run.status(0), N)
    readout = page.get_by_role("status").filter(has_text=re.compile("Point at a row|epoch"))

    picture.hover(position=_place(picture, row=150, epoch=4))
    image = order_N[150]
    kind = "memorized" if status_EN[3, image] else "misclassified"
    expect(readout).to_contain_text(f"train {image} (151 of {N})")
    expect(readout).to_contain_text(f"epoch 4: {kind}")
    page.mouse.down()
    page.mouse.up()
    expect(_number(page)).to_have_value(str(image))
    expect(page).to_have_url(re.compile(f"image={image}(&|$)"))
    expect(page.get_by_text(re.compile(r"Misclassified in \d+ of 10 epochs"))).to_be_visible()

    picture.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    expect(readout).to_contain_text(f"train {order_N[151]} (152 of {N})")
    expect(readout).to_contain_text("epoch 5:")
    page.keyboard.press("Enter")
    expect(_number(page)).to_have_value(str(order_N[151]))


def test_training_is_replayed_and_scrubbed_in_the_browser(page: Page, dashboard: Dashboard) -> None:
    run = write_run(dashboard.runs_root, n=N, epochs=(EPOCHS,))
    picture = _open(page, dashboard, run)
    scrubber = page.get_by_role("slider", name="Epoch to replay up to")
    typed = page.get_by_role("spinbutton", name="Up to epoch")
    expect(typed).to_have_value("10")
    scrubber.focus()
    page.keyboard.press("Home")
    expect(page.get_by_text("Epoch 1 of 10")).to_be_visible()
    expect(typed).to_have_value("1")
    expect(page).to_have_url(re.compile("epochs=1(&|$)"))
    early = picture.screenshot()

    page.get_by_role("button", name="Replay").click()
    pause = page.get_by_role("button", name="Pause")
    expect(pause).to_be_visible()
    expect(page.get_by_text(re.compile("Epoch [345] of 10"))).to_be_visible()
    pause.click()
    expect(typed).not_to_have_value("1")
    stopped = typed.input_value()
    expect(page.get_by_text(f"Epoch {stopped} of 10")).to_be_visible()
    assert picture.screenshot() != early

    typed.fill("10")
    typed.press("Enter")
    expect(page.get_by_text("Epoch 10 of 10")).to_be_visible()
    expect(scrubber).to_have_value("10")


def _open(page: Page, dashboard: Dashboard, run: Run) -> Locator:
    page.goto(f"{dashboard.url}/dynamics?run={run.run_id}")
    expect(page.get_by_text("Epoch 10 of 10")).to_be_visible(timeout=30_000)
    expect(page.locator(".js-plotly-plot")).to_have_count(3, timeout=30_000)
    wait_until_quiet(page)
    return page.locator("canvas.picture")


def _order(run: Run) -> list[int]:
    found = summarize(run.status(0), N)
    first_N = found.first_memorized_epoch_N
    first_N = np.where(first_N < 0, EPOCHS + 1, first_N)
    return [int(slot) for slot in np.lexsort((first_N, found.misclassified_N))]


def _place(picture: Locator, *, row: int, epoch: int) -> Position:
    """In pixels of the picture; its margins are those of status_matrix.js."""
    box = picture.bounding_box()
    assert box
    left, right, top, bottom = 64, 12, 8 + 110 + 18, 36
    wide, high = box["width"] - left - right, box["height"] - top - bottom
    return {"x": left + (epoch - 0.5) / EPOCHS * wide, "y": top + (row + 0.5) / N * high}


def _number(page: Page) -> Locator:
    return page.get_by_role("spinbutton", name="Image number")
