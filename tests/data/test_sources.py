"""One door to every data set."""

from __future__ import annotations

import numpy as np
import pytest

from mild.config import DataConfig
from mild.data.sources import SOURCES, load, problems
from mild.errors import DataError


def test_digits_are_there_without_network_and_their_held_out_part_is_class_balanced():
    digits = load(DataConfig(test_fraction=0.2), seed=0)
    assert digits.images.shape[0] + digits.test_images.shape[0] == 1797
    assert digits.images.shape[1:] == (8, 8)
    assert digits.class_names == tuple("0123456789")
    shares = np.bincount(digits.test_labels_M) / 0.2
    whole = np.bincount(digits.test_labels_M) + np.bincount(digits.given_N)
    assert np.abs(shares - whole).max() <= 2.5
    np.testing.assert_array_equal(digits.given_N, digits.clean_N)


def test_an_unknown_data_set_is_answered_with_those_that_exist():
    with pytest.raises(DataError) as error:
        load(DataConfig(source="imagenet"), seed=0)
    assert str(error.value) == (
        f"The data set 'imagenet' is unknown. Choose one of {', '.join(SOURCES)}."
    )
    assert problems(DataConfig(source="imagenet")) == [str(error.value)]
