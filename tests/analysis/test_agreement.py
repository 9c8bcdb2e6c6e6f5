"""Agreement between reviewers: kappa as others compute it, of what was judged unseen."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from mild.analysis.agreement import agreements, as_kappa, cohens_kappa, words
from mild.store.folder import RunFolder
from mild.store.review import opinions
from mild.store.review.decision import Decision, Window
from mild.store.review.decisions import decide
from mild.store.review.settling import settle

KEEP, DROP = Decision("keep"), Decision("drop")


@pytest.mark.parametrize(("seed", "n", "share"), [(0, 300, 0.6), (1, 200, 0.9), (2, 150, 0.0)])
def test_kappa_is_that_of_scikit_learn_and_its_interval_that_of_a_bootstrap(
    seed: int, n: int, share: float
) -> None:
    rng = np.random.default_rng(seed)
    first_N = rng.choice(4, n, p=[0.6, 0.2, 0.1, 0.1])
    second_N = np.where(rng.random(n) < share, first_N, rng.integers(0, 4, n))
    found = cohens_kappa(first_N.tolist(), second_N.tolist())
    assert found.value == pytest.approx(cohen_kappa_score(first_N, second_N))
    draws = rng.integers(0, n, (120, n))
    again = [cohen_kappa_score(first_N[draw], second_N[draw]) for draw in draws]
    low, high = np.quantile(again, [0.025, 0.975])
    assert found.low == pytest.approx(low, abs=0.05)
    assert found.high == pytest.approx(high, abs=0.05)


def test_one_answer_throughout_has_no_kappa_and_full_agreement_is_one() -> None:
    assert cohens_kappa([KEEP] * 3, [KEEP] * 3).value is None
    assert cohens_kappa([], []).value is None
    assert cohens_kappa([KEEP] * 3, [KEEP, DROP, KEEP]).value is None  # 0 ± 0 whatever they say
    assert cohens_kappa([KEEP, DROP], [KEEP, DROP]).value == pytest.approx(1)
    assert (as_kappa(1.0), as_kappa(0.824), as_kappa(-0.31), as_kappa(0.0), as_kappa(None)) == (
        "1.00",
        ".82",
        "−.31",
        ".00",
        "–",
    )


def test_a_pair_is_compared_by_what_each_said_unseen(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    folder = RunFolder(tmp_path / "run")
    anna, ben, carla = (Window(name[0], 0, name) for name in ("anna", "ben", "carla"))
    decide(folder, {1: KEEP, 2: DROP, 3: DROP, 4: KEEP}, anna)
    opinions.give(folder, {1: KEEP, 2: DROP, 3: KEEP, 4: KEEP}, ben)
    decide(folder, {3: KEEP}, anna)  # settled after ben's answer was seen: it counts as before
    opinions.give(folder, {1: DROP}, carla)
    by_pair = {item.reviewers: item for item in agreements(folder)}
    both = by_pair["anna", "ben"]
    assert (both.n, both.n_same, both.wrong_first, both.wrong_second) == (4, 3, 2, 1)
    assert both.kappa.value == pytest.approx(0.5)
    assert words(both).startswith("anna and ben agree on 3 of 4: kappa .50 (")
    assert by_pair["ben", "carla"].n == by_pair["anna", "carla"].n == 1
    assert "kappa says nothing" in words(by_pair["ben", "carla"])


def test_whoever_settled_it_is_compared_with_nobody_whose_answer_they_had_seen(
    tmp_path: Path,
) -> None:
    (tmp_path / "run").mkdir()
    folder = RunFolder(tmp_path / "run")
    anna, ben, carla, dan = (Window(name, 0, name) for name in ("anna", "ben", "carla", "dan"))
    decide(folder, {1: KEEP}, anna)
    opinions.give(folder, {1: DROP}, ben)
    settle(folder, {1: DROP}, carla)
    opinions.give(folder, {1: DROP}, dan)
    assert {item.reviewers for item in agreements(folder)} == {
        ("anna", "ben"),
        ("anna", "dan"),
        ("ben", "dan"),
    }
