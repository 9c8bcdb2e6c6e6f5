"""What people measured by checking images, the same on every page, and the button to check more."""

from __future__ import annotations

import secrets
from collections.abc import Callable

import streamlit as st

from mild.access import Role, may
from mild.analysis.checks.sides import Sides
from mild.analysis.checks.spot_checks import N_USUAL, checked, contradicts, cut_it_supports, draw
from mild.analysis.checks.words import disagreement
from mild.core.spot_check import SpotCheck, SupportedCut
from mild.errors import RunError
from mild.installation import TOP_LEVEL as ROOT
from mild.store.review.checks import checks
from mild.store.run import Run
from mild.ui.said import noun, said
from mild.ui.words import plain, score, sentence

BUTTON = f"Check {N_USUAL} images"
"""Said of what the instances are."""
GAIN = 0.02
"""Of F1, from which another cut is worth offering."""


def say_contradiction(found: SpotCheck, noise_rate: float | None) -> None:
    """Warn where fit and measurement disagree."""
    if noise_rate is not None and contradicts(found, noise_rate):
        st.warning(plain(said(disagreement(found, noise_rate))), icon=":material/balance:")


def measured_at(run: Run, sides: Sides | None) -> SpotCheck | None:
    """Measure a cut by the answers so far; None where there are too few."""
    return None if sides is None else checked(run, sides.kept_A, sides.flagged_A)


def offered_cut(
    run: Run, sides: Sides, found: SpotCheck, noise_rate: float | None
) -> SupportedCut | None:
    """Return the cut that the checked images speak for, where the fit is off and it is better.

    Says what to do instead where the answers are too few for that.
    """
    if noise_rate is None or not contradicts(found, noise_rate):
        return None
    supported = cut_it_supports(run, sides)
    if supported is None:
        st.caption(
            said(
                "The checked images cannot say yet where a better cut would be: that takes at "
                "least five right and five wrong ones. Check more."
            )
        )
        return None
    own = found.f1_flagged.value
    return supported if not own >= supported.f1_flagged - GAIN else None


def cut_words(supported: SupportedCut, found: SpotCheck) -> str:
    """Say what the other cut is expected to be worth."""
    return (
        f"Judging by the checked {noun().many}, a cut of {supported.cut:g} epochs fits better: "
        f"F1 of flagged about {score(supported.f1_flagged, 2)}, against "
        f"{score(found.f1_flagged.value, 2)} here."
    )


def check_button(
    run: Run, sides: Sides | Callable[[], Sides], *, key: str, primary: bool = False
) -> None:
    """Draw a sample, or go on with the one that waits, and go to the review page for it.

    `sides` is only called, where it is a function, once the button is pressed. Nothing is shown to
    who may only look.
    """
    if not may(Role.REVIEWER):
        return
    waiting = len(checks(run.folder).to_answer)
    title = said(BUTTON) if not waiting else f"Go on checking ({waiting} left)"
    pressed = st.button(
        title,
        icon=":material/rule:",
        key=key,
        type="primary" if primary else "secondary",
        help="Half of them are flagged, half kept, and you are not told which: your answers "
        "measure how good the selection is, in place of estimates. It takes about three "
        "minutes.",
    )
    if pressed:
        sides = sides() if callable(sides) else sides
        try:
            begin(run, sides)
        except RunError as error:
            st.warning(sentence(str(error)))
            return
        st.switch_page(ROOT / "pages" / "review.py", query_params=address(run, sides))


def begin(run: Run, sides: Sides) -> None:
    """Draw a sample where none waits for answers."""
    if not checks(run.folder).to_answer:
        draw(run, sides, N_USUAL, seed=secrets.randbelow(1 << 31))


def address(run: Run, sides: Sides) -> dict[str, str]:
    """Return the address of the check, with the round and the cut that it is about."""
    found = {"run": run.run_id, "check": "run" if sides.number is None else "round"}
    if sides.number is not None:
        found["round"] = str(sides.number + 1)
    if sides.cut is not None:
        found["cut"] = f"{sides.cut:g}"
    return found
