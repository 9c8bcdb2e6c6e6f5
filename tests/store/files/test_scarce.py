"""Without open files to spare nothing is called damaged, and nobody is told to copy it back."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from mild.errors import RunError
from mild.store.files import arrays
from mild.store.files.scarce import is_scarce
from mild.store.review.decisions import n_decided
from tests.runs_for_tests import write_run


@contextmanager
def no_more_open_files() -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_file_that_cannot_be_opened_for_want_of_open_files_is_not_damaged(
    runs_root: Path,
) -> None:
    run = write_run(runs_root, n=60)
    run.folder.review.touch()
    asked = (
        lambda: run.selection(0),
        lambda: run.index(0),
        run.epochs,
        run.config,
        lambda: n_decided(run.folder),
    )
    for ask in asked:
        with no_more_open_files(), pytest.raises(RunError) as error:
            ask()
        assert "copy" not in str(error.value)
        assert "nothing is lost" in str(error.value)


def test_full_memory_is_not_damage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "some.npz"
    arrays.save_npz(path, {"kept": np.ones(3)})

    def full(*_: object, **__: object) -> None:
        raise MemoryError("Unable to allocate 3 GiB")

    monkeypatch.setattr(np, "load", full)
    with pytest.raises(RunError, match=r"cannot be opened just now \(Unable to allocate 3 GiB\)"):
        arrays.load_npz(path)
    assert not is_scarce(ValueError("bad magic"))
