"""One browser tab on the dashboard: how long until it is quiet again, and what the server sent.

Times are taken in the browser: of a page to the second frame after it stands, of an action to the
last message or change of the page that it led to.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

NAMES = {
    "runs": "Runs",
    "new_run": "New run",
    "live": "Live",
    "dynamics": "Dynamics",
    "selection": "Selection",
    "review": "Review",
    "rounds": "Rounds",
    "compare": "Compare",
    "learn": "Learn",
}
"""Page -> its name in the menu, which begins the title of the window."""

PATIENCE_SECONDS = 180
_SETTLED = """
const app = () => document.querySelector('[data-testid=stApp]');
const idle = () => app()?.dataset.testScriptState === 'notRunning'
  && !document.querySelector('[data-testid=stSkeleton], [data-testid=stSpinner]');
const until = performance.now() + PATIENCE;
const frame = () => new Promise((go, stop) => requestAnimationFrame(
  () => performance.now() < until ? go() : stop(new Error('nothing came of it'))));
const drawn = async () => { await frame(); await frame(); };
""".replace("PATIENCE", str(1000 * PATIENCE_SECONDS))
_STANDS = f"""async (name) => {{ {_SETTLED}
  while (!document.title.startsWith(name) || !idle()) await frame();
  await drawn();
}}"""
_FOLLOW_LINK = f"""async (name) => {{ {_SETTLED}
  const links = [...document.querySelectorAll('[data-testid=stTopNavLink]')];
  const link = links.find((item) => item.textContent.trim().endsWith(name));
  const began = performance.now();
  link.click();
  while (!document.title.startsWith(name) || !idle()) await frame();
  await drawn();
  return (performance.now() - began) / 1000;
}}"""
# When the last message came. Streamlit says too little: a quick answer begins and ends unseen.
_HEAR = """
const listen = WebSocket.prototype.addEventListener;
WebSocket.prototype.addEventListener = function (kind, hear, options) {
  const heard = (event) => {
    window.mildHeard = performance.now();
    return hear.call(this, event);
  };
  return listen.call(this, kind, kind === 'message' ? heard : hear, options);
};
"""
QUIET_SECONDS = 0.25
"""Without a message or a change of the page: the answer was complete before that."""
_WATCH = f"""() => {{ {_SETTLED}
  window.mildAnswer = (async () => {{
    const began = performance.now();
    let changed = began;
    const observer = new MutationObserver(() => (changed = performance.now()));
    observer.observe(document.body, {{ subtree: true, childList: true, characterData: true }});
    const last = () => Math.max(changed, window.mildHeard || 0);
    while (!(window.mildHeard > began) || !idle()
      || performance.now() - last() < {1000 * QUIET_SECONDS}) await frame();
    observer.disconnect();
    return (last() - began) / 1000;
  }})();
}}"""
# Exact numbers stand beneath the chart; the last of them that changed counts.
_WATCH_RELEASE = f"""() => {{ {_SETTLED}
  const numbers = () => [...document.querySelectorAll('[data-testid=stMetricValue]')]
    .map((item) => item.textContent).join();
  window.mildAnswer = (async () => {{
    let began = 0, changed = 0, seen = numbers();
    const note = () => (began = performance.now());
    addEventListener('pointerup', note, {{ capture: true, once: true }});
    while (!changed || !idle()) {{
      await frame();
      if (numbers() !== seen) {{ seen = numbers(); changed = performance.now(); }}
    }}
    return (changed - began) / 1000;
  }})();
}}"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What one action came to."""

    seconds: float
    kilobytes: float
    """Sent by the server for it: over the socket, and pictures and files. Not the program."""


class Tab:
    """A tab; tabs of one `context` share what the browser keeps of the program."""

    def __init__(self, context: Any) -> None:
        self.page = context.new_page()
        self.page.add_init_script(_HEAR)
        self._bytes = 0  # received since the tab was opened
        self.page.on("websocket", lambda opened: opened.on("framereceived", self._count_frame))
        self.page.on("response", self._count_file)

    def open(self, url: str, page: str, query: str = "") -> Answer:
        """Ask for a page by its address."""
        path = "" if page == "runs" else page

        def ask() -> float:
            began = time.perf_counter()
            self.page.goto(f"{url}/{path}{query}")
            self.page.evaluate(_STANDS, NAMES[page])
            return time.perf_counter() - began

        return self._measured(ask)

    def follow(self, page: str) -> Answer:
        """Go to a page by its link in the menu."""
        return self._measured(lambda: float(self.page.evaluate(_FOLLOW_LINK, NAMES[page])))

    def act(self, action: Callable[[], object]) -> Answer:
        """Do something that the server answers."""
        return self._answered(_WATCH, action)

    def release_cut(self, share: float) -> Answer:
        """Drag the cut to a share of the chart's width and let it go: until exact numbers stand."""
        box = self.page.locator("svg.chart").bounding_box()
        y = box["y"] + box["height"] / 2
        self.page.mouse.move(box["x"] + (share - 0.05) * box["width"], y)
        self.page.mouse.down()
        self.page.mouse.move(box["x"] + share * box["width"], y, steps=3)
        return self._answered(_WATCH_RELEASE, self.page.mouse.up)

    @property
    def received_kilobytes(self) -> float:
        """All that the server sent so far."""
        return self._bytes / 1000

    def close(self) -> None:
        """Close the tab as a person does."""
        self.page.close()

    def _answered(self, watch: str, action: Callable[[], object]) -> Answer:
        def do() -> float:
            self.page.evaluate(watch)
            action()
            return float(self.page.evaluate("window.mildAnswer"))

        return self._measured(do)

    def _measured(self, do: Callable[[], float]) -> Answer:
        before = self.received_kilobytes
        seconds = do()
        self.page.wait_for_timeout(100)  # what the driver has not yet told of the network
        return Answer(seconds=seconds, kilobytes=self.received_kilobytes - before)

    def _count_frame(self, frame: str | bytes) -> None:
        self._bytes += len(frame)

    def _count_file(self, response: Any) -> None:
        if urlsplit(response.url).path.startswith("/media/"):  # pictures and files of a page
            self._bytes += int(response.headers.get("content-length", 0))
