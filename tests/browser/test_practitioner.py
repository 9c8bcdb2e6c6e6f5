"""The practitioner's way: a folder with wrong labels, trained on, reviewed, taken along."""

from __future__ import annotations

import csv
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect
from sklearn.datasets import load_digits

from tests.browser.conftest import PROJECT, Dashboard, wait_until_quiet

pytestmark = pytest.mark.browser

CLASSES = ("null", "eins", "zwei", "drei", "vier")
N_PER_CLASS = 90
WRONG_SHARE = 0.2
TRAINING_SECONDS = 180
LOOKED_AT = 12


def test_from_my_folder_to_a_cleaned_one(page: Page, dashboard: Dashboard, tmp_path: Path) -> None:
    pictures = tmp_path / "my pictures"
    truth = make_pictures(pictures)
    before = contents(pictures)

    # the form
    page.goto(f"{dashboard.url}/new_run")
    expect(page.get_by_role("heading", name="New run")).to_be_visible(timeout=30_000)
    wait_until_quiet(page)
    choose(page, "Images", "Your images: one sub-folder")
    path = page.get_by_role("textbox", name="Folder or file")
    path.fill(str(pictures))
    path.press("Enter")
    expect(page.get_by_text(f"{len(truth)} images in {len(CLASSES)} classes")).to_be_visible()
    wait_until_quiet(page)
    page.get_by_role("button", name="Start training").click()

    # trained in the background
    expect(page).to_have_url(re.compile("/live.run=my-run-"), timeout=15_000)
    expect(page.get_by_text("done", exact=True)).to_be_visible(timeout=1000 * TRAINING_SECONDS)
    run_id = page.url.split("run=")[1].split("&")[0]

    # the most suspicious come first, and most of them are wrong indeed
    page.get_by_role("link", name="Review").click()
    tiles = page.locator(".tile")
    expect(tiles.first).to_be_visible(timeout=30_000)
    wait_until_quiet(page)
    names = [str(tile.get_attribute("aria-label")).split(",")[0] for tile in tiles.all()]
    first = names[:LOOKED_AT]
    assert sum(truth[name] != Path(name).parent.name for name in first) >= LOOKED_AT - 2

    # relabel some, drop one, take the last back
    tiles.first.focus()
    for key in "rrrd":
        page.keyboard.press(key)
    expect(page.get_by_text(re.compile("^4 of .* flagged images decided"))).to_be_visible()
    page.keyboard.press("u")
    expect(page.get_by_text(re.compile("^3 of .* flagged images decided"))).to_be_visible()
    wait_until_quiet(page)

    # along as a table, from the page
    page.get_by_text("Export and import").click()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="CSV", exact=True).click()
    with Path(waiting.value.path()).open(encoding="utf-8", newline="") as file:
        rows = {row["name"]: row for row in csv.DictReader(file)}
    relabelled = {name: row["new_label"] for name, row in rows.items() if row["decision"]}
    assert set(relabelled) == set(names[:3])
    assert sum(truth[name] == label for name, label in relabelled.items()) >= 2

    # along as a folder, by the command that the page shows
    command = page.locator("code", has_text="--format imagefolder").inner_text()
    words = command.split()
    assert words[:3] == ["python", "-m", "mild"]
    assert run_id in words
    cleaned = tmp_path / "cleaned"
    words[words.index("--output") + 1] = str(cleaned)
    runs = os.environ | {"MILD_RUNS_DIR": str(dashboard.runs_root)}
    subprocess.run([sys.executable, *words[1:]], cwd=PROJECT, env=runs, check=True)
    for name, label in relabelled.items():
        assert (cleaned / label / Path(name).name).read_bytes() == before[name]
        assert not (cleaned / Path(name).parent.name / Path(name).name).exists()
    assert contents(pictures) == before


def make_pictures(root: Path) -> dict[str, str]:
    """Digits 0 to 4 as PNG files, some in the folder of another class; name -> its true class."""
    digits = load_digits()
    rng = np.random.default_rng(0)
    truth = {}
    for label, true_class in enumerate(CLASSES):
        found = np.flatnonzero(digits.target == label)[:N_PER_CLASS]
        for number, index in enumerate(found):
            wrong = rng.random() < WRONG_SHARE
            folder = CLASSES[(label + rng.integers(1, len(CLASSES))) % 5] if wrong else true_class
            name = f"{folder}/{true_class[0]}{label}{number:03d}.png"
            (root / folder).mkdir(parents=True, exist_ok=True)
            pixels = (digits.images[index] * 15).astype(np.uint8)
            Image.fromarray(pixels).save(root / name)
            truth[name] = true_class
    return truth


def contents(root: Path) -> dict[str, bytes]:
    """Every file below a folder, by its name there."""
    return {
        file.relative_to(root).as_posix(): file.read_bytes()
        for file in sorted(root.rglob("*"))
        if file.is_file()
    }


def choose(page: Page, label: str, option: str) -> None:
    page.get_by_role("combobox", name=label, exact=True).click()
    page.get_by_role("option", name=re.compile(f"^{re.escape(option)}")).click()
    wait_until_quiet(page)
