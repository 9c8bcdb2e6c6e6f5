"""Photographs of pages: each state is opened once, then seen in every theme and width.

A loaded page that is made wider or darker is what a person would see, and costs a tenth of opening
it again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from docs.contact_sheet import layout
from docs.contact_sheet.states import NO_RUN, State

WIDTHS = (390, 900, 1440, 1920)
THEMES = ("light", "dark")
FIRST_SCREEN = {390: 844, 900: 900, 1440: 900, 1920: 1080}
"""Pixels of height that such a window usually has."""
TALLEST = 2600
"""Pixels of a picture; what is longer is the same again."""
LOADED_MS, STEP_MS, TURNED_MS = 1500, 1200, 450
"""To wait for charts after a page, for what a step does, and for charts in another size."""
GIVE_UP_MS = 60_000

_APP = "[data-testid='stApp'][data-test-script-state='notRunning']"
_TALL = """() => document.querySelector('[data-testid=stMain]').scrollHeight
  + document.querySelector('[data-testid=stMain]').getBoundingClientRect().top"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Shot:
    """A picture of a page."""

    state: State
    theme: str
    width: int
    height: int
    """Of the picture, in pixels."""
    file: str
    """Its name in the folder; empty where the page could not be opened."""
    breaches: tuple[layout.Breach, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """What to photograph, where, and into which folder."""

    states: Sequence[State]
    urls: Mapping[bool, str]
    """Of the dashboard without any run (True) and of the one with runs."""
    ids: Mapping[str, str]
    """Ids of runs by name."""
    words: Mapping[str, str]
    """For what stands in braces in the states."""
    folder: Path
    widths: Sequence[int] = WIDTHS
    themes: Sequence[str] = THEMES
    n_tabs: int = 3
    done: Callable[[State], None] = lambda state: None


def shoot(wanted: Wanted, executable: str) -> list[Shot]:
    """Every state in every theme and width, in the order of the states."""
    return asyncio.run(_shoot(wanted, executable))


async def _shoot(wanted: Wanted, executable: str) -> list[Shot]:
    from playwright.async_api import async_playwright

    left = list(enumerate(wanted.states))[::-1]
    found: dict[int, list[Shot]] = {}
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=executable, args=["--headless", "--no-sandbox", "--disable-gpu"]
        )

        async def work() -> None:
            while left:
                place, state = left.pop()
                context = await browser.new_context()
                tab = await context.new_page()
                found[place] = await _all_of(tab, state, wanted)
                await context.close()
                wanted.done(state)

        await asyncio.gather(*(work() for _ in range(wanted.n_tabs)))
        await browser.close()
    return [shot for place in sorted(found) for shot in found[place]]


async def _all_of(tab: Any, state: State, wanted: Wanted) -> list[Shot]:
    from playwright.async_api import Error

    try:
        await _open(tab, state, wanted)
    except Error as error:
        said = str(error).splitlines()[0]
        breach = layout.Breach(kind="error", words=f"not opened: {said}", box=(0, 0, 0, 0))
        return [
            Shot(state=state, theme=theme, width=width, height=0, file="", breaches=(breach,))
            for theme in wanted.themes
            for width in wanted.widths
        ]
    shots = []
    for theme in wanted.themes:
        await tab.emulate_media(color_scheme=theme)
        shots += [await _take(tab, state, theme, width, wanted) for width in wanted.widths]
    return shots


async def _open(tab: Any, state: State, wanted: Wanted) -> None:
    run_id = wanted.ids.get(state.run, "")
    words = {"run": run_id, **wanted.words}
    page = "" if state.page == "home" else state.page
    parts = [f"run={run_id}"] if run_id else []
    query = "&".join([*parts, state.query.format(**words)])
    await tab.set_viewport_size({"width": 1440, "height": FIRST_SCREEN[1440]})
    await tab.goto(f"{wanted.urls[state.run == NO_RUN]}/{page}?{query.strip('&')}")
    await _settle(tab, LOADED_MS)
    for verb, what in state.steps:
        await _step(tab, verb, what.format(**words))
        await _settle(tab, STEP_MS)


async def _step(tab: Any, verb: str, what: str) -> None:
    match verb:
        case "click":
            await tab.locator(what).first.click(timeout=GIVE_UP_MS // 4)
        case "double":
            await tab.locator(what).first.dblclick(timeout=GIVE_UP_MS // 4)
        case "press":
            await tab.keyboard.press(what)
        case "fill":
            box = tab.locator("[data-testid=stTextInput] input").first
            await box.fill(what, timeout=GIVE_UP_MS // 4)
            await box.press("Enter")
        case _:
            raise ValueError(f"{verb} is no step; take click, double, press or fill.")


async def _settle(tab: Any, wait_ms: int) -> None:
    await tab.wait_for_timeout(250)
    await tab.locator(_APP).wait_for(state="attached", timeout=GIVE_UP_MS)
    await tab.wait_for_function(
        "() => !document.querySelector('[data-testid=stSkeleton]')", timeout=GIVE_UP_MS
    )
    await tab.wait_for_timeout(wait_ms)


async def _take(tab: Any, state: State, theme: str, width: int, wanted: Wanted) -> Shot:
    height = FIRST_SCREEN.get(width, 900)
    await tab.set_viewport_size({"width": width, "height": height})
    await tab.wait_for_timeout(TURNED_MS)
    if state.tall:
        height = max(height, min(TALLEST, int(await tab.evaluate(_TALL))))
        await tab.set_viewport_size({"width": width, "height": height})
        await tab.wait_for_timeout(TURNED_MS)
    found = await tab.evaluate(layout.RULE, layout.arguments_of(width))
    file = f"{state.name}-{theme}-{width}.png"
    await tab.screenshot(path=wanted.folder / file, timeout=GIVE_UP_MS)
    return Shot(
        state=state, theme=theme, width=width, height=height, file=file,
        breaches=tuple(layout.read(found)),
    )  # fmt: skip
