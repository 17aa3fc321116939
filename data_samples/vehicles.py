"""Vehicles on the ring and the streets round the lake: fixes every few seconds through the morning peak."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from data_samples import geography as geo
from data_samples import streets
from data_samples.plan import Plan
from twin.frame import Frame

MODES = ("car", "bus", "driverless shuttle", "sweeper", "truck")
SHARES = (0.66, 0.13, 0.08, 0.04, 0.09)
SPEED_M_S = {"car": 11.5, "bus": 8.0, "driverless shuttle": 6.0, "sweeper": 3.0, "truck": 8.5}
ELECTRIC = {"car": 0.35, "bus": 1.0, "driverless shuttle": 1.0, "sweeper": 1.0, "truck": 0.1}
REACH_M = 4200.0  # from the lake
LANE_M = 3.4  # to the right of the middle of a street
SILENT_SHARE, SILENT_SECS = 0.07, (40.0, 240.0)  # of the vehicles lose their signal, for so long
COUNT, START, HOURS, STEP_SECS = 450, "2026-07-14T23:15:00", 1.25, 5.0  # UTC: 07:15 to 08:30 in Shanghai


@dataclass
class Drive:
    """One vehicle's fixes, metres of EPSG:4549; `charge` NaN where it burns fuel."""

    x: np.ndarray
    y: np.ndarray
    heading_deg: np.ndarray
    speed_m_s: np.ndarray
    charge: np.ndarray


def courses(plan: Plan) -> list[np.ndarray]:
    """Closed courses: the ring in both directions, and streets there and back, each on the right-hand lane."""
    near = [r.line for r in plan.roads if r.cls in ("primary", "secondary") and r.name_zh and _near(r.line)]
    rings = [_right_of(streets.ring()), _right_of(streets.ring()[::-1])]
    return [*rings, *(np.vstack([_right_of(line), _right_of(line[::-1])]) for line in near)]


def _near(line: np.ndarray) -> bool:
    """A street of some length in the new city."""
    away = np.linalg.norm(np.asarray(line) - geo.GRID_ORIGIN, axis=1)
    return len(line) > 1 and float(away.max()) < REACH_M and float(np.linalg.norm(line[-1] - line[0])) > 700.0


def _right_of(line: np.ndarray) -> np.ndarray:
    along = np.gradient(np.asarray(line, float), axis=0)
    along /= np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-9)
    return line + LANE_M * np.stack([along[:, 1], -along[:, 0]], axis=1)


def drives(plan: Plan, count: int, secs: np.ndarray, seed: int = 60) -> tuple[np.ndarray, list[Drive]]:
    """(mode of each vehicle, drives). Shuttles keep to the ring."""
    rng = np.random.default_rng(seed)
    ways = courses(plan)
    modes = rng.choice(len(MODES), count, p=SHARES)
    out = []
    for k, mode in enumerate(MODES[m] for m in modes):
        way = ways[k % 2] if mode == "driverless shuttle" else ways[int(rng.integers(0, len(ways)))]
        out.append(_drive(way, mode, secs, rng))
    return modes, out


def _drive(way: np.ndarray, mode: str, secs: np.ndarray, rng) -> Drive:
    """Stops at lights and slows in the rain of the morning; a vehicle that stands keeps its heading."""
    length = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(way, axis=0), axis=1))])
    stop_every, stop_for = rng.uniform(70, 130), rng.uniform(8, 28)
    moving = ((secs + rng.uniform(0, 200)) % stop_every) > stop_for
    ease = np.convolve(moving.astype(float), np.ones(5) / 5, mode="same")
    speed = SPEED_M_S[mode] * rng.uniform(0.85, 1.15) * ease
    gone = np.concatenate([[0.0], np.cumsum(speed[:-1] * np.diff(secs))])
    at = (rng.uniform(0, length[-1]) + gone) % length[-1]
    x, y = np.interp(at, length, way[:, 0]), np.interp(at, length, way[:, 1])
    segment = np.clip(np.searchsorted(length, at, side="right") - 1, 0, len(way) - 2)
    dx, dy = (way[segment + 1] - way[segment]).T
    electric = rng.random() < ELECTRIC[mode]
    charge = rng.uniform(35, 98) - gone / 1000 * 0.35 if electric else np.full(len(secs), np.nan)
    return Drive(x, y, np.degrees(np.arctan2(dx, dy)) % 360.0, speed, charge)


def kept(count: int, secs: np.ndarray, seed: int = 61) -> np.ndarray:
    """(count, steps) bool: the fixes that came through. Some vehicles fall silent on the way, some come late."""
    rng = np.random.default_rng(seed)
    out = np.ones((count, len(secs)), bool)
    for k in np.flatnonzero(rng.random(count) < SILENT_SHARE):
        begin = rng.uniform(secs[0], secs[-1])
        out[k, (secs >= begin) & (secs < begin + rng.uniform(*SILENT_SECS))] = False
    for k in np.flatnonzero(rng.random(count) < 0.1):
        out[k, secs < rng.uniform(0.0, 0.4) * secs[-1]] = False
    return out


def _short(degrees: np.ndarray) -> np.ndarray:
    """To 2^-20 degree, a tenth of a metre. A decimal place is a long binary number and would pack half as well."""
    return np.round(degrees * 2.0**20) / 2.0**20


def write_vehicles(
    path: Path,
    plan: Plan,
    count: int = COUNT,
    start: str = START,
    hours: float = HOURS,
    step_secs: float = STEP_SECS,
    level: int = 19,
) -> int:
    """`start` is UTC, `level` that of zstd. Number of rows; WGS 84 degrees, headings from true north."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    secs = np.arange(int(hours * 3600 / step_secs)) * step_secs
    modes, driven = drives(plan, count, secs)
    vehicle, step = np.nonzero(kept(count, secs))
    x, y, heading, speed, charge = (
        np.stack([getattr(d, name) for d in driven])[vehicle, step]
        for name in ("x", "y", "heading_deg", "speed_m_s", "charge")
    )
    frame = Frame()
    place = frame.to_lonlat(np.stack([x, y, np.zeros(len(x))], axis=1) - frame.origin)
    north = frame.convergence_deg(float(x.mean()), float(y.mean()))
    time = np.datetime64(start, "ns") + (secs * 1e9).astype("timedelta64[ns]")
    table = pa.table(
        {
            "vehicle_id": pa.DictionaryArray.from_arrays(
                vehicle.astype(np.int32), [f"VEH-{k + 1:03d}" for k in range(count)]
            ),
            "mode": pa.DictionaryArray.from_arrays(modes[vehicle].astype(np.int8), list(MODES)),
            "time": pa.array(time[step], pa.timestamp("ns", tz="UTC")),
            "lon": _short(place[:, 0]),
            "lat": _short(place[:, 1]),
            "speed_kmh": np.round(speed * 3.6, 1).astype(np.float32),
            "heading_deg": np.round((heading + north) % 360.0, 1).astype(np.float32),
            "soc": pa.array(np.round(charge, 1).astype(np.float32), from_pandas=True),
        }
    )
    about = {"synthetic": "true", "title": "Synthetic sample data of citytwin", "crs": "EPSG:4326"}
    pq.write_table(
        table.replace_schema_metadata(about),
        path,
        compression="zstd",
        compression_level=level,
        use_dictionary=["vehicle_id", "mode", "soc", "speed_kmh", "heading_deg"],
        column_encoding={"time": "DELTA_BINARY_PACKED", "lon": "BYTE_STREAM_SPLIT", "lat": "BYTE_STREAM_SPLIT"},
    )
    return table.num_rows
