"""A folder of pictures with wrong labels, and a run over it, made without torch."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mild.store.run import Run, open_run
from tests.runs_for_tests import write_run

N_PER_CLASS = 30
CLASSES = ("=cmd|' /C calc'!A0", "cat <b>", "dog")
MakeFolderRun = Callable[[], tuple[Run, Path]]


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return write_run(tmp_path_factory.mktemp("template"))


@pytest.fixture
def run(template: Run, runs_root: Path) -> Run:
    """A finished run of two rounds, of this test's own."""
    shutil.copytree(template.folder.path, runs_root / template.run_id)
    return open_run(template.run_id)


@pytest.fixture
def folder_run(runs_root: Path, tmp_path: Path) -> tuple[Run, Path]:
    """A finished run whose instances are the files of `tmp_path/pictures`, hostile names too."""
    return make_folder_run(runs_root, tmp_path / "pictures")


def make_folder_run(
    runs_root: Path, root: Path, classes: tuple[str, ...] = CLASSES
) -> tuple[Run, Path]:
    """Instances are given class after class, in order of name, as the source lists them."""
    rng = np.random.default_rng(0)
    n = N_PER_CLASS * len(classes)
    run = write_run(runs_root, n=n, n_classes=len(classes), clean_known=False)
    instances = run.instances()
    names, pixels = [], rng.integers(256, size=(n, 8, 8, 3)).astype(np.uint8)
    for index in range(n):
        label = classes[instances.given_N[index]]
        file = root / label / ("=1+1.png" if index % 7 == 0 else f"{index % 5}.png")
        if file.exists():
            file = file.with_name(f"{index:03d}.png")
        file.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels[index]).save(file)
        names.append(file.relative_to(root).as_posix())
    settings = json.loads(run.folder.config.read_text())
    settings["data"]["path"] = str(root)
    run.folder.config.write_text(json.dumps(settings))
    rename(run, names, classes, pixels)
    return run, root


def rename(run: Run, names: list[str], classes: tuple[str, ...], pixels: np.ndarray) -> None:
    from mild.store.writer import RunWriter

    instances = run.instances()
    writer = RunWriter(run.folder)
    writer.instances(given_N=instances.given_N, clean_N=None, names=tuple(names))
    writer.thumbnails(pixels)
    writer.facts(class_names=list(classes))
    writer.close()
