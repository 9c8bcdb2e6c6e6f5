"""Pack runs into the recordings that the Learn page plays with: mild/lesson/*.npz.

    python docs/make_lesson.py demo RUN        # in the runs folder that MILD_RUNS_DIR names

The commands that make the runs are in mild/lesson/README.md.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT))

from mild.config import RunConfig, options  # noqa: E402
from mild.store.run import Run, open_run  # noqa: E402

FOLDER = PROJECT / "mild" / "lesson"
MAX_BYTES = 300_000
RECORDED = {
    "demo": ("thumbnails", "predictions", "losses"),
    "memorizing": ("losses",),
    "planted": ("thumbnails", "mean losses", "planted"),
    "rounds": (),
}
"""What each recording has beside labels, index and status; of the first round only."""


def main(name: str, run_id: str) -> None:
    """Write one recording and say how large it is."""
    path = FOLDER / f"{name}.npz"
    np.savez_compressed(path, allow_pickle=False, **packed(open_run(run_id), RECORDED[name]))
    size = path.stat().st_size
    print(f"{path.relative_to(PROJECT)}: {size:,} bytes from {run_id}")
    if size > MAX_BYTES:
        sys.exit(f"that is more than {MAX_BYTES:,}; record less of it")


def packed(run: Run, recorded: tuple[str, ...]) -> dict[str, Any]:
    """Pack the arrays of a recording, as small as they go without losing anything."""
    instances, thumbnails, config = run.instances(), run.thumbnails(), run.config()
    data = config.data.model_copy(update={"data_root": RunConfig().data.data_root})
    arrays = {
        "run_id": np.array(run.run_id),
        "command": np.array(options.command_line(config.model_copy(update={"data": data}))),
        "given": _small(instances.given_N),
        "clean": _small(instances.clean_N),
        "class_names": np.array([str(item) for item in run.facts()["class_names"]]),
    }
    if "thumbnails" in recorded and thumbnails is not None:
        if not (thumbnails == thumbnails[..., :1]).all():
            sys.exit("the images are in colour; the lesson takes grey ones")
        arrays["thumbnails"] = thumbnails[..., 0]
    last = run.rounds_begun() - 1
    arrays["kept"] = _small(run.index(last)[run.selection(last)["kept"]])
    for number in range(last + 1):
        arrays[f"index{number}"] = _small(run.index(number))
        arrays[f"status{number}"] = np.asarray(run.status(number))
    if "predictions" in recorded:
        arrays["predictions0"] = _small(run.predictions(0))
    if "losses" in recorded:
        arrays["losses0"] = np.asarray(run.losses(0), dtype=np.float16)
    if "mean losses" in recorded:
        mean_N = np.asarray(run.losses(0)).mean(axis=0, dtype=np.float64)
        arrays["mean_loss0"] = mean_N.astype(np.float32)
    if "planted" in recorded:
        planted = run.planted(0)
        arrays["planted_slot0"] = _small(planted.slot_P)
        arrays["planted_label0"] = _small(planted.label_P)
    elif any(len(run.planted(number)) for number in range(last + 1)):
        sys.exit("labels were planted in this run; train it with --planted-share 0")
    return arrays


def _small(values: Any) -> Any:
    return np.asarray(values).astype(np.min_scalar_type(int(np.max(values))))


if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[1] not in RECORDED:
        sys.exit(f"usage: python docs/make_lesson.py {'|'.join(RECORDED)} RUN")
    main(*sys.argv[1:])
