"""The parts of the review page that need no page: address, order, timelines, sheets."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mild.analysis.instances.filters import SORTS, Filters, matching, progress, verdict_codes
from mild.analysis.instances.measured import MeasuredInstances, measure
from mild.analysis.instances.timelines import MAX_COLUMNS, timelines
from mild.core.dynamics import unpack_status
from mild.figures import palette
from mild.figures.pictures.sheets import image_sheet, small_webp, strips
from mild.ui.review.address import ReviewAddress, compose, parse
from tests.runs_for_tests import write_run

ADDRESSES = [
    ReviewAddress(filters=Filters()),
    ReviewAddress(filters=Filters(flagged=False, given=(0, 3), metric=(-7, 5)), page=3),
    ReviewAddress(
        filters=Filters(taken=(2,), dropped=(1, -1), decision=("keep", "undecided"), sort="loss"),
        size=60,
        layout="table",
    ),
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_reads_back_as_it_was_written(address: ReviewAddress) -> None:
    assert parse(compose(address), n_classes=4, n_rounds=2) == address


def test_the_usual_address_is_empty() -> None:
    assert compose(ADDRESSES[0]) == {}


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> MeasuredInstances:
    return measure(write_run(tmp_path_factory.mktemp("runs")))


@pytest.mark.parametrize("sort", SORTS)
def test_every_order_shows_every_instance_once(sort: str, measured: MeasuredInstances) -> None:
    found = matching(measured, Filters(flagged=False, sort=sort), verdict_codes(measured.n, {}))
    assert sorted(found) == list(range(measured.n))
    keys = {
        "suspicion": measured.score_A,
        "trust": -measured.score_A,
        "loss": -measured.mean_loss_A,
        "margin": measured.aum_A,
        "forgetting": -measured.forgetting_events_A,
        "class": measured.given_A,
        "index": np.arange(measured.n),
    }
    assert (np.diff(keys[sort][found]) >= 0).all()


def test_progress_counts_the_flagged_that_are_decided(measured: MeasuredInstances) -> None:
    code_A = np.zeros(measured.n, dtype=np.uint8)
    flagged, fine = np.flatnonzero(measured.flagged_A), np.flatnonzero(~measured.flagged_A)
    code_A[flagged[:3]], code_A[fine[0]] = [1, 2, 3], 3
    found = progress(measured, code_A)
    assert (found.n_flagged, found.n_flagged_decided) == (len(flagged), 3)
    assert found.n_by_verdict == {"keep": 1, "relabel": 1, "drop": 2}


def test_a_timeline_shows_every_epoch_of_every_round(runs_root: Path) -> None:
    run = write_run(runs_root)
    measured = measure(run)
    index = np.array([int(np.flatnonzero(measured.dropped_A == 0)[0]), int(run.index(1)[7])])
    found = timelines(run, measured, index)
    first = unpack_status(run.status(0), measured.n)
    second = unpack_status(run.status(1), len(run.index(1)))
    assert found.shape == (2, 8 + 1 + 6)
    assert (found[:, :8] == first[:, index].T).all()
    assert np.isnan(found[:, 8]).all()
    assert np.isnan(found[0, 9:]).all()
    assert (found[1, 9:] == second[:, 7]).all()


def test_a_long_timeline_is_thinned_to_shares(runs_root: Path) -> None:
    run = write_run(runs_root, n=40, epochs=(125,))
    measured = measure(run)
    found = timelines(run, measured, np.arange(40))
    assert found.shape[1] <= MAX_COLUMNS
    status = unpack_status(run.status(0), 40)
    assert np.allclose(found[:, 0], status[:2].mean(axis=0))
    assert np.allclose(found[:, -1], status[124:].mean(axis=0))


@pytest.mark.parametrize(("side", "format_"), [(8, "PNG"), (48, "WEBP")])
@pytest.mark.parametrize("gutter", [0, 2])
def test_a_sheet_holds_every_picture_in_its_place(side: int, format_: str, gutter: int) -> None:
    greys = np.linspace(20, 235, 30).astype(np.uint8)
    pictures = np.broadcast_to(greys[:, None, None, None], (30, side, side + 4, 3))
    sheet = image_sheet(pictures, gutter)
    with Image.open(io.BytesIO(sheet.content)) as image:
        assert image.format == format_
        pixels = np.asarray(image.convert("L")).astype(int)
    height, width = side + 2 * gutter, side + 4 + 2 * gutter
    assert pixels.shape == (sheet.rows * height, sheet.columns * width)
    for at, grey in enumerate(greys):
        top, left = (at // sheet.columns) * height, (at % sheet.columns) * width
        assert abs(pixels[top + height // 2, left + width // 2] - int(grey)) < 6


def test_strips_are_the_colours_of_status_and_see_through_where_unknown() -> None:
    with Image.open(io.BytesIO(strips(np.array([[1.0, 0.0, np.nan, 0.5]])))) as image:
        (row,) = np.asarray(image)
    assert tuple(row[0]) == (*palette.MEMORIZED, 255)
    assert tuple(row[1]) == (*palette.MISCLASSIFIED, 255)
    assert row[2][3] == 0
    between = (np.array(palette.MEMORIZED) + palette.MISCLASSIFIED) / 2
    assert np.abs(row[3][:3] - between).max() <= 1


def test_a_small_picture_is_no_larger_than_asked() -> None:
    content = small_webp(np.zeros((60, 30, 3), dtype=np.uint8), 40)
    with Image.open(io.BytesIO(content)) as image:
        assert image.size == (20, 40)
