"""Scores are written as the field writes them and shares in per cent, by one rule."""

from __future__ import annotations

import math

import pytest

from mild.figures.layout import as_drawn
from mild.scale import SCORE, SHARE, scale_of


@pytest.mark.parametrize(
    "name",
    ["accuracy", "Held-out accuracy", "AUROC in round 1", "f1_flagged", "Est. precision",
     "recall of clean", "Planted separation"],
)  # fmt: skip
def test_what_the_field_writes_from_0_to_1_is_a_score(name: str) -> None:
    assert scale_of(name) is SCORE
    assert scale_of(name).titled(name) == name


@pytest.mark.parametrize("name", ["Kept share", "noise_rate", "Memorized wrong labels", "kept"])
def test_a_share_of_images_is_in_per_cent(name: str) -> None:
    assert scale_of(name) is SHARE
    assert scale_of(name).titled(name) == f"{name} (%)"


def test_a_pointer_reads_a_value_as_tables_write_it_and_nothing_where_none_is_known() -> None:
    drawn = as_drawn([0.917, None, math.nan], SCORE)
    assert drawn["y"] == [0.917, None, None]
    assert drawn["text"] == [".917", "–", "–"]
    assert as_drawn([0.4], SHARE)["y"] == [40.0]
