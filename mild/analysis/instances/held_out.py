"""What people are told of the images that are held out for accuracy."""

from __future__ import annotations

from mild.store.run import Run

NOTHING_HELD_OUT = "Nothing is held out, so there is no accuracy."


def held_out_words(run: Run) -> str:
    """Say how many are held out, and whether they are judged; "" before that is known.

    Of a recording, "" as well: its loop alone knows what it held out.
    """
    facts = run.facts()
    if "n_test" not in facts:
        return ""
    n = int(facts["n_test"])
    if not n:
        return NOTHING_HELD_OUT
    held_out = f"{n:,} images are held out" if n > 1 else "1 image is held out"
    if not run.folder.held_out.is_file():
        return f"{held_out} for accuracy, and not judged: the run is older than that verdict."
    them, they = ("them", "they are") if n > 1 else ("it", "it is")
    return (
        f"{held_out} for accuracy: no round trains on {them}, and {they} judged by what the "
        f"network predicted {them} as."
    )
