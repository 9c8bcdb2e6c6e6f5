"""The contact sheet shows every page, and tells what lies where it should not."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from docs.contact_sheet import sheet
from docs.contact_sheet.layout import Breach, read
from docs.contact_sheet.runs import ALIVE, RUNS
from docs.contact_sheet.shot import Shot
from docs.contact_sheet.states import EVERY_RUN, NO_RUN, STATES, State
from docs.contact_sheet.taken import forget, keep, taken
from tests.conftest import PROJECT


def test_every_page_is_on_it_with_runs_that_can_be_made() -> None:
    pages = {path.stem for path in (PROJECT / "pages").glob("*.py")}
    assert {state.page.replace("home", "runs") for state in STATES} == pages
    assert {state.run for state in STATES} <= {*RUNS, NO_RUN, EVERY_RUN}
    assert set(ALIVE) <= set(RUNS)
    names = [state.name for state in STATES]
    assert len(set(names)) == len(names)


def test_a_box_where_it_should_not_be_is_listed_and_framed(tmp_path: Path) -> None:
    found = {"kind": "overlap", "words": "a <b> on c", "x": 40, "y": 60, "width": 200, "height": 90}
    (breach,) = read([found, found])
    assert str(breach) == "overlap: a <b> on c at 40, 60, 200 x 90"
    shots = [_shot(tmp_path, theme, (breach,)) for theme in ("light", "dark")]
    sheet.write_small(shots, tmp_path)
    sheet.write_html(shots, tmp_path / "sheet.html")
    sheet.write_overview(shots, tmp_path, tmp_path / "overview.png")
    page = (tmp_path / "sheet.html").read_text(encoding="utf-8")
    assert "review-one-image: overlap: a &lt;b&gt; on c (390 light, 390 dark)" in page
    with Image.open(tmp_path / "overview.png") as overview:
        left, top = (round(number * sheet.SMALL[390] / 390) for number in (40, 60))
        assert overview.getpixel((left, top + sheet.LABEL)) == sheet.RED


def test_many_breaches_of_one_kind_are_told_by_a_few(tmp_path: Path) -> None:
    breaches = tuple(
        Breach(kind="overlap", words=str(number), box=(0, 0, 9, 9)) for number in range(30)
    )
    lines = sheet.wrong([_shot(tmp_path, "light", breaches)])
    assert len(lines) == sheet.NAMED + 1
    assert lines[-1] == f"review-one-image: overlap: {30 - sheet.NAMED} more"


def test_a_sheet_that_was_cut_off_knows_what_it_has(tmp_path: Path) -> None:
    breach = Breach(kind="overlap", words="a on b", box=(1, 2, 3.5, 4))
    shots = [_shot(tmp_path, theme, (breach,)) for theme in ("light", "dark")]
    keep(shots, tmp_path)
    states = [State("review", "never taken"), shots[0].state]
    assert taken(states, tmp_path) == shots
    forget(states, tmp_path)
    assert taken(states, tmp_path) == []


def _shot(folder: Path, theme: str, breaches: tuple[Breach, ...]) -> Shot:
    file = f"review-{theme}.png"
    Image.new("RGB", (390, 844), "white").save(folder / file)
    return Shot(
        state=State("review", "one image"), theme=theme, width=390, height=844, file=file,
        breaches=breaches,
    )  # fmt: skip
