"""An empty environment, from the core to the dashboard: what each part can do, and says it lacks.

Downloads, so only where it is asked for: MILD_TEST_INSTALL=1, as `.ci/run` does. Each step builds
on the one before.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import end_workers
from tests.installation.conftest import Environment
from tests.installation.dashboard import new_session, show

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        os.environ.get("MILD_TEST_INSTALL") != "1", reason="downloads; MILD_TEST_INSTALL=1 asks"
    ),
]


@pytest.fixture(scope="module")
def core(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Environment]:
    """A new environment with the wheel and what its core needs, and nothing else."""
    made = Environment(tmp_path_factory.mktemp("empty"), tmp_path_factory.mktemp("there"))
    subprocess.run([sys.executable, "-m", "venv", str(made.folder)], check=True)
    install(made, str(wheel))
    yield made
    end_workers(made.elsewhere / "runs")


LOOP = """
import numpy as np
from sklearn.datasets import load_digits
from sklearn.linear_model import SGDClassifier

import mild

digits = load_digits()
pixels, clean = digits.data / 16, digits.target
pictures = (15 * digits.images).astype(np.uint8)
rng = np.random.default_rng(0)
labels = np.where(rng.random(len(clean)) < 0.3, rng.integers(10, size=len(clean)), clean)
planted = mild.plant(labels)
network = SGDClassifier(loss="log_loss", random_state=0)
network.partial_fit(pixels[:20], planted.labels[:20], classes=np.arange(10))

with mild.Recorder(
    labels, clean=clean, planted=planted, epochs=8, name="sklearn loop", images=pictures
) as recorder:
    for _ in range(8):
        for index in np.array_split(rng.permutation(len(labels)), 20):
            recorder.update(index, network.decision_function(pixels[index]))
            network.partial_fit(pixels[index], planted.labels[index])
        recorder.end_epoch()
    kept = recorder.end_round()

print(np.mean(labels == clean), np.mean(labels[kept] == clean[kept]))
"""


def install(environment: Environment, *words: str) -> None:
    done = environment.run("pip", "install", "-q", *words, timeout=900)
    assert done.returncode == 0, done.stderr


def lacks(environment: Environment, *names: str) -> bool:
    return all(environment.run("python", "-c", f"import {name}").returncode == 1 for name in names)


def _the_core_brings_no_heavy_library_and_commands_say_what_they_lack(core: Environment) -> None:
    assert lacks(core, "torch", "streamlit", "sklearn", "plotly")
    for words, extra in (("demo", "train"), ("train", "train"), ("show", "dashboard")):
        done = core.run("mild", words)
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.endswith(f'not installed here: pip install "mild[{extra}]"\n')
        assert done.stderr.count("\n") == 1
    assert not (core.elsewhere / "runs").exists()


def _a_loop_of_scikit_learn_is_recorded_selected_and_exported(core: Environment) -> None:
    install(core, "scikit-learn")  # the loop's, not ours
    done = core.run("python", "-c", LOOP)
    assert done.returncode == 0, done.stderr
    before, after = map(float, done.stdout.split())
    assert before < 0.75 < 0.9 < after
    (run,) = json.loads(core.run("mild", "runs", "--json").stdout)["runs"]
    assert (run["state"], run["name"]) == ("done", "sklearn loop")
    words = ("export", "sklearn loop", "--format", "csv", "--output", "labels.csv")
    assert core.run("mild", *words).returncode == 0
    assert len((core.elsewhere / "labels.csv").read_text().splitlines()) == 1 + 1797
    refused = core.run("mild", "report", "sklearn loop")
    assert refused.stderr.endswith('pip install "mild[dashboard]"\n')


def _the_dashboard_and_the_report_do_without_pytorch(core: Environment) -> None:
    install(core, "mild[dashboard]")  # as the sentence says
    assert lacks(core, "torch")
    assert core.run("mild", "report", "sklearn loop", "--output", "r.html").returncode == 0
    with show(core) as server:
        assert not new_session(server.port).config.gather_usage_stats
    refused = core.run("mild", "demo")
    assert refused.stderr.endswith(
        'torch, torchvision, not installed here: pip install "mild[train]"\n'
    )


def test_each_part_does_its_work_and_says_what_it_lacks(core: Environment) -> None:
    _the_core_brings_no_heavy_library_and_commands_say_what_they_lack(core)
    _a_loop_of_scikit_learn_is_recorded_selected_and_exported(core)
    _the_dashboard_and_the_report_do_without_pytorch(core)
