"""The runs on the contact sheet: one of every kind, most of them made up in a moment."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import numpy as np
from PIL import Image
from sklearn.datasets import load_digits

from benchmarks.large_run import write_large_run
from mild.recorder.recorder import Recorder
from mild.store.run import Run, all_runs, open_run
from tests.runs_for_tests import PROJECT, Until, live, write_run

Make = Callable[[Path], Run]
"""From a runs folder to a new run in it."""

LONG = "Wholesale lot 2031-B, both warehouses, <b>second</b> labelling & no end of it"
HOSTILE_CLASSES = (
    "a class whose name is so long that no tile, button or axis has the room for it",
    "<img src=x onerror=alert(1)>",
    "**not bold** $not$ `code`",
    "鳥 \u202egnp.exe",
)
TOLD = ("the screws were missing", "arrived in two days", "it is a chair")


def _made(
    until: Until, *epochs: int, clean_known: bool = True, n: int = 900, n_classes: int = 5
) -> Make:
    def make(root: Path) -> Run:
        return write_run(
            root, n=n, n_classes=n_classes, epochs=epochs, clean_known=clean_known, until=until,
            name=f"{until}, {'clean labels known' if clean_known else 'clean labels unknown'}",
        )  # fmt: skip

    return make


def trained(*words: str) -> Make:
    """What a command of `python -m mild` trains."""

    def make(root: Path) -> Run:
        known = {run.run_id for run in all_runs(root)}
        done = subprocess.run(
            [sys.executable, "-m", "mild", *words],
            cwd=PROJECT, env=os.environ | {"MILD_RUNS_DIR": str(root)},
            capture_output=True, text=True,
        )  # fmt: skip
        if done.returncode:
            raise ChildProcessError(done.stderr)
        return next(run for run in all_runs(root) if run.run_id not in known)

    return make


def _hostile(root: Path) -> Run:
    """Digits as files, in folders with names that no page may trust, trained for a moment."""
    folder, digits, rng = root.with_name("images"), load_digits(), np.random.default_rng(0)
    for place in np.flatnonzero(digits.target < len(HOSTILE_CLASSES))[:600]:
        label = int(digits.target[place] + (rng.random() < 0.15)) % len(HOSTILE_CLASSES)
        to = folder / HOSTILE_CLASSES[label]
        to.mkdir(parents=True, exist_ok=True)
        kind = "IMG" if place % 3 else "scan of a page that nobody can find any more"
        pixels = (15 * digits.images[place]).astype(np.uint8)
        Image.fromarray(pixels).resize((96, 96)).save(to / f"{kind} {place:04d}.png")
    train = (
        "train",
        "--data",
        "folder",
        "--path",
        str(folder),
        "--rounds",
        "12,6",
        "--image-size",
        "32",
    )
    return trained(*train, "--name", LONG)(root)


def _without_images(root: Path) -> Run:
    """A recorded loop of short texts."""
    n, n_epochs, rng = 400, 12, np.random.default_rng(0)
    clean_N = rng.integers(len(TOLD), size=n)
    given_N = np.where(rng.random(n) < 0.2, (clean_N + 1) % len(TOLD), clean_N)
    with Recorder(
        given_N, class_names=["complaint", "praise", "neither"], epochs=n_epochs, root=root,
        names=[f"{place}: {TOLD[label]}" for place, label in enumerate(clean_N)],
        name="recorded, no images",
    ) as recorder:  # fmt: skip
        for epoch in range(n_epochs):
            seen_NC = 3 * np.eye(3)[clean_N] + rng.normal(size=(n, 3))
            seen_NC += max(0, epoch - 5) * np.eye(3)[given_N]
            recorder.update(np.arange(n), seen_NC)
            recorder.end_epoch()
        run_id = recorder.run_id
    return open_run(run_id, root)


RUNS: dict[str, Make] = {
    "demo": trained("demo"),
    "queued": _made("queued", 20, 12),
    "training": _made("training", 20, 12),
    "waiting": _made("waiting", 20, 12),
    "failed": _made("failed", 20, 12),
    "stopped": _made("stopped", 20, 12),
    "damaged": _made("damaged", 8, 6),
    "unknown": _made("done", 20, 12, clean_known=False),
    "eight rounds": _made("done", *(8,) * 8, clean_known=False, n=1500),
    "many classes": _made("done", 16, 8, n=4000, n_classes=60),
    "no images": _without_images,
    "low trust": trained(
        "train",
        "--name",
        "too short",
        "--data",
        "digits",
        "--noise",
        "symmetric",
        "--rate",
        "0.4",
        "--rounds",
        "2,2",
        "--final",
        "none",
    ),
    "huge": lambda root: write_large_run(root, n=50_000, n_epochs=40, clean_known=False),
    "hostile": _hostile,
}
"""By name: add one, and name it in a state."""
ALIVE = ("queued", "training", "waiting")
"""Whose worker looks as if it were at work while the pictures are taken."""


IDS = "ids.json"
"""Of the runs made, by name: beside their folder."""


@contextmanager
def made(root: Path, names: set[str], say: Callable[[str], None]) -> Iterator[dict[str, str]]:
    """Make these runs below `root`, if they are not there; their ids by name.

    Some look alive until the block ends.
    """
    root.mkdir(parents=True, exist_ok=True)
    file = root.with_name(IDS)
    ids: dict[str, str] = json.loads(file.read_text()) if file.exists() else {}
    missing = [name for name in RUNS if name in names and name not in ids]
    say(f"making {len(missing)} runs")
    with ExitStack() as stack:
        # Those that look alive last: others would wait for them before they train.
        for name in sorted(missing, key=ALIVE.__contains__):
            ids[name] = RUNS[name](root).run_id
            file.write_text(json.dumps(ids))
        for name in ALIVE:
            if name in names:
                stack.enter_context(live(open_run(ids[name], root)))
        yield ids
