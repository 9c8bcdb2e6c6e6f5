"""Parquet: the table with its types, and the run it is of."""

from __future__ import annotations

import io

from mild.export.formats.format import FileFormat
from mild.export.table import Reviewed, table


def write(found: Reviewed) -> bytes:
    """Write Parquet, with the run's id in its metadata as `mild_run`."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = pa.Table.from_pandas(table(found), preserve_index=False)
    metadata = {**(rows.schema.metadata or {}), b"mild_run": found.run.run_id.encode()}
    buffer = io.BytesIO()
    pq.write_table(rows.replace_schema_metadata(metadata), buffer, compression="zstd")
    return buffer.getvalue()


PARQUET = FileFormat(
    name="parquet",
    title="Parquet",
    order=20,
    suffix=".parquet",
    mime="application/vnd.apache.parquet",
    write=write,
)
