"""Every figure of the dashboard can be saved, as a picture and as data."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from mild.ui import saving
from tests.pages.conftest import OpenPage, fine
from tests.runs_for_tests import write_run

PAGES = ("live", "dynamics", "rounds", "compare", "learn")


@pytest.fixture
def saved(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[list[str]]]:
    """The lines of each file that a page offers, by name; all are made."""
    files: dict[str, list[list[str]]] = {}
    real = saving.data_button

    def button(name: str, columns: Callable[[], saving.Columns], *, key: str) -> None:
        files[name] = list(csv.reader(io.StringIO(saving.as_csv(columns()).decode())))
        real(name, columns, key=key)

    monkeypatch.setattr(saving, "data_button", button)
    monkeypatch.setattr(saving, "is_open", lambda menu: True)
    return files


@pytest.mark.parametrize("page", PAGES)
def test_every_figure_has_its_data(
    page: str, runs_root: Path, open_page: OpenPage, saved: dict[str, list[list[str]]]
) -> None:
    run = write_run(runs_root)
    write_run(runs_root, name="another", epochs=(6,), seed=1)
    app = open_page(page, run=run.run_id)
    fine(app)
    charts = [*app.get("plotly_chart"), *app.get("echarts_chart")]
    buttons = app.get("download_button")
    offered = [item for item in buttons if item.proto.label == "CSV"]
    pictures = [
        item for item in app.get("bidi_component") if item.proto.component_name == "mild_save"
    ]
    assert len(offered) == len(pictures) == len(saved) >= len(charts)
    assert saved
    for name, (header, *lines) in saved.items():
        assert name
        assert len(set(header)) == len(header) >= 2, name
        assert lines, name


def test_the_saved_numbers_are_those_of_the_run(
    runs_root: Path, open_page: OpenPage, saved: dict[str, list[list[str]]]
) -> None:
    run = write_run(runs_root)
    open_page("rounds", run=run.run_id)
    header, *lines = saved[f"{run.run_id} where images go"]
    assert header == ["round", "kind", "kept", "dropped"]
    for record in run.rounds():
        of_round = [line for line in lines if line[0] == str(record.round + 1)]
        assert sum(int(line[2]) for line in of_round) == record.kept
        assert sum(int(line[3]) for line in of_round) == record.trained_on - record.kept


def test_no_figure_is_drawn_without_a_way_to_save_it() -> None:
    """One room draws charts; it gives each its name and its data."""
    ui = Path(saving.__file__).parent
    drawing = {
        path.relative_to(ui).as_posix()
        for path in ui.rglob("*.py")
        if re.search(r"\.(plotly|echarts)_chart\(", path.read_text(encoding="utf-8"))
    }
    assert drawing == {"saving.py"}


def test_a_table_of_values_names_rows_and_columns() -> None:
    found = saving.as_csv(saving.grid("rule", ["a", "b"], [5, 10], np.array([[1, 2], [3, 4]])))
    assert found.decode() == "rule,5,10\na,1,2\nb,3,4\n"
