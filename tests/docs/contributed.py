"""What people meet in a copy of the project that has the examples of CONTRIBUTING.md, as JSON.

python -m tests.docs.contributed RUNS, in the copy and with it first on the path.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import torch
from streamlit.testing.v1 import AppTest
from typer.testing import CliRunner

from mild.analysis.compare import judge_detectors, sweep_rules
from mild.cli.main import app as commands
from mild.config import MODELS, options, parse
from mild.core.noise import corrupt
from mild.core.selection import select_counts
from mild.data import load as sources
from mild.store.run import Run
from mild.training.models.by_name import build_model
from mild.ui.frame import shell
from tests.runs_for_tests import write_run

COMMANDS = ("select", "branch", "train", "noise", "export")
COUNTS = (300, 180, 90, 40, 20, 10, 6, 4, 3, 3, 4, 6, 9, 14, 22, 35, 60, 90, 110, 90, 120)
RULE: dict[str, Any] = {"rule": "noisy-quantile", "quantile": 0.3}


def main(root: Path) -> dict[str, Any]:
    run = write_run(root)
    return {
        "help": {name: _said(name, "--help") for name in COMMANDS},
        **_form(),
        **_rule(run),
        **_noise(),
        **_export(run, root / "names.txt"),
        **_page(),
        **_source_and_network(),
    }


def _said(*words: str) -> str:
    done = CliRunner().invoke(commands, list(words))
    assert done.exit_code == 0, done.output
    return done.output


def _open(page: str, **query: str) -> AppTest:
    app = AppTest.from_file(str(Path("app.py").absolute()), default_timeout=120)
    for key, value in query.items():
        app.query_params[key] = value
    app.switch_page(f"pages/{page}.py").run()
    assert not app.exception, [item.message for item in app.exception]
    return app


def _form() -> dict[str, Any]:
    form = _open("new_run")
    lists = {item.label: item.options for item in form.selectbox}
    form.selectbox("rule").set_value(RULE["rule"]).run()
    return {"lists": lists, "sliders": [item.label for item in form.slider]}


def _rule(run: Run) -> dict[str, Any]:
    rules = [
        parse({"selection": RULE | {"quantile": quantile}}).selection.made_rule()
        for quantile in (0.2, 0.5, 0.9)
    ]
    detectors = judge_detectors(run, 0)
    assert detectors is not None
    return {
        "options": options.command_line(parse({"selection": RULE})),
        "cuts": [select_counts(np.array(COUNTS), rule=rule).cut for rule in rules],
        "swept": sweep_rules(run, 0).rules,
        "rules": _open("selection", run=run.run_id).dataframe[0].value["Rule"].tolist(),
        "lesson": _open("learn", section="cut").table[0].value["Rule"].tolist(),
        "detectors": {name: item.auroc for name, item in detectors.items()},
    }


def _noise() -> dict[str, Any]:
    clean_N = np.arange(1000) % 10
    rng = np.random.default_rng(0)
    noisy = corrupt(clean_N, model="neighbours", rate=0.3, n_classes=10, rng=rng)
    apart_CC = np.abs(noisy.actual_matrix_CC - noisy.requested_matrix_CC)
    steps = np.unique((noisy.given_N - clean_N) % 10).tolist()
    return {"noise": [noisy.actual_rate, float(apart_CC.max())], "steps": steps}


def _export(run: Run, path: Path) -> dict[str, Any]:
    _said("export", run.run_id, "--format", "flagged-names", "--output", str(path))
    buttons = [item.label for item in _open("review", run=run.run_id).get("download_button")]
    return {"names": path.read_text(encoding="utf-8").splitlines(), "formats": buttons}


def _page() -> dict[str, Any]:
    menu = [shell.title(stem) for stem in shell.stems()]
    return {"menu": menu, "glossary": [item.value for item in _open("glossary").title]}


def _source_and_network() -> dict[str, Any]:
    halves = sources.load(parse({"data": {"source": "halves"}}).data, seed=0)
    logits_BC = build_model("linear", 5, 8, seed=0)(torch.zeros(2, 3, 8, 8))
    return {
        "halves": [halves.description, halves.class_names],
        "models": MODELS,
        "logits": list(logits_BC.shape),
    }


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]))))
