"""Vehicles on the ring and the streets round the lake: positions every few seconds through the morning peak."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from data_samples import streets
from data_samples.plan import Plan

KINDS = ("car", "bus", "driverless shuttle", "sweeper")
SPEED_M_S = {"car": 11.5, "bus": 8.0, "driverless shuttle": 6.0, "sweeper": 3.0}


def routes(plan: Plan) -> list[np.ndarray]:
    """Closed courses: the ring, and streets there and back."""
    near = [
        r.line for r in plan.roads if r.cls in ("primary", "secondary") and r.name_zh and len(r.line) > 60
    ][:24]
    there_and_back = [np.vstack([line, np.add(line[::-1], (0.0, 5.0))]) for line in near]
    return [streets.ring(), np.add(streets.ring()[::-1], (4.0, 0.0)), *there_and_back]


def tracks(plan: Plan, count: int, start: str, hours: float, step_secs: float, seed: int = 60):
    """Columns vehicle (i4), time (datetime64[ns] UTC), x, y (f8), heading_deg, speed_m_s (f4), sorted by both."""
    rng = np.random.default_rng(seed)
    courses = routes(plan)
    steps = int(hours * 3600 / step_secs)
    secs = np.arange(steps) * step_secs
    kind = rng.choice(len(KINDS), count, p=(0.62, 0.2, 0.13, 0.05))
    x, y, heading, speed = (np.zeros((count, steps)) for _ in range(4))
    for k in range(count):
        course = (
            courses[k % 2]
            if KINDS[kind[k]] == "driverless shuttle"
            else courses[int(rng.integers(0, len(courses)))]
        )
        x[k], y[k], heading[k], speed[k] = _drive(
            course, SPEED_M_S[KINDS[kind[k]]] * rng.uniform(0.85, 1.15), secs, rng
        )
    time = np.datetime64(start, "ns") + (secs * 1e9).astype("timedelta64[ns]")
    return (
        kind,
        np.repeat(np.arange(count, dtype=np.int32), steps),
        np.tile(time, count),
        x.ravel(),
        y.ravel(),
        heading.ravel(),
        speed.ravel(),
    )


def _drive(course, usual_m_s: float, secs, rng):
    """Stops at lights and slows in the rain of the morning; a vehicle that stands keeps its heading."""
    length = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(course, axis=0), axis=1))])
    stop_every, stop_for = rng.uniform(70, 130), rng.uniform(8, 28)
    moving = ((secs + rng.uniform(0, 200)) % stop_every) > stop_for
    ease = np.convolve(moving.astype(float), np.ones(5) / 5, mode="same")
    speed = usual_m_s * ease
    at = (
        rng.uniform(0, length[-1]) + np.concatenate([[0.0], np.cumsum(speed[:-1] * np.diff(secs))])
    ) % length[-1]
    x, y = np.interp(at, length, course[:, 0]), np.interp(at, length, course[:, 1])
    segment = np.clip(np.searchsorted(length, at, side="right") - 1, 0, len(course) - 2)
    dx, dy = (course[segment + 1] - course[segment]).T
    return x, y, np.degrees(np.arctan2(dx, dy)) % 360.0, speed


def write_vehicles(
    path: Path,
    plan: Plan,
    count: int = 60,
    start: str = "2026-07-14T22:00:00",
    hours: float = 1.75,
    step_secs: float = 5.0,
) -> int:
    """`start` is UTC (06:00 in Shanghai). Number of rows."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    kind, vehicle, time, x, y, heading, speed = tracks(plan, count, start, hours, step_secs)
    names = [f"VEH-{k + 1:03d}" for k in range(count)]
    table = pa.table(
        {
            "time": pa.array(time, pa.timestamp("ns", tz="UTC")),
            "vehicle": pa.DictionaryArray.from_arrays(vehicle, names),
            "x": np.round(x, 1),
            "y": np.round(y, 1),
            "heading_deg": np.round(heading, 1).astype(np.float32),
            "speed_m_s": np.round(speed, 1).astype(np.float32),
            "kind": pa.DictionaryArray.from_arrays(kind[vehicle].astype(np.int8), list(KINDS)),
        }
    )
    about = {"synthetic": "true", "title": "Synthetic sample data of citytwin", "crs": "EPSG:4549"}
    pq.write_table(
        table.replace_schema_metadata(about),
        path,
        compression="zstd",
        compression_level=12,
        use_dictionary=["vehicle", "kind"],
        column_encoding={"time": "DELTA_BINARY_PACKED", "x": "BYTE_STREAM_SPLIT", "y": "BYTE_STREAM_SPLIT"},
    )
    return table.num_rows
