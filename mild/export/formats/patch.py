"""A patch: what people decided to relabel or to drop, for `patch` or a script of one's own."""

from __future__ import annotations

import io

from mild.export.formats.format import FileFormat
from mild.export.patch.changes import Change, write_changes, write_header
from mild.export.table import Reviewed


def write(found: Reviewed) -> bytes:
    """A row for each image that a person relabelled or dropped, in data-set order."""
    file = io.StringIO(newline="")
    write_header(file)
    write_changes(file, changes(found))
    return file.getvalue().encode()


def changes(found: Reviewed) -> list[Change]:
    """What was decided; a flagged image that nobody decided about stays as it is."""
    names = found.measured.class_names
    wanted = []
    for index, decision in sorted(found.decisions.items()):
        old = names[found.measured.given_A[index]]
        new = "" if decision.label is None else names[decision.label]
        if decision.verdict != "keep" and new != old:
            path = str(found.measured.names_A[index])
            wanted.append(Change(path=path, old=old, new=new))
    return wanted


PATCH = FileFormat(
    name="patch",
    title="Patch",
    order=45,
    suffix=".patch.csv",
    mime="text/csv",
    write=write,
    n_rows=lambda found: len(changes(found)),
)
