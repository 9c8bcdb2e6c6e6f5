"""The examples of the documentation that record texts, a table and sounds run as they stand."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

import mild
from mild.store.run import all_runs
from tests.docs.documents import examples

EXAMPLES = examples("recorder.md")[5:8]
WORDS = (("cat", "meow", "fur"), ("dog", "bark", "paw"))


def test_texts_a_table_and_sounds_are_recorded_as_documented() -> None:
    rng = np.random.default_rng(0)
    labels = np.arange(64) % 2
    texts = [" ".join(rng.choice(WORDS[label], size=6)) for label in labels]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of scikit-learn, on so few samples
        world: dict[str, Any] = {"mild": mild, "np": np, "labels": labels, "texts": texts}
        for example in EXAMPLES:
            exec(example.replace("=10", "=2").replace("(10)", "(2)"), world)  # fewer epochs
    sounds, wine, words = all_runs()
    assert words.texts_of(np.array([3]))[0].text == texts[3]
    assert len(wine.rows_of(np.array([0]))[0]) == 13
    assert sounds.sounds_of(np.array([99]))[0].seconds == 1
    assert {run.state().state for run in (sounds, wine, words)} == {"done"}
