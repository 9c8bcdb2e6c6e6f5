"""Tasks that Label Studio imports: image or text, the suggested label, and what was decided.

Images of a folder or a list are addressed through Label Studio's local storage, relative to the
data set's folder; images without files are written into the tasks. The labelling configuration
that fits has a `Choices` named `label` for an `Image` named `image`, or, of a recording of texts,
for a `Text` named `text`.
"""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import quote

import numpy as np

from mild.data.originals import has_files
from mild.export.folders.pixels import pictures, png
from mild.export.formats.format import FileFormat
from mild.export.samples import TEXT
from mild.export.table import SCORE_DIGITS, Reviewed, table

LOCAL_FILES = "/data/local-files/?d="


def write(found: Reviewed) -> bytes:
    """Write a JSON list with one task per instance; what it is about is `image` or `text`."""
    images_A = None if _is_of_texts(found) else _address_of(found)
    rows = json.loads(table(found).to_json(orient="records", double_precision=SCORE_DIGITS))
    if images_A is not None:
        rows = [{"image": images_A(row["index"]), **row} for row in rows]
    tasks = [_task(row, TEXT if images_A is None else "image", found.run.run_id) for row in rows]
    return json.dumps(tasks, ensure_ascii=False).encode()


def _is_of_texts(found: Reviewed) -> bool:
    return not found.run.has_pictures() and found.run.folder.texts.is_file()


def _task(row: dict[str, Any], about: str, run_id: str) -> dict[str, Any]:
    task: dict[str, Any] = {
        "data": row,
        "predictions": [
            {
                "model_version": run_id,
                "score": round(1 - row["label_score"], 6),
                "result": [_choice(row["predicted_label"], about)],
            }
        ],
    }
    if row["decision"] in ("keep", "relabel"):
        label = row["new_label"] if row["decision"] == "relabel" else row["given_label"]
        task["annotations"] = [{"result": [_choice(label, about)]}]
    return task


def _choice(label: str, about: str) -> dict[str, Any]:
    return {
        "from_name": "label",
        "to_name": about,
        "type": "choices",
        "value": {"choices": [label]},
    }


def _address_of(found: Reviewed) -> Any:
    if has_files(found.config.data):
        names_A = found.measured.names_A
        return lambda index: LOCAL_FILES + quote(str(names_A[index]).lstrip("/"))
    head = "data:image/png;base64,"
    thumbnails_A = pictures(found.run, np.arange(found.measured.n))
    return lambda index: head + base64.b64encode(png(thumbnails_A[index])).decode()


LABEL_STUDIO = FileFormat(
    name="label-studio",
    title="Label Studio",
    order=60,
    suffix=".label-studio.json",
    mime="application/json",
    write=write,
    needs_pictures=True,
)
