"""Before training: who is who, and which labels are wrong on purpose."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from mild.config import parse
from mild.data.images.thumbnails import thumbnail_side, thumbnails
from mild.errors import NoiseError
from mild.store.run import Run
from mild.store.writer import RunWriter, create_run
from mild.training.pipeline.prepare import Prepared, prepare
from mild.training.runtime.stop import Stop, Stopped


def _prepare(stop: Stop | None = None, **settings: Any) -> tuple[Run, Prepared]:
    config = parse(settings)
    run = Run(create_run(config))
    writer = RunWriter(run.folder)
    try:
        return run, prepare(config, writer, stop or Stop())
    finally:
        writer.close()


def _folder(path: Path, n: int) -> Path:
    for label in ("dark", "light"):
        (path / label).mkdir(parents=True)
        for number in range(n):
            Image.new("RGB", (8, 8), (number, 9, 9)).save(path / label / f"{number:03}.png")
    return path


def test_the_noise_is_that_of_the_seed_and_the_clean_labels_stay() -> None:
    noise = {"model": "symmetric", "rate": 0.4}
    one, prepared = _prepare(noise=noise)
    _, again = _prepare(noise=noise)
    _, other = _prepare(noise=noise, seed=1)
    _, clean = _prepare()
    np.testing.assert_array_equal(prepared.given_N, again.given_N)
    np.testing.assert_array_equal(prepared.clean_N, clean.given_N)
    assert (prepared.given_N != other.given_N).any()
    rate = (prepared.given_N != prepared.clean_N).mean()
    assert one.facts()["actual_noise_rate"] == rate
    assert abs(rate - 0.36) < 0.03  # a tenth of the labels drawn anew are right by chance


def test_the_held_out_part_is_never_corrupted() -> None:
    _, noisy = _prepare(noise={"model": "symmetric", "rate": 1.0})
    _, clean = _prepare()
    np.testing.assert_array_equal(noisy.test_labels_M, clean.test_labels_M)
    np.testing.assert_array_equal(noisy.test_images.read_all(), clean.test_images.read_all())


def test_a_class_map_relabels_an_exact_share_of_its_classes_alone() -> None:
    noise = {"model": "class-map", "rate": 0.25, "class_map": {"3": 5}}
    run, prepared = _prepare(noise=noise)
    wrong_N = prepared.given_N != prepared.clean_N
    assert wrong_N.sum() == (prepared.clean_N == 3).sum() // 4
    assert set(prepared.clean_N[wrong_N]) == {3}
    assert set(prepared.given_N[wrong_N]) == {5}
    assert run.facts()["requested_transitions"][3][5] == 0.25


def test_a_matrix_is_drawn_from_and_its_rate_follows() -> None:
    matrix = np.eye(10)
    matrix[7] = [0.5, 0, 0, 0, 0, 0, 0, 0.5, 0, 0]
    run, prepared = _prepare(noise={"model": "matrix", "matrix": matrix.tolist()})
    sevens_N = prepared.clean_N == 7
    assert set(prepared.given_N[sevens_N]) == {0, 7}
    np.testing.assert_array_equal(prepared.given_N[~sevens_N], prepared.clean_N[~sevens_N])
    assert run.facts()["requested_noise_rate"] == pytest.approx(0.5 * sevens_N.mean())


@pytest.mark.parametrize(
    ("noise", "sentence"),
    [
        ({"model": "matrix", "matrix": [[1, 0], [0, 1]]}, "with 10 classes it must be 10 x 10"),
        ({"model": "class-map", "rate": 0.1, "class_map": {"3": 10}}, "classes run from 0 to 9"),
    ],
)
def test_noise_that_does_not_fit_the_classes_is_a_sentence(
    noise: dict[str, dict[str, int] | float | str] | dict[str, list[list[int]] | str], sentence: str
) -> None:
    with pytest.raises(NoiseError, match=sentence):
        _prepare(noise=noise)


def test_a_noise_rate_of_nothing_changes_no_label() -> None:
    run, prepared = _prepare(noise={"model": "symmetric", "rate": 0.0})
    np.testing.assert_array_equal(prepared.given_N, prepared.clean_N)
    assert run.facts()["actual_noise_rate"] == 0.0


def test_own_images_have_no_clean_labels_unless_noise_is_added(tmp_path: Path) -> None:
    data = {"source": "folder", "path": str(_folder(tmp_path / "pictures", 20))}
    _, as_given = _prepare(data=data)
    _, with_noise = _prepare(data=data, noise={"model": "symmetric", "rate": 0.5})
    assert as_given.clean_N is None
    np.testing.assert_array_equal(with_noise.clean_N, as_given.given_N)


def test_a_request_to_stop_is_heeded_while_images_are_read(tmp_path: Path) -> None:
    stop = Stop()
    stop.asked = True
    with pytest.raises(Stopped):
        _prepare(stop, data={"source": "folder", "path": str(_folder(tmp_path / "pictures", 20))})


def test_sigterm_is_a_request_and_the_terminals_signals_are_not() -> None:
    before = {name: signal.getsignal(name) for name in (15, 2, 1)}
    stop = Stop()
    try:
        stop.listen()
        stop.check()
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGHUP)
        assert not stop()
        signal.raise_signal(signal.SIGTERM)
        assert stop()
        with pytest.raises(Stopped):
            stop.check()
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ((2, 8, 8), (8, 8)),
        ((2, 128, 64), (64, 32)),
        ((2, 64, 200), (20, 64)),
        ((1, 3, 900), (1, 64)),
    ],
)
def test_a_thumbnails_longest_side_is_the_one_asked_for(
    shape: tuple[int, int, int], expected: tuple[int, int]
) -> None:
    small = thumbnails(np.zeros((*shape, 3), dtype=np.uint8), 64)
    assert small.shape == (shape[0], *expected, 3)
    assert small.dtype == np.uint8


def test_thumbnails_of_large_files_are_larger_than_what_is_trained_on(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    for label in ("dark", "light"):
        (tmp_path / label).mkdir()
        for number in range(15):
            pixels = rng.integers(255, size=(180, 200, 3), dtype=np.uint8)
            Image.fromarray(pixels).save(tmp_path / label / f"{number:03}.png")
    data = {"source": "folder", "path": str(tmp_path), "test_fraction": 0.2}
    run, prepared = _prepare(data=data)
    assert prepared.images.shape[1:] == (64, 64)
    assert run.thumbnails_of(np.arange(30)).shape == (30, 180, 180, 3)
    facts = run.facts()
    assert (facts["thumbnail_pixels"], facts["thumbnail_bytes"]) == (180, 30 * 180 * 180 * 3)
    name = str(run.instances().names[3])
    with Image.open(tmp_path / name) as image:
        middle = np.asarray(image)[:, 10:190]
    np.testing.assert_array_equal(run.thumbnails()[3], middle)


@pytest.mark.parametrize(
    ("n", "original", "expected"),
    [(600, 4000, 256), (10_000, 4000, 128), (60_000, 4000, 64), (10**7, 500, 64), (600, 100, 100)],
)
def test_thumbnails_are_as_large_as_their_number_allows(
    n: int, original: int, expected: int
) -> None:
    assert thumbnail_side(n, original) == expected


def test_thumbnails_of_large_arrays_are_larger_than_what_is_trained_on(tmp_path: Path) -> None:
    images = np.random.default_rng(0).integers(255, size=(40, 100, 120), dtype=np.uint8)
    np.savez(tmp_path / "set.npz", images=images, labels=np.arange(40) % 2)
    data = {"source": "arrays", "path": str(tmp_path / "set.npz"), "test_fraction": 0.25}
    run, prepared = _prepare(data=data)
    assert prepared.images.shape[1:] == (64, 64)
    assert run.thumbnails_of(np.arange(40)).shape == (40, 100, 100, 3)
