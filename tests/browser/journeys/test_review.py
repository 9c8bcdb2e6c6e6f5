"""The practitioner's way: a folder of images with wrong labels, reviewed and taken along."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest
from playwright.sync_api import Dialog, Locator, Page, expect

from mild.analysis.instances.measured import measure
from mild.export.folders import image_folder
from mild.export.table import reviewed
from mild.store.review import opinions
from mild.store.review.checks import checks
from mild.store.review.decision import Decision, Window
from mild.store.review.decisions import decide, decisions
from mild.store.run import Run
from tests.browser.conftest import Dashboard, serving, wait_until_quiet
from tests.export.conftest import make_folder_run
from tests.runs_for_tests import write_run

pytestmark = pytest.mark.browser

CLASSES = ("<img src=x onerror=alert(1)>", "cat", "dog")


def tiles(page: Page) -> Locator:
    return page.locator(".tile")


def said(page: Page, text: str) -> None:
    expect(page.locator(".said")).to_have_text(text, timeout=15_000)


def progress(page: Page, n: int) -> None:
    expect(page.get_by_text(re.compile(f"^{n} of .* flagged images decided"))).to_be_visible()


def test_from_a_folder_with_wrong_labels_to_a_cleaned_one(
    page: Page, dashboard: Dashboard, tmp_path: Path
) -> None:
    run, _ = make_folder_run(dashboard.runs_root, tmp_path / "pictures", CLASSES)
    dialogs: list[str] = []

    def dismiss(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", dismiss)
    page.goto(f"{dashboard.url}/review?run={run.run_id}")
    expect(tiles(page).first).to_be_visible(timeout=30_000)
    wait_until_quiet(page)
    expect(tiles(page).first.locator(".given")).to_have_text(re.compile("img src|cat|dog"))
    order = _order(run)

    # by click
    tiles(page).nth(0).get_by_role("button", name="Keep").click()
    said(page, "1 image kept.")
    # by key; each moves on to the next image, and quick keys are not lost
    tiles(page).nth(1).focus()
    for key in "rddk":
        page.keyboard.press(key)
    progress(page, 5)
    wait_until_quiet(page)
    suggested = int(measure(run).suggested_A[order[1]])
    wanted = {
        order[0]: Decision("keep"),
        order[1]: Decision("relabel", suggested),
        order[2]: Decision("drop"),
        order[3]: Decision("drop"),
        order[4]: Decision("keep"),
    }
    assert decisions(run.folder) == wanted
    expect(tiles(page).nth(1).locator(".mark")).to_have_text(f"→ {CLASSES[suggested]}")

    # undo and redo by key
    page.keyboard.press("u")
    page.keyboard.press("u")
    progress(page, 3)
    page.keyboard.press("Shift+U")
    progress(page, 4)
    del wanted[order[4]]
    assert decisions(run.folder) == wanted

    # several at once, to a class that is chosen
    tiles(page).nth(5).locator(".picture").click(modifiers=["Control"])
    page.keyboard.press("ArrowRight")
    page.keyboard.press("x")
    page.locator(".bar").get_by_label("Relabel to this class").select_option(label="dog")
    said(page, "2 images relabelled.")
    wanted |= dict.fromkeys(order[5:7], Decision("relabel", 2))
    assert decisions(run.folder) == wanted

    rows = _downloaded(page)
    assert {int(row["index"]) for row in rows if row["decision"]} == set(wanted)
    assert rows[order[5]]["new_label"] == "dog"
    output = tmp_path / "cleaned"
    image_folder.write(reviewed(run), output, link=False, keep_undecided=False)
    name = Path(str(measure(run).names_A[order[5]])).name
    assert any(file.name.startswith(name[:-4]) for file in (output / "dog").iterdir())
    assert dialogs == []


def test_two_windows_and_a_restart_lose_nothing(
    page: Page, dashboard: Dashboard, tmp_path: Path
) -> None:
    run, _ = make_folder_run(dashboard.runs_root, tmp_path / "pictures", CLASSES)
    order = _order(run)
    address = f"{dashboard.url}/review?run={run.run_id}&given=1,2&sort=class"
    other = page.context.new_page()
    for window in (page, other):
        window.goto(address)
        expect(tiles(window).first).to_be_visible(timeout=30_000)
        wait_until_quiet(window)
    first = tiles(page).nth(0).get_attribute("aria-label")
    tiles(page).nth(0).get_by_role("button", name="Drop").click()
    said(page, "1 image dropped.")
    tiles(other).nth(1).get_by_role("button", name="Keep").click()
    progress(other, 2)
    expect(tiles(other).nth(0).locator(".mark")).to_have_text("drop")
    other.keyboard.press("u")
    said(other, "Taken back: 1 image.")
    assert list(decisions(run.folder).values()) == [Decision("drop")]
    other.close()

    page.reload()  # a new session, with the address of the old one
    expect(tiles(page).nth(0).locator(".mark")).to_have_text("drop", timeout=30_000)
    assert (first or "").rsplit(", ", 1)[0] in (
        tiles(page).nth(0).get_attribute("aria-label") or ""
    )
    wait_until_quiet(page)
    tiles(page).nth(0).focus()
    page.keyboard.press("u")
    said(page, "Taken back: 1 image.")
    assert decisions(run.folder) == {}
    assert len(order) > 5


def test_what_a_person_types_after_a_click_is_a_decision_per_key(
    page: Page, dashboard: Dashboard, tmp_path: Path
) -> None:
    run, order = _opened(page, dashboard, tmp_path)
    tiles(page).nth(0).locator(".picture").click()
    page.keyboard.press("k")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowRight")
    for key in "dkdkdkdkd":
        page.keyboard.press(key)
    progress(page, 10)
    wait_until_quiet(page)
    keys = "kdkdkdkdkd"
    wanted = {
        index: Decision("keep" if key == "k" else "drop")
        for index, key in zip(order[:10], keys, strict=True)
    }
    assert decisions(run.folder) == wanted

    # past the last image of the page, keys decide nothing anew
    page.keyboard.press("End")
    for key in "kdddd":
        page.keyboard.press(key)
    expect(page.locator(".said")).to_contain_text("That was the last image of this page")
    progress(page, 11)
    wait_until_quiet(page)
    assert decisions(run.folder) == wanted | {order[-1]: Decision("keep")}


def test_a_selection_is_made_on_purpose_and_ends_with_a_decision(
    page: Page, dashboard: Dashboard, tmp_path: Path
) -> None:
    run, order = _opened(page, dashboard, tmp_path)
    n_selected = page.locator(".bar .count")
    tiles(page).nth(1).locator(".picture").click()
    expect(n_selected).to_have_text("The image in focus")
    tiles(page).nth(3).locator(".picture").click(modifiers=["Shift"])
    expect(n_selected).to_have_text("3 selected")
    tiles(page).nth(5).hover()
    tiles(page).nth(5).locator(".box").click()
    expect(n_selected).to_have_text("4 selected")
    page.keyboard.press("d")
    expect(n_selected).to_have_text("The image in focus")
    expect(tiles(page).nth(6)).to_be_focused()
    wanted = dict.fromkeys([*order[1:4], order[5]], Decision("drop"))
    progress(page, 4)
    assert decisions(run.folder) == wanted

    # a key decides about the focused image where that is not one of the selected
    page.keyboard.press("x")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("k")
    progress(page, 5)
    wanted[order[7]] = Decision("keep")
    assert decisions(run.folder) == wanted

    # a drag selects, Esc lets go of the selection, and comes back from any box
    tiles(page).nth(8).locator(".picture").hover()
    page.mouse.down()
    tiles(page).nth(10).locator(".picture").hover()
    page.mouse.up()
    expect(n_selected).to_have_text("3 selected")
    page.keyboard.press("Escape")
    expect(n_selected).to_have_text("The image in focus")
    for button, kind, name in (
        (None, "combobox", "Run"),
        (None, "combobox", "Order"),
        (None, "slider", "Size of the tiles"),
        ("Round 2 of 2", "spinbutton", "Cut"),
        ("Export", "textbox", "Name of the new folder"),
        ("Filters", "combobox", "Given label"),
    ):
        if button:
            page.get_by_role("button", name=button).click()
        box = page.get_by_role(kind, name=name)  # type: ignore[arg-type]
        box.focus()
        if name == "Given label":
            page.keyboard.type("ca")
        page.keyboard.press("Escape")
        expect(tiles(page).nth(10)).to_be_focused()
        wait_until_quiet(page)
    page.keyboard.press("k")
    progress(page, 6)
    assert decisions(run.folder) == wanted | {order[10]: Decision("keep")}


def test_one_image_is_judged_large_by_the_same_keys(
    page: Page, dashboard: Dashboard, tmp_path: Path
) -> None:
    run, order = _opened(page, dashboard, tmp_path)
    detail = page.locator("dialog.detail")
    names = measure(run).names_A
    tiles(page).nth(1).locator(".picture").dblclick()
    expect(detail.locator(".name")).to_have_text(str(names[order[1]]))
    expect(detail.locator(".source")).to_have_text("The original, 8 × 8 pixels")
    expect(detail.locator("img[alt]").first).to_have_attribute("src", re.compile("^data:image/png"))
    expect(detail.get_by_text("Predicted as", exact=True)).to_be_visible()
    expect(detail.locator(".cells").first.locator("i")).to_have_count(run.n_epochs(0))
    expect(detail.get_by_text(re.compile("^Nearest by the predictions"))).to_be_visible()
    expect(detail.locator(".pictures img")).to_have_count(6)

    # keys decide and go on; arrows go back; an undo is told
    page.keyboard.press("k")
    page.keyboard.press("d")
    expect(detail.locator(".name")).to_have_text(str(names[order[3]]))
    page.keyboard.press("ArrowLeft")
    expect(detail.locator(".verdict")).to_have_text("Decided: drop")
    expect(detail.get_by_text(re.compile(": Dropped$"))).to_be_visible()
    page.keyboard.press("u")
    expect(detail.locator(".verdict")).to_have_text("Undecided")
    wait_until_quiet(page)
    assert decisions(run.folder) == {order[1]: Decision("keep")}

    # the original goes: the picture of the run is shown, and it says so
    (tmp_path / "pictures" / str(names[order[4]])).unlink()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(detail.locator(".source")).to_contain_text("the original is not where it was")

    page.keyboard.press("Escape")
    expect(detail).not_to_be_visible()
    expect(tiles(page).nth(4)).to_be_focused()
    page.keyboard.press("Enter")
    expect(detail).to_be_visible()


def test_the_size_of_the_tiles_is_remembered(
    page: Page, dashboard: Dashboard, tmp_path: Path
) -> None:
    _opened(page, dashboard, tmp_path)
    size = page.get_by_role("slider", name="Size of the tiles")
    before = (tiles(page).first.bounding_box() or {})["width"]
    size.fill("320")
    wait_until_quiet(page)
    assert (tiles(page).first.bounding_box() or {})["width"] >= 320 > before
    for button in tiles(page).first.locator("button").all():
        box = button.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 32
    page.reload()
    expect(tiles(page).first).to_be_visible(timeout=30_000)
    assert (tiles(page).first.bounding_box() or {})["width"] >= 320


@pytest.mark.parametrize("width", [390, 900, 1440, 1920])
def test_nothing_is_wider_than_the_window_and_two_rows_fit_a_laptop(
    width: int, page: Page, dashboard: Dashboard, tmp_path: Path
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    _opened(page, dashboard, tmp_path)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    boxes = [box for tile in tiles(page).all() if (box := tile.bounding_box())]
    assert max(box["x"] + box["width"] for box in boxes) <= width
    if width >= 1440:
        second = sorted({box["y"] for box in boxes})[1]
        assert max(box["y"] + box["height"] for box in boxes if box["y"] == second) <= 900


def test_fifty_images_are_checked_by_keys_without_the_verdict(
    page: Page, dashboard: Dashboard, tmp_path: Path
) -> None:
    run, _ = make_folder_run(dashboard.runs_root, tmp_path / "pictures", CLASSES)
    page.goto(f"{dashboard.url}/selection?run={run.run_id}")
    page.get_by_role("button", name="Check 50 images").first.click(timeout=30_000)
    label, counted = page.locator(".check .label"), page.locator(".check .count")
    expect(label).to_contain_text("Is this", timeout=30_000)
    wait_until_quiet(page)
    assert "check=round" in page.url
    drawn = checks(run.folder).drawn
    for key in "kdt":
        page.keyboard.press(key)
    expect(counted).to_have_text("3 of 50 checked")
    page.keyboard.press("u")
    expect(counted).to_have_text("2 of 50 checked")
    for key in "r" + 20 * "kd":
        page.keyboard.press(key)
    expect(counted).to_have_text("43 of 50 checked")
    wait_until_quiet(page)
    found = checks(run.folder).answers
    first = [found.get(index) for index in drawn[:5]]
    assert first == ["right", "wrong", "wrong", "right", "wrong"]
    assert len(found) == 43
    assert decisions(run.folder) == {}

    page.reload()  # goes on where it was left
    expect(counted).to_have_text("43 of 50 checked", timeout=30_000)
    wait_until_quiet(page)
    for key in "ktktktk":
        page.keyboard.press(key)
    expect(page.get_by_text("50 images checked")).to_be_visible()
    expect(page.get_by_text("3 images you could not tell are left out")).to_be_visible()
    page.get_by_role("button", name="Back to the selection").click()
    expect(page.get_by_text("Measured by 47 checked images")).to_be_visible(timeout=30_000)


def _opened(page: Page, dashboard: Dashboard, tmp_path: Path) -> tuple[Run, list[int]]:
    """A run on its review page, and the images there in order."""
    run, _ = make_folder_run(dashboard.runs_root, tmp_path / "pictures", CLASSES)
    page.goto(f"{dashboard.url}/review?run={run.run_id}")
    expect(tiles(page).first).to_be_visible(timeout=30_000)
    wait_until_quiet(page)
    return run, _order(run)


def _order(run: object) -> list[int]:
    from mild.analysis.instances.filters import Filters, matching, verdict_codes

    measured = measure(run)  # type: ignore[arg-type]
    return [int(i) for i in matching(measured, Filters(), verdict_codes(measured.n, {}))]


def _downloaded(page: Page) -> list[dict[str, str]]:
    page.get_by_role("button", name="Export").click()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="CSV", exact=True).click()
    text = Path(waiting.value.path()).read_text(encoding="utf-8")
    return list(csv.DictReader(io.StringIO(text)))


def test_somebody_else_tells_a_name_and_gives_a_second_opinion(
    page: Page, runs_root: Path, tmp_path: Path
) -> None:
    run, _ = make_folder_run(runs_root, tmp_path / "pictures", CLASSES)
    decide(run.folder, {2: Decision("keep"), 7: Decision("drop")}, Window("a", 0, "Anna"))
    settings = str(tmp_path / "settings")  # where the name is kept, of no other test
    with serving(runs_root, environment={"XDG_CONFIG_HOME": settings}) as dashboard:
        page.goto(f"{dashboard.url}/review?run={run.run_id}&show=all")
        page.get_by_role("button", name="Your name").click(timeout=30_000)
        expect(page.get_by_text("A second opinion needs your name.")).to_be_visible()
        page.get_by_role("textbox", name="Your name").fill("Ben")
        page.keyboard.press("Enter")
        page.get_by_role("radio", name="Second opinion (2)").click()
        expect(tiles(page)).to_have_count(2)
        page.keyboard.press("Escape")
        tiles(page).first.focus()
        page.keyboard.press("k")
        expect(page.get_by_text("Your opinion on 1 of 2 images")).to_be_visible()
        assert len(opinions.of_reviewer(run.folder, "Ben")) == 1
        page.goto("about:blank")  # before its server ends


def test_what_was_decided_right_before_the_page_is_loaded_anew_is_not_lost(
    page: Page, dashboard: Dashboard
) -> None:
    run = write_run(dashboard.runs_root)
    page.goto(f"{dashboard.url}/review?run={run.run_id}")
    tiles(page).first.click(position={"x": 60, "y": 60})
    for _ in range(5):
        page.keyboard.press("d")
    page.reload()
    expect(page.get_by_text(re.compile("^5 of .* flagged images decided"))).to_be_visible()
    assert len(decisions(run.folder)) == 5
