"""Photograph every page in every state, and put the pictures on one sheet.

    python -m docs.contact_sheet --out /tmp/sheet              # all, about ten minutes on two cores
    python -m docs.contact_sheet --out /tmp/sheet review live  # some pages, or states by a word
    python -m docs.contact_sheet --out /tmp/sheet --go-on      # what is missing, after a stop

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
from docs.contact_sheet import runs, sheet, taken
from docs.contact_sheet.shoot import THEMES, WIDTHS, Wanted, shoot
from docs.contact_sheet.shot import Shot
from docs.contact_sheet.states import EVERY_RUN, STATES, State


def main(arguments: Sequence[str]) -> int:
    """Return 1 where something lies where it should not, else 0."""
    asked = _parser().parse_args(arguments)
    states = [state for state in STATES if _is_asked(state, asked.words)]
    folder: Path = asked.out
    folder.mkdir(parents=True, exist_ok=True)
    if not asked.go_on:
        taken.forget(states, folder)
    there = {shot.state for shot in taken.taken(states, folder) if shot.file}
    left = [state for state in states if state not in there]
    try:
        if left:
            _photograph(left, asked)
    except KeyboardInterrupt:
        _say("Stopped; --go-on takes what is missing.")
    return _write(taken.taken(states, folder), folder)


def _write(shots: list[Shot], folder: Path) -> int:
    if not shots:
        return 1
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


def _photograph(states: Sequence[State], asked: argparse.Namespace) -> None:
    needed = {state.run for state in states}
    names = set(runs.RUNS) if EVERY_RUN in needed else needed
    with ExitStack() as stack:
        place = asked.runs or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        ids = stack.enter_context(runs.made(place / "runs", names, _say))
        (place / "empty").mkdir(exist_ok=True)
        urls = {
            empty: stack.enter_context(serve(place / name)).url
            for empty, name in ((True, "empty"), (False, "runs"))
        }
        began, n_done = time.monotonic(), 0

        def done(shots: Sequence[Shot]) -> None:
            nonlocal n_done
            n_done += 1
            taken.keep(shots, asked.out)
            seconds = time.monotonic() - began
            _say(f"{n_done} of {len(states)} after {seconds:.0f} s: {shots[0].state.name}")

        wanted = Wanted(
            states=states, urls=urls, ids=ids, words={"images": f"{place}/images"},
            folder=asked.out, widths=asked.widths, themes=asked.themes, n_tabs=asked.tabs,
            done=done,
        )  # fmt: skip
        shoot(wanted, find_chromium())


def _is_asked(state: State, words: Sequence[str]) -> bool:
    return not words or any(word in state.name for word in words)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("words", nargs="*", help="pages, or parts of their names with the state")
    parser.add_argument("--out", type=Path, required=True, help="folder for the pictures")
    parser.add_argument("--go-on", action="store_true", help="take only what is not there yet")
    parser.add_argument("--runs", type=Path, help="folder that keeps the runs for the next time")
    parser.add_argument("--widths", type=int, nargs="+", choices=WIDTHS, default=WIDTHS)
    parser.add_argument("--themes", nargs="+", choices=THEMES, default=THEMES)
    parser.add_argument("--tabs", type=int, default=3, help="open at the same time")
    return parser


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
