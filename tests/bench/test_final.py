"""`bench final`: every way begins from the same kept set, and what is printed was measured."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from benchmarks import final
from benchmarks.training import cifar_trials
from mild.data.dataset import ImageArray, LabelledImages
from mild.errors import DataError

WAYS: dict[str, dict[str, Any]] = {
    "kept, supervised": {"epochs": 1},
    "kept and dropped, MixMatch": {"kind": "mixmatch", "epochs": 1},
    final.CLEAN: {"epochs": 1},
}
SETTINGS = final.SETTINGS | {
    "rounds": [2],
    "selection": {"rule": "keep-fraction", "keep_fraction": 0.5},
}


def two_classes() -> LabelledImages:
    """Two classes, dark and bright."""
    labels = np.arange(200) % 2
    images = np.broadcast_to((40 + 150 * labels)[:, None, None, None], (200, 8, 8, 3))
    array = ImageArray(images.astype(np.uint8))
    return LabelledImages(
        images=array,
        given_N=labels,
        clean_N=None,
        class_names=("dark", "bright"),
        names=tuple(f"image {index}" for index in range(200)),
        test_images=array,
        test_labels_M=labels,
        test_given_M=labels,
        test_clean_M=None,
        test_names=tuple(f"test {index}" for index in range(200)),
        skipped=(),
        description="Made for a test",
    )


def test_every_way_is_measured_from_the_same_kept_set(capsys: pytest.CaptureFixture[str]) -> None:
    result = final.run(two_classes(), [0, 1], WAYS, SETTINGS, n_train=80, n_test=40)
    assert list(result["mean"]) == [final.EVERYTHING, *WAYS]
    for one in result["seeds"]:
        n_trained = {way: found["trained_on"] for way, found in one["ways"].items()}
        n_clean = 80 - round(80 * one["noise_rate"])
        assert n_trained == {
            final.EVERYTHING: 80,
            "kept, supervised": one["kept"],
            "kept and dropped, MixMatch": one["kept"],
            final.CLEAN: n_clean,
        }
        assert 40 <= one["kept"] < 80
    for way, mean in result["mean"].items():
        last = [one["ways"][way]["last"] for one in result["seeds"]]
        assert mean["last"] == pytest.approx(sum(last) / 2)
        assert mean["best"] >= mean["last"]
    assert len(capsys.readouterr().err.splitlines()) == 8  # a line as each is done


def test_the_same_seed_draws_the_same_images_and_labels_and_another_seed_others() -> None:
    one, same, other = (cifar_trials.subset(two_classes(), seed, 80, 40, 0.5) for seed in (0, 0, 1))
    np.testing.assert_array_equal(one.given_N, same.given_N)
    np.testing.assert_array_equal(one.images.read_all(), same.images.read_all())
    assert (one.given_N != other.given_N).any()
    assert one.clean_N is not None
    assert np.bincount(one.clean_N).tolist() == [40, 40]
    np.testing.assert_array_equal(one.test_labels_M, other.test_labels_M)


def test_too_few_images_of_a_class_are_a_sentence() -> None:
    with pytest.raises(DataError) as error:
        cifar_trials.subset(two_classes(), 0, 400, 40, 0.5)
    assert str(error.value) == (
        "class 0 has 100 images and 200 are needed; name a folder with more."
    )
