"""`bench fuzz`: a few cases of every kind; finds are told, and what no case may do is stopped."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from benchmarks.browser.session import Answer
from benchmarks.fuzz import run, watch
from benchmarks.fuzz.damage import acting_pickle
from benchmarks.fuzz.kind import Case, Kind
from benchmarks.fuzz.kinds import KINDS, urls
from benchmarks.fuzz.kinds.run_folders import prepare
from mild.errors import DataError

FEW = {"configs": 60, "manifests": 40, "arrays": 60, "addresses": 30, "messages": 10,
       "reviews": 12}  # fmt: skip


@pytest.mark.parametrize("name", FEW)
def test_hostile_input_gets_a_sentence_or_an_answer(name: str) -> None:
    told: list[str] = []
    result = run.run([KINDS[name]], cases=FEW[name], seed=1, say=told.append)
    assert not result["found"], "\n".join(told)


def test_a_damaged_run_gets_a_sentence_or_an_answer() -> None:
    told: list[str] = []
    some = replace(KINDS["runs"], prepare=partial(prepare, parts=(0, 1, 3)))
    result = run.run([some], cases=25, seed=1, say=told.append)
    assert not result["found"], "\n".join(told)


def kind(case: Case) -> Kind:
    return Kind(name="made up", about="for a test", prepare=lambda folder: case)


def test_our_own_errors_are_answers_and_others_are_finds() -> None:
    def case(rng: np.random.Generator) -> None:
        if rng.random() < 0.5:
            raise DataError("a sentence")
        raise KeyError("something else")

    (found,) = run.run([kind(case)], cases=20, seed=0)["kinds"]
    assert found["refused"] + found["found"] == 20
    (find,) = found["finds"]
    assert find["error"] == "KeyError: 'something else'"


def test_the_same_seed_and_number_make_the_same_case() -> None:
    drawn: list[float] = []
    one = kind(lambda rng: drawn.append(rng.random()))
    run.run([one], cases=5, seed=3)
    run.run([one], cases=1, seed=3, first=4)
    assert drawn[4] == drawn[5]


@pytest.mark.parametrize("what", ["elsewhere", "process", "pickle", "slow"])
def test_what_no_case_may_do_is_stopped(
    what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    proof = tmp_path / "proof"
    monkeypatch.setattr(watch, "SECONDS", 0.05)
    pickled = acting_pickle(proof)

    def case(rng: np.random.Generator) -> None:
        import pickle

        if what == "elsewhere":
            proof.write_text("written")
        elif what == "process":
            subprocess.run([sys.executable, "-c", ""], check=True)
        elif what == "pickle":
            pickle.loads(pickled)
        else:
            with watch.bounded_time(0.05):
                time.sleep(5)

    (found,) = run.run([kind(case)], cases=1, seed=0)["kinds"]
    assert found["found"] == 1
    assert not proof.exists()


def test_a_page_that_shows_a_trace_or_a_fault_of_ours_or_nothing_is_a_find() -> None:
    sentence = "run x: no such run."
    urls.check(Answer(seconds=0.1, errors=[sentence]), "live?run=x")
    ours = "Something went wrong on this page, and the fault is ours. Your runs are safe."
    for bad in (
        Answer(seconds=0.1, errors=[sentence, ours]),
        Answer(seconds=0.1, traces=["KeyError: 'x'"]),
        Answer(),
    ):
        with pytest.raises(AssertionError, match=r"live\?run=x"):
            urls.check(bad, "live?run=x")
