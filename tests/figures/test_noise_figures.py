"""The picture of a transition matrix, and of how many images each class has."""

from __future__ import annotations

import json

import numpy as np
import pytest

from mild.analysis.requested_noise import requested_matrix
from mild.config import parse
from mild.errors import NoiseError
from mild.figures.noise import class_balance, transition_matrix


def test_right_labels_and_wrong_ones_are_two_colours_in_per_cent() -> None:
    matrix_CC = np.array([[0.9, 0.1], [0.0, 1.0]])
    right, wrong = transition_matrix(matrix_CC, ["cat", "dog"]).data
    np.testing.assert_allclose(np.diag(right.z), [90, 100])
    assert np.isnan(right.z[0, 1])
    assert wrong.z[0, 1] == pytest.approx(10)
    assert np.isnan(wrong.z[1, 0])  # nothing is drawn where nothing becomes wrong
    assert list(right.x) == list(right.y) == ["cat", "dog"]


def test_classes_of_the_same_short_name_are_told_apart() -> None:
    names = [f"a very long name of a class, number {label}" for label in range(3)]
    right, _ = transition_matrix(np.eye(3), names).data
    assert len(set(right.x)) == 3
    assert max(map(len, right.x)) < 25


def test_a_hundred_classes_send_no_more_than_a_page_may() -> None:
    matrix_CC = np.full((100, 100), 0.01)
    figure = transition_matrix(matrix_CC, [f"class {label}" for label in range(100)])
    assert len(figure.to_json()) < 200_000
    assert figure.data[0].texttemplate is None
    assert len(class_balance([5] * 100, ["x"] * 100).to_json()) < 20_000


@pytest.mark.parametrize(
    ("noise", "row"),
    [
        ({"model": "symmetric", "rate": 0.4}, [0.7, 0.1, 0.1, 0.1]),
        ({"model": "symmetric-exclusive", "rate": 0.3}, [0.7, 0.1, 0.1, 0.1]),
        ({"model": "pairflip", "rate": 0.3}, [0.7, 0.3, 0, 0]),
        ({"model": "class-map", "rate": 0.3, "class_map": {"0": 2}}, [0.7, 0, 0.3, 0]),
        ({"model": "none"}, [1, 0, 0, 0]),
    ],
)
def test_the_matrix_asked_for_is_known_before_any_label_is_drawn(
    noise: dict[str, dict[str, int] | float | str] | dict[str, float | str] | dict[str, str],
    row: list[float | int] | list[float] | list[int],
) -> None:
    matrix_CC = requested_matrix(parse({"noise": noise}).noise, 4, "digits")
    assert matrix_CC is not None
    np.testing.assert_allclose(matrix_CC[0], row)
    np.testing.assert_allclose(matrix_CC.sum(axis=1), 1)


def test_instance_noise_has_no_matrix_before_the_images_are_read() -> None:
    noise = parse({"noise": {"model": "instance", "rate": 0.2}}).noise
    assert requested_matrix(noise, 4, "digits") is None


def test_noise_that_does_not_fit_is_told() -> None:
    noise = parse({"noise": {"model": "asymmetric", "rate": 0.2}}).noise
    with pytest.raises(NoiseError, match="there is no agreed map"):
        requested_matrix(noise, 10, "digits")


def test_a_figure_is_plain_json() -> None:
    assert json.loads(transition_matrix(np.eye(2), ["<b>", "&"]).to_json())["data"]
