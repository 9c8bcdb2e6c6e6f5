"""Photographs of pages: each state is opened once, then seen in every width and theme.

A loaded page that is made wider or darker is what a person would see, and costs a tenth of opening
it again. A state that fails is told on the sheet, and the others are photographed all the same.
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from docs.contact_sheet import layout
from docs.contact_sheet.shot import Shot
from docs.contact_sheet.states import NO_RUN, State

WIDTHS = (390, 900, 1440, 1920)
THEMES = ("light", "dark")
FIRST_SCREEN = {390: 844, 900: 900, 1440: 900, 1920: 1080}
"""Pixels of height that such a window usually has."""
TALLEST = 2600
"""Pixels of a picture; what is longer is the same again."""
LOADED_MS, STEP_MS = 1500, 1200
"""To wait for charts after a page, and for what a step does."""
RESIZED_MS, TURNED_MS, COLOURED_MS = 150, 450, 300
"""To wait for the page in another size, for its charts, and for another theme."""
GIVE_UP_MS, GIVE_UP_STATE_S = 120_000, 400

_APP = "[data-testid='stApp'][data-test-script-state='notRunning']"
_TALL = """() => document.querySelector('[data-testid=stMain]').scrollHeight
  + document.querySelector('[data-testid=stMain]').getBoundingClientRect().top"""


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
    done: Callable[[Sequence[Shot]], None] = lambda shots: None
    """Is told the pictures of a state once all are taken."""


def shoot(wanted: Wanted, executable: str) -> None:
    """Photograph every state in every theme and width, and tell `wanted.done` of each."""
    asyncio.run(_shoot(wanted, executable))


async def _shoot(wanted: Wanted, executable: str) -> None:
    from playwright.async_api import async_playwright

    left = list(wanted.states)[::-1]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=executable, args=["--headless", "--no-sandbox", "--disable-gpu"]
        )

        async def work() -> None:
            while left:
                state = left.pop()
                context = await browser.new_context()
                tab = await context.new_page()
                wanted.done(await _all_or_why_not(tab, state, wanted))
                await context.close()

        await asyncio.gather(*(work() for _ in range(wanted.n_tabs)))
        await browser.close()


async def _all_or_why_not(tab: Any, state: State, wanted: Wanted) -> list[Shot]:
    from playwright.async_api import Error

    try:
        async with asyncio.timeout(GIVE_UP_STATE_S):
            return await _all_of(tab, state, wanted)
    except (Error, TimeoutError) as error:
        said = (str(error) or f"not done after {GIVE_UP_STATE_S} s").splitlines()[0]
    breach = layout.Breach(kind="error", words=f"not photographed: {said}", box=(0, 0, 0, 0))
    return [
        Shot(state=state, theme=theme, width=width, height=0, file="", breaches=(breach,))
        for theme in wanted.themes
        for width in wanted.widths
    ]


async def _all_of(tab: Any, state: State, wanted: Wanted) -> list[Shot]:
    await _open(tab, state, wanted)
    camera = await tab.context.new_cdp_session(tab)
    shots = {}
    for width in wanted.widths:
        height = await _resize(tab, state, width)
        for theme in wanted.themes:
            await tab.emulate_media(color_scheme=theme)
            await tab.wait_for_timeout(COLOURED_MS)
            shots[theme, width] = await _take(tab, camera, state, (theme, width, height), wanted)
    return [shots[theme, width] for theme in wanted.themes for width in wanted.widths]


async def _open(tab: Any, state: State, wanted: Wanted) -> None:
    run_id = wanted.ids.get(state.run, "")
    words = {"run": run_id, **wanted.words}
    page = "" if state.page == "home" else state.page
    parts = [f"run={run_id}"] if run_id else []
    query = "&".join([*parts, state.query.format(**words)])
    await tab.set_viewport_size({"width": 1440, "height": FIRST_SCREEN[1440]})
    url = f"{wanted.urls[state.run == NO_RUN]}/{page}?{query.strip('&')}"
    await tab.goto(url, timeout=GIVE_UP_MS)
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


async def _resize(tab: Any, state: State, width: int) -> int:
    """Give the window its width, and the height of the page where all of it is taken."""
    height = FIRST_SCREEN.get(width, 900)
    await tab.set_viewport_size({"width": width, "height": height})
    await tab.wait_for_timeout(RESIZED_MS)
    if state.tall:
        height = max(height, min(TALLEST, int(await tab.evaluate(_TALL))))
        await tab.set_viewport_size({"width": width, "height": height})
    await tab.wait_for_timeout(TURNED_MS)
    return height


async def _take(
    tab: Any, camera: Any, state: State, how: tuple[str, int, int], wanted: Wanted
) -> Shot:
    theme, width, height = how
    found = await tab.evaluate(layout.RULE, layout.arguments_of(width))
    file = f"{state.name}-{theme}-{width}.png"
    # As tab.screenshot(), in a third of the time: larger files, packed less tightly.
    taken = await camera.send("Page.captureScreenshot", {"format": "png", "optimizeForSpeed": True})
    (wanted.folder / file).write_bytes(base64.b64decode(taken["data"]))
    return Shot(
        state=state, theme=theme, width=width, height=height, file=file,
        breaches=tuple(layout.read(found)),
    )  # fmt: skip
