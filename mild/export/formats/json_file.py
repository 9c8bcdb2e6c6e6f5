"""JSON: one object with the run, the meaning of the columns, and an object per instance."""

from __future__ import annotations

import json

from mild.export.formats.format import FileFormat
from mild.export.samples import meanings
from mild.export.table import SCORE_DIGITS, Reviewed, columns_of, table
from mild.store.review.about import about


def write(found: Reviewed) -> bytes:
    """Write JSON; what is unknown is null."""
    frame = table(found)
    more = meanings(list(frame.columns.difference(list(columns_of(found)), sort=False)))
    head = {
        "run_id": found.run.run_id,
        "name": about(found.run.folder).name or found.config.name,
        "class_names": list(found.measured.class_names),
        "columns": columns_of(found) | more,
        "n": found.measured.n,
        "n_held_out": int(found.measured.held_out_A.sum()),
    }
    rows = frame.to_json(orient="records", double_precision=SCORE_DIGITS)
    return f'{json.dumps(head, ensure_ascii=False)[:-1]}, "instances": {rows}}}\n'.encode()


JSON = FileFormat(
    name="json", title="JSON", order=30, suffix=".json", mime="application/json", write=write
)
