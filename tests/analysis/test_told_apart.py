"""What people read while a round trains: are planted labels told apart, would more epochs help?"""

from __future__ import annotations

import numpy as np

from mild.analysis.rounds.told_apart import told_apart_words
from mild.core.planted.separation import Separation


def _told(*auroc: float) -> Separation:
    return Separation(epochs=np.arange(1, len(auroc) + 1), auroc=np.array(auroc))


def test_nothing_is_said_of_the_first_epochs() -> None:
    assert told_apart_words(_told(0.9, 0.95), 20) == ""


def test_a_level_separation_is_enough() -> None:
    words = told_apart_words(_told(0.7, 0.9, 0.929, 0.93, 0.93, 0.931, 0.93, 0.93), 8)
    assert words == "The planted labels are told from the others by .93 (AUROC): enough to select."


def test_a_rising_separation_asks_for_more_epochs() -> None:
    words = told_apart_words(_told(0.6, 0.65, 0.7, 0.75, 0.78, 0.8, 0.83, 0.86), 20)
    assert words.endswith("enough to select, and still rising: more epochs help.")


def test_a_separation_that_fell_says_after_how_many_epochs_it_was_best() -> None:
    words = told_apart_words(_told(0.8, 0.9, 0.95, 0.93, 0.91, 0.9, 0.89, 0.88), 8)
    assert "by .88 (AUROC); it was .95 after 3 epochs" in words
    assert words.endswith("they are being memorized, so fewer epochs would do.")


def test_a_low_separation_is_too_little_to_select() -> None:
    assert "not enough to select yet. More epochs may help." in told_apart_words(
        _told(0.5, 0.51, 0.52, 0.53), 20
    )
    assert "too little to select. More epochs may help." in told_apart_words(
        _told(0.5, 0.51, 0.52, 0.53), 4
    )


def test_the_estimated_noise_rate_corrects_the_figure() -> None:
    words = told_apart_words(_told(0.8, 0.8, 0.8, 0.8), 4, noise_rate=0.2)
    assert "by .87 (AUROC)" in words or "by .88 (AUROC)" in words
