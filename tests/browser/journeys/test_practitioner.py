"""The practitioner's road: from an empty home to a cleaned folder, names and files as found."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Dialog, Locator, Page, expect
from sklearn.datasets import load_digits

from mild.store.review.decisions import decisions
from mild.store.run import open_run
from tests.browser.conftest import Dashboard, wait_until_quiet

pytestmark = pytest.mark.browser

CLASSES = ("null", "eins & zwei", "<b>drei", "vier?", "fünf")
N_PER_CLASS = 120
WRONG_SHARE = 0.13
SIDE = 16
NAMES = (
    "IMG_{:04d}.png", "<img src=x onerror=alert(1)> {:04d}.png", "=cmd|calc {:04d}.png",
    "été {:04d} (copy).png", "**bold** [link](http:) {:04d}.png", "-rf {:04d}.png",
)  # fmt: skip
TRAINING_SECONDS = 240
MOST_ACTIONS = 25
"""Before the first decision."""
N_DECISIONS = 40
KEYS = {"k": "keep", "d": "drop", "r": "relabel"}


@dataclass
class Person:
    """Does what a person does, and counts it."""

    page: Page
    n_actions: int = 0
    keys: list[str] = field(default_factory=list)

    def click(self, target: Locator) -> None:
        self.n_actions += 1
        target.click()

    def type(self, target: Locator, text: str) -> None:
        self.n_actions += 2
        target.fill(text)
        target.press("Enter")

    def press(self, key: str) -> None:
        self.n_actions += 1
        self.page.keyboard.press(key)


def test_from_my_folder_to_a_cleaned_one(page: Page, dashboard: Dashboard, tmp_path: Path) -> None:
    pictures = tmp_path / "my pictures"
    truth = make_pictures(pictures)
    before = contents(pictures)
    dialogs: list[str] = []

    def dismiss(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", dismiss)
    person = Person(page)

    run_id = trains(person, dashboard, pictures, len(truth))
    order = opens_the_review(person, truth)
    keys = decides(person)
    assert person.n_actions <= MOST_ACTIONS + N_DECISIONS

    # every key is a decision, and every decision is kept
    run = open_run(run_id, dashboard.runs_root)
    found = decisions(run.folder)
    index_of = {str(name): index for index, name in enumerate(run.instances().names)}
    assert len(found) == N_DECISIONS
    assert [found[index_of[name]].verdict for name in order[:N_DECISIONS]] == [
        KEYS[key] for key in keys
    ]
    names = [str(name) for name in run.facts()["class_names"]]

    cleaned = takes_it_along(person, tmp_path)
    for name, key in zip(order[:N_DECISIONS], keys, strict=True):
        where = {file.parent.name for file in cleaned.rglob("*.png") if file.name == called(name)}
        label = names[(found[index_of[name]].label or 0)] if key == "r" else Path(name).parent.name
        assert where == (set() if key == "d" else {safe(label)}), name
    assert decisions(run.folder) == found
    assert contents(pictures) == before
    assert dialogs == []


def trains(person: Person, dashboard: Dashboard, pictures: Path, n: int) -> str:
    """From the empty home to a run whose rounds are done; its id."""
    page = person.page
    page.goto(dashboard.url)
    mine = page.get_by_role("button", name="Choose my images")
    link = page.get_by_role("link", name="New run")
    expect(mine.or_(link).first).to_be_visible(timeout=30_000)
    wait_until_quiet(page)
    person.click(mine if mine.count() else link)
    expect(page.get_by_role("combobox", name="Images", exact=True)).to_be_visible(timeout=30_000)
    wait_until_quiet(page)
    path = page.get_by_role("textbox", name="Folder or file")
    if not path.count():
        person.click(page.get_by_role("combobox", name="Images", exact=True))
        person.click(page.get_by_role("option", name=re.compile("^Your images: one sub-folder")))
        wait_until_quiet(page)
    person.type(path, str(pictures))
    told = page.get_by_text(re.compile(rf"{n + 1} images")).first  # one of them is broken
    expect(told).to_be_visible()
    wait_until_quiet(page)
    person.click(page.get_by_role("button", name="Start training"))
    expect(page).to_have_url(re.compile("/live.run="), timeout=15_000)
    ended = page.get_by_text(
        re.compile("^(finishing|done)$")
    ).first  # every round has its selection
    expect(ended).to_be_visible(timeout=1000 * TRAINING_SECONDS)
    return page.url.split("run=")[1].split("&")[0]


def opens_the_review(person: Person, truth: dict[str, str]) -> list[str]:
    """The names of the images there, in order; most of the first are wrong indeed."""
    page = person.page
    person.click(page.get_by_role("link", name="Review"))
    tiles = page.locator(".tile")
    expect(tiles.first).to_be_visible(timeout=30_000)
    wait_until_quiet(page)
    names = [str(tile.get_attribute("title")) for tile in page.locator(".tile .file").all()]
    wrong = sum(truth[name] != Path(name).parent.name for name in names[:12])
    assert wrong >= 8
    return names


def decides(person: Person) -> list[str]:
    """A click, a look at one image large, and forty keys."""
    page = person.page
    tiles = page.locator(".tile")
    person.click(tiles.first.locator(".picture"))
    person.press("Enter")
    large = page.locator("dialog.detail")
    expect(large.locator(".source")).to_have_text(f"The original, {SIDE} × {SIDE} pixels")
    person.press("Escape")
    assert person.n_actions <= MOST_ACTIONS
    keys = [("k", "d", "r")[at % 3] for at in range(N_DECISIONS)]
    for key in keys:
        person.press(key)
    counted = page.get_by_text(re.compile(f"^{N_DECISIONS} of .* flagged images decided"))
    expect(counted).to_be_visible(timeout=20_000)
    wait_until_quiet(page)
    return keys


def takes_it_along(person: Person, tmp_path: Path) -> Path:
    """The folder that the page writes, beside the pictures."""
    page = person.page
    person.click(page.get_by_role("button", name="Export"))
    person.click(page.get_by_role("button", name="Write the folder"))
    expect(page.get_by_text("images written to")).to_be_visible(timeout=30_000)
    return tmp_path / "my pictures-cleaned"


def make_pictures(root: Path) -> dict[str, str]:
    """Digits as PNG files, some in the folder of another class, and what else lies in folders.

    Name -> true class, of the images that can be read.
    """
    digits = load_digits()
    rng = np.random.default_rng(0)
    truth = {}
    for label, true_class in enumerate(CLASSES):
        for number, index in enumerate(np.flatnonzero(digits.target == label)[:N_PER_CLASS]):
            wrong = rng.random() < WRONG_SHARE
            folder = CLASSES[(label + rng.integers(1, len(CLASSES))) % 5] if wrong else true_class
            name = f"{folder}/{NAMES[number % len(NAMES)].format(1000 * label + number)}"
            (root / folder).mkdir(parents=True, exist_ok=True)
            pixels = (digits.images[index] * 15).astype(np.uint8)
            Image.fromarray(pixels).resize((SIDE, SIDE), Image.Resampling.NEAREST).save(root / name)
            truth[name] = true_class
    odd_files(root)
    return truth


def odd_files(root: Path) -> None:
    """What lies in the folders of people: none of it is an image to train on."""
    (root / CLASSES[0] / "Thumbs.db").write_bytes(b"\0" * 100)
    (root / CLASSES[0] / "notes.txt").write_text("to do")
    (root / CLASSES[0] / "._IMG_0001.png").write_bytes(b"of another system")
    (root / CLASSES[1] / "broken.jpg").write_bytes(b"half of a")
    (root / "no images here").mkdir()
    (root / ".hidden").mkdir()
    shutil.copy(root / CLASSES[1] / "broken.jpg", root / ".hidden" / "a.jpg")
    Image.new("RGB", (20, 20)).save(root / "loose.png")


def contents(root: Path) -> dict[str, bytes]:
    """Every file below a folder, by its name there."""
    return {
        file.relative_to(root).as_posix(): file.read_bytes()
        for file in sorted(root.rglob("*"))
        if file.is_file()
    }


def called(name: str) -> str:
    """An image, as the name of its file in the cleaned folder."""
    return safe(Path(name).name)


def safe(text: str) -> str:
    """A name that any file system takes."""
    return re.sub(r'[/\\:*?"<>|]', "_", text)
