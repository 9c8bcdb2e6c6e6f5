"""CSV with the columns that cleanlab's Datalab reports of label issues, in data-set order.

Read it with `pandas.read_csv(path)`: row i is instance i, as in `lab.get_issues("label")`.
"""

from __future__ import annotations

from mild.export.formats.csv_file import as_csv
from mild.export.formats.format import FileFormat
from mild.export.table import Reviewed, table

COLUMNS = ["is_label_issue", "label_score", "given_label", "predicted_label"]


def write(found: Reviewed) -> bytes:
    """Write the four columns alone."""
    return as_csv(table(found)[COLUMNS])


CLEANLAB = FileFormat(
    name="cleanlab",
    title="cleanlab",
    order=40,
    suffix=".cleanlab.csv",
    mime="text/csv",
    write=write,
)
