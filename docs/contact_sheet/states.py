"""Which pages in which states are on the contact sheet: a new one is a line here."""

from __future__ import annotations

from dataclasses import dataclass

from mild.installation import TOP_LEVEL
from mild.ui.learn.plan import SECTIONS

NO_RUN, EVERY_RUN = "none", "every"
"""Of an empty runs folder; of one with all runs, none of them chosen."""
OF_A_RUN = ("live", "dynamics", "selection", "review", "rounds")
STATES_OF_A_RUN = {
    NO_RUN: "no run at all",
    "demo": "done",
    "queued": "queued",
    "training": "in training",
    "waiting": "waits for a cut",
    "failed": "failed",
    "stopped": "stopped",
    "damaged": "damaged",
    "unknown": "clean labels unknown",
    "eight rounds": "eight rounds",
    "many classes": "sixty classes",
    "no images": "recorded without images",
    "low trust": "low trust",
    "huge": "50,000 instances",
    "hostile": "long and hostile names",
}


@dataclass(frozen=True, slots=True)
class State:
    """A page to be photographed."""

    page: str
    title: str
    run: str = EVERY_RUN
    """A name in `RUNS`, or one of the two above."""
    query: str = ""
    """Of the address, behind the run."""
    steps: tuple[tuple[str, str], ...] = ()
    """What to do first: `click` or `double` and a selector, `press` and a key, `fill` and text."""
    tall: bool = True
    """Whether the whole page is taken; else the first screen, where it has something open."""

    @property
    def name(self) -> str:
        """As a file is called."""
        return "-".join(f"{self.page} {self.title}".replace(",", "").split())


def _opened(page: str, title: str, run: str, button: str) -> State:
    return State(page, title, run, steps=(("click", button),), tall=False)


TILE = ".tile >> nth=1"
SELECT_TWO = (("press", "x"), ("press", "ArrowRight"), ("press", "x"))

_CHOSEN: tuple[State, ...] = (
    State("home", "no run at all", NO_RUN),
    State("home", "every kind of run"),
    State("new_run", "own images"),
    State("new_run", "a folder that is not there", steps=(("fill", "/no/such/folder"),)),
    State("new_run", "a folder of images", steps=(("fill", "{images}"),)),
    State("new_run", "settings of a run", "demo", "like={run}"),
    *(State(page, title, run) for page in OF_A_RUN for run, title in STATES_OF_A_RUN.items()),
    _opened("live", "list of runs", "demo", ".st-key-header [role=combobox]"),
    State("dynamics", "one image", "hostile", steps=(("click", "canvas.picture"),)),
    _opened("selection", "branch", "demo", "text=Branch with"),
    State("review", "one image large", "demo", steps=(("double", TILE),), tall=False),
    State("review", "one image large, hostile", "hostile", steps=(("double", TILE),), tall=False),
    State("review", "one sample large", "no images", steps=(("double", TILE),), tall=False),
    State("review", "two selected", "hostile", steps=(("click", TILE), *SELECT_TWO)),
    State("review", "table", "hostile", "layout=table"),
    _opened("review", "filters", "demo", "text=Filters"),
    _opened("review", "which cut", "demo", ".st-key-review-which button"),
    _opened("review", "export", "hostile", "button:has-text('Export')"),
    State("review", "nothing found", "demo", "given=0&taken=0"),
    State("review", "spot check", "unknown", "check=1"),
    State("compare", "no run at all", NO_RUN),
    State("compare", "runs"),
    State("compare", "detectors", "demo", "tab=detectors"),
    State("compare", "rules", "demo", "tab=rules"),
    State("compare", "sweep", query="tab=sweep"),
    *(State("learn", part.title, query=f"section={name}") for name, part in SECTIONS.items()),
)  # fmt: skip
_PAGES = sorted(file.stem for file in (TOP_LEVEL / "pages").glob("*.py"))
STATES = (
    *_CHOSEN,
    *(
        State(page, "every kind of run")
        for page in _PAGES
        if page not in {"runs", *(state.page for state in _CHOSEN)}
    ),
)
"""Those chosen, and every other page as it opens."""
