"""Where every image of a source is: so that no export loses one in silence."""

from __future__ import annotations

from dataclasses import dataclass

from mild.data.sources.listed import Listed
from mild.export.table import Reviewed


@dataclass(frozen=True, kw_only=True, slots=True)
class Account:
    """Images of a source; all but those counted here are among the run's instances."""

    n_source: int
    """Images that the source lists, its test part and what could not be read included."""
    n_unreadable: int
    n_set_aside: int
    n_not_in_run: int
    """Listed now, and not among what the run read."""
    note: str
    """On those not in the run."""


def account_of(found: Reviewed, listed: Listed | None) -> Account:
    """Account for every image, of `listed`, the source as it is now, else as the run found it."""
    facts, n = found.run.facts(), found.measured.n
    n_unreadable = int(facts.get("n_skipped", 0))
    n_set_aside = int(facts.get("n_set_aside", 0))
    n_unjudged = 0 if found.measured.held_out_A.any() else int(facts.get("n_test", 0))
    n_source = n + n_unjudged + n_unreadable + n_set_aside
    if listed is not None:
        n_source = len(listed.train.files) + len(listed.test.files) + len(listed.skipped)
    n_not_in_run = n_source - n - n_unreadable - n_set_aside
    note = ""
    if n_not_in_run > 0:
        are, have = ("images", "are") if n_not_in_run > 1 else ("image", "is")
        note = (
            f"{n_not_in_run:,} {are} of the source {have} not written, for the run never read "
            "what came after it, or is of a class without training images."
        )
    elif n_not_in_run < 0:
        note = f"{-n_not_in_run:,} of the images that the run read are no longer in the source."
        n_source, n_not_in_run = n_source - n_not_in_run, 0
    if n_not_in_run and n_not_in_run == n_unjudged:
        note = (
            f"{n_unjudged:,} images that were held out are not written, for the run is older than "
            "the verdict on them; train again to have one."
        )
    return Account(
        n_source=n_source,
        n_unreadable=n_unreadable,
        n_set_aside=n_set_aside,
        n_not_in_run=n_not_in_run,
        note=note,
    )
