"""The picture of a round by rows: averages, commonest labels, and names of single instances."""

from __future__ import annotations

import numpy as np

from mild.analysis.learning import Groups
from mild.analysis.matrix import Matrix
from mild.analysis.matrix_rows import MOST_LETTERS, Shown, describe_rows
from mild.core.dynamics import pack_status

STATUS_EN = np.array([[1, 0, 1, 0], [1, 1, 1, 0]], dtype=np.uint8)
NAMES_N = np.array(["a" * 300, "b", "c", "d"], dtype=object)


def shown(groups: Groups | None = None) -> Shown:
    return Shown(
        given_N=np.array([0, 1, 1, 1]), names_N=NAMES_N, classes=["cat", "dog"], groups=groups
    )


def test_a_row_of_one_instance_has_its_status_its_label_and_its_name() -> None:
    order = np.array([3, 0, 1, 2])
    rows = describe_rows(
        Matrix(order), pack_status(STATUS_EN), shown(), token="t", n_epochs_asked=5, curves={}
    )
    assert (rows.percent_RC == 100 * STATUS_EN[:, order].T).all()
    assert (rows.n_epochs, rows.n_epochs_asked, rows.epochs_each) == (2, 5, 1)
    assert [rows.classes[label] for label in rows.common_R] == ["dog", "cat", "dog", "dog"]
    assert rows.names_R == ["d", "a" * (MOST_LETTERS - 1) + "…", "b", "c"]
    assert rows.groups is None
    assert rows.second_R is None


def test_a_row_of_several_is_their_average_and_has_no_name() -> None:
    two = Matrix(np.arange(4), np.array([0, 2]))
    groups = Groups(
        names=("kept", "flagged"),
        second_N=np.array([False, True, True, True]),
        planted_N=np.zeros(4, dtype=bool),
    )
    rows = describe_rows(
        two, pack_status(STATUS_EN), shown(groups), token="t", n_epochs_asked=2, curves={}
    )
    assert rows.percent_RC.tolist() == [[50, 100], [50, 50]]
    assert rows.n_R == [2, 2]
    assert rows.common_share_R == [50, 100]
    assert rows.second_R == [50, 100]
    assert rows.names_R is None
