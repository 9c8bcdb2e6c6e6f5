"""pages: whole pages of a run with a damaged file, opened at hostile addresses."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from benchmarks.fuzz.kind import Case, Kind
from benchmarks.fuzz.kinds.addresses import query
from benchmarks.fuzz.kinds.run_folders import damage, files_of
from benchmarks.fuzz.small_run import write_small_run
from benchmarks.fuzz.values import Random
from mild.installation import TOP_LEVEL

PAGES = ("runs", "new_run", "live", "dynamics", "selection", "review", "rounds", "compare", "learn")


def _prepare(folder: Path) -> Case:
    root = folder / "runs"
    run = write_small_run(root)
    os.environ["MILD_RUNS_DIR"] = str(root)
    whole = files_of(run)

    def case(rng: Random) -> None:
        asked = query(rng)
        if rng.random() < 0.9:
            asked["run"] = run.run_id
        if rng.random() < 0.5:
            _open(PAGES[rng.integers(len(PAGES))], asked)
            return
        with damage(run.folder.path, whole, rng, b""):
            _open(PAGES[rng.integers(len(PAGES))], asked)

    return case


def _open(page: str, asked: dict[str, str]) -> None:
    """Draw a page; what it calls a fault of ours is raised here."""
    import streamlit as st
    from streamlit.testing.v1 import AppTest

    st.cache_data.clear()
    st.cache_resource.clear()
    app = AppTest.from_file(str(TOP_LEVEL / "app.py"), default_timeout=60)
    for name, value in asked.items():
        app.query_params[name] = value.encode("utf-8", "replace").decode()  # as browsers do
    if page != "runs":
        app.switch_page(f"pages/{page}.py")
    with _faults() as met:
        app.run()
    if met:
        raise met[0]
    if app.exception:
        raise AssertionError(f"{page} shows a trace: {app.exception[0].value}")


@contextmanager
def _faults() -> Iterator[list[Any]]:
    """What pages write into the server's log, where they show a sentence."""
    met: list[Any] = []

    def hear(*args: object, exc_info: BaseException) -> None:
        met.append(exc_info)

    with patch.object(logging.getLogger("mild"), "error", hear):
        yield met


PAGES_KIND = Kind(
    name="pages",
    about="pages of a run with a damaged file, opened at hostile addresses",
    prepare=_prepare,
    one_in=33,
)
