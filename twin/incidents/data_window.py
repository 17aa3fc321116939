"""The readings of a stretch of time as two plain files that read back to the same values."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from twin.data import Sensors
from twin.frame import Frame


def write_window(payload: Sensors, frame: Frame, start_ns: int, end_ns: int, readings: Path, streams: Path) -> int:
    """Write Parquet and its table of datastreams (CSV); returns how many readings.

    The last reading before `start_ns` goes along, so that `latest_at` says the same from the first instant on.
    """
    import pyarrow as pa
    from pyarrow import csv, parquet
    ids = _ids(payload)
    rows, times_ns, values = _cut(payload.history, len(ids), start_ns, end_ns)
    table = pa.table({
        "time": pa.array(times_ns, pa.int64()).cast(pa.timestamp("ns", "UTC")),
        "datastream": pa.DictionaryArray.from_arrays(pa.array(rows, pa.int32()), pa.array(ids)),
        "value": pa.array(values, pa.float32()),
    })
    parquet.write_table(table, readings, compression="zstd")
    csv.write_csv(_listed(payload, frame, ids), streams)
    return len(values)


def _ids(payload: Sensors) -> list[str]:
    features = payload.features
    if features is not None and "id" in features.column_names:
        ids = [str(id) for id in features.column("id").to_pylist()]
        if len(set(ids)) == len(ids):
            return ids
    return [str(row) for row in range(len(payload.positions))]


def _cut(history, count: int, start_ns: int, end_ns: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rows, times_ns, values = [], [], []
    for row in range(count):
        stamps, said = history.series(row)
        first = max(0, int(np.searchsorted(stamps, start_ns, "right")) - 1)
        last = int(np.searchsorted(stamps, end_ns, "right"))
        rows.append(np.full(max(0, last - first), row, np.int32))
        times_ns.append(stamps[first:last])
        values.append(said[first:last])
    return (np.concatenate(rows), np.concatenate(times_ns).astype(np.int64),
            np.concatenate(values).astype(np.float32)) if rows else (np.zeros(0, np.int32), np.zeros(0, np.int64),
                                                                     np.zeros(0, np.float32))


def _listed(payload: Sensors, frame: Frame, ids: list[str]):
    """One row for each datastream, with easting and northing in the project CRS."""
    import pyarrow as pa
    x, y, z = (payload.positions[:, axis].astype(np.float64) + frame.origin[axis] for axis in range(3))
    columns = {"id": pa.array(ids)}
    for name in payload.features.column_names if payload.features is not None else ():
        if name not in ("id", "x", "y", "elevation_m"):
            columns[name] = payload.features.column(name)
    columns |= {name: pa.array(values, mask=~np.isfinite(values))
                for name, values in (("x", x), ("y", y), ("elevation_m", z))}
    return pa.table(columns)
