"""manifests: tables of images and of labels, as CSV in any coding, and as Parquet."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.fuzz.damage import acting_pickle, damaged, never_run
from benchmarks.fuzz.kind import Case, Kind
from benchmarks.fuzz.values import Random, text
from mild.config import DataConfig
from mild.data.labels.overlay_file import read_columns
from mild.data.load import listed, problems
from mild.data.preview import preview

_CODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "latin-1", "utf-32")
_COLUMNS = ("path", "label", "clean", "split", "path", "")


def _prepare(folder: Path) -> Case:
    for number in range(6):
        pixels = np.full((8, 8, 3), 40 * number, dtype=np.uint8)
        Image.fromarray(pixels).save(folder / f"{number}.png")
    proof = folder / "proof"
    pickled = acting_pickle(proof)

    def case(rng: Random) -> None:
        suffix = (".csv", ".csv", ".csv", ".tsv", ".txt", ".parquet")[rng.integers(6)]
        path = folder / f"list{suffix}"
        content = _parquet(rng) if suffix == ".parquet" else _csv(rng)
        path.write_bytes(damaged(content, rng, pickled) if rng.random() < 0.4 else content)
        with never_run(proof):
            _read(path, rng)

    return case


def _read(path: Path, rng: Random) -> None:
    config = DataConfig(source="manifest", path=str(path))
    if rng.random() < 0.3:
        read_columns(path)
    if rng.random() < 0.2:
        problems(config)
        preview(config, n=4)
    listed(config)


def _rows(rng: Random) -> list[list[str]]:
    n_columns = int(rng.integers(1, 6))
    rows = [[_COLUMNS[i] if rng.random() < 0.95 else text(rng) for i in range(n_columns)]]
    for _ in range(rng.integers(12)):
        row = [f"{rng.integers(8)}.png", "ab"[rng.integers(2)], "ab"[rng.integers(2)],
               ("train", "test")[rng.integers(2)], ""][:n_columns]  # fmt: skip
        rows.append([cell if rng.random() < 0.85 else text(rng) for cell in row])
    return rows


def _csv(rng: Random) -> bytes:
    mark = ",;\t"[rng.integers(3)]
    quoted = rng.random() < 0.5
    lines = []
    for row in _rows(rng):
        cells = ['"' + cell.replace('"', '""') + '"' if quoted else cell for cell in row]
        lines.append(mark.join(cells))
    end = ("\n", "\r\n", "\r")[rng.integers(3)]
    coding = _CODINGS[rng.integers(len(_CODINGS))] if rng.random() < 0.4 else "utf-8"
    return end.join(lines).encode(coding, "replace")


def _parquet(rng: Random) -> bytes:
    import pyarrow as pa
    from pyarrow import parquet

    head, *rows = _rows(rng)
    names = [f"{name}{'' if rng.random() < 0.9 else i}" for i, name in enumerate(head)]
    columns = [
        pa.array([row[i].encode("utf-8", "replace").decode() for row in rows], pa.string())
        if rng.random() < 0.8
        else pa.array([i] * len(rows), (pa.int64(), pa.float64(), pa.binary())[0])
        for i in range(len(head))
    ]
    buffer = io.BytesIO()
    table = pa.Table.from_arrays(columns, names=[name.encode("utf-8", "replace").decode()
                                                for name in names])  # fmt: skip
    parquet.write_table(table, buffer)
    return buffer.getvalue()


MANIFESTS = Kind(
    name="manifests",
    about="tables of images and labels, as CSV in any coding and as Parquet",
    prepare=_prepare,
)
