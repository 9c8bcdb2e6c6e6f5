"""Photograph every page in every state, and put the pictures on one sheet.

    python -m docs.contact_sheet --out /tmp/sheet              # all, about ten minutes on two cores
    python -m docs.contact_sheet --out /tmp/sheet review live  # some pages, or states by a word

Writes sheet.html, overview.png, an overview of each page, and the pictures. Makes its runs itself;
needs what tests/requirements.txt lists, and a Chromium.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from itertools import groupby
from pathlib import Path

from benchmarks.browser.dashboard import find_chromium, serve
from docs.contact_sheet import runs, sheet
from docs.contact_sheet.shoot import THEMES, WIDTHS, Shot, Wanted, shoot
from docs.contact_sheet.states import EVERY_RUN, STATES, State


def main(arguments: Sequence[str]) -> int:
    """Return 1 where something lies where it should not, else 0."""
    asked = _parser().parse_args(arguments)
    states = [state for state in STATES if _is_asked(state, asked.words)]
    folder: Path = asked.out
    folder.mkdir(parents=True, exist_ok=True)
    shots = _photograph(states, folder, asked.widths, asked.themes, asked.tabs)
    sheet.write_small(shots, folder)
    sheet.write_html(shots, folder / "sheet.html")
    sheet.write_overview(shots, folder, folder / "overview.png")
    for page, group in groupby(sorted(shots, key=_page), _page):
        sheet.write_overview(list(group), folder, folder / f"overview-{page}.png")
    lines = sheet.wrong(shots)
    _say("\n".join([*lines, f"{len(shots)} pictures, {len(lines)} breaches: {folder}/sheet.html"]))
    return min(1, len(lines))


def _page(shot: Shot) -> str:
    return shot.state.page


def _photograph(
    states: Sequence[State],
    folder: Path,
    widths: Sequence[int],
    themes: Sequence[str],
    n_tabs: int,
) -> list[Shot]:
    needed = {state.run for state in states}
    names = set(runs.RUNS) if EVERY_RUN in needed else needed
    with tempfile.TemporaryDirectory() as place, ExitStack() as stack:
        _say(f"making {len(names & set(runs.RUNS))} runs")
        ids = stack.enter_context(runs.made(Path(place) / "runs", names))
        (Path(place) / "empty").mkdir()
        urls = {
            empty: stack.enter_context(serve(Path(place) / name)).url
            for empty, name in ((True, "empty"), (False, "runs"))
        }
        began, n_done = time.monotonic(), 0

        def done(state: State) -> None:
            nonlocal n_done
            n_done += 1
            seconds = time.monotonic() - began
            _say(f"{n_done} of {len(states)} after {seconds:.0f} s: {state.name}")

        wanted = Wanted(
            states=states, urls=urls, ids=ids, words={"images": f"{place}/images"}, folder=folder,
            widths=widths, themes=themes, n_tabs=n_tabs, done=done,
        )  # fmt: skip
        return shoot(wanted, find_chromium())


def _is_asked(state: State, words: Sequence[str]) -> bool:
    return not words or any(word in state.name for word in words)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("words", nargs="*", help="pages, or parts of their names with the state")
    parser.add_argument("--out", type=Path, required=True, help="folder for the pictures")
    parser.add_argument("--widths", type=int, nargs="+", choices=WIDTHS, default=WIDTHS)
    parser.add_argument("--themes", nargs="+", choices=THEMES, default=THEMES)
    parser.add_argument("--tabs", type=int, default=3, help="open at the same time")
    return parser


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
