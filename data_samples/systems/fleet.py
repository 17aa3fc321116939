"""The systems that move: robotaxis, buses, sweepers, ambulances, teams, farm machines. Fixes of the morning peak."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import shapely

from data_samples import streets, vehicles
from data_samples.plan import Plan
from data_samples.systems import places
from data_samples.systems.files import rng_of
from data_samples.systems.table import FLEETS
from data_samples.vehicles import Drive
from twin.frame import Frame
from twin.layer import SYSTEM_COLUMN

NAME = "fleet.parquet"
START, HOURS, STEP_SECS = "2026-07-14T23:15:00", 1.25, 15.0  # UTC: 07:15 to 08:30 in Shanghai
PLATOON_GAP_M = 22.0


def write_fleet(path: Path, plan: Plan) -> int:
    """Number of fixes."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    ground = places.Ground(plan)
    secs = np.arange(int(HOURS * 3600 / STEP_SECS)) * STEP_SECS
    tables = [_of(key, ground, secs, Frame()) for key in sorted(FLEETS)]
    about = {"synthetic": "true", "title": "Synthetic sample data of citytwin", "crs": "EPSG:4326"}
    table = pa.concat_tables(tables).unify_dictionaries().combine_chunks().replace_schema_metadata(about)
    pq.write_table(table, path, compression="zstd", compression_level=19,
                   use_dictionary=["vehicle_id", "mode", SYSTEM_COLUMN, "soc", "load", "speed_kmh", "heading_deg"],
                   column_encoding={"time": "DELTA_BINARY_PACKED", "lon": "BYTE_STREAM_SPLIT", "lat": "BYTE_STREAM_SPLIT"})
    return table.num_rows


def _of(key: str, ground: places.Ground, secs: np.ndarray, frame: Frame):
    """All fixes of one system; `load` is persons, parcels or percent of a tank, whatever it carries."""
    import pyarrow as pa

    mode, where, count, kmh = FLEETS[key]
    rng = rng_of(f"fleet {key}")
    driven = _drives(where, ground, count, kmh, secs, rng)
    kept = vehicles.kept(count, secs, seed=int(rng.integers(1 << 30)))
    vehicle, step = np.nonzero(kept)
    x, y, heading, speed, charge = (np.stack([getattr(d, n) for d in driven])[vehicle, step]
                                    for n in ("x", "y", "heading_deg", "speed_m_s", "charge"))
    place = frame.to_lonlat(np.stack([x, y, np.zeros(len(x))], axis=1) - frame.origin)
    north = frame.convergence_deg(float(x.mean()), float(y.mean()))
    time = np.datetime64(START, "ns") + (secs * 1e9).astype("timedelta64[ns]")
    load = np.clip(rng.integers(0, 30, count)[vehicle] + (10 * np.sin(step / 40 + vehicle)).round(), 0, 60)
    names = [f"{key}-{k + 1:02d}" for k in range(count)]
    return pa.table({
        "vehicle_id": pa.DictionaryArray.from_arrays(vehicle.astype(np.int32), names),
        "mode": pa.DictionaryArray.from_arrays(np.zeros(len(vehicle), np.int32), [mode]),
        "time": pa.array(time[step], pa.timestamp("ns", tz="UTC")),
        "lon": np.round(place[:, 0], 6),
        "lat": np.round(place[:, 1], 6),
        "speed_kmh": np.round(speed * 3.6).astype(np.float32),
        "heading_deg": np.round((heading + north) % 360.0).astype(np.float32),
        "soc": pa.array(np.round(charge).astype(np.float32), from_pandas=True),
        "load": load.astype(np.int16),
        SYSTEM_COLUMN: pa.DictionaryArray.from_arrays(np.zeros(len(vehicle), np.int32), [key]),
    })


def _drives(where: str, ground: places.Ground, count: int, kmh: float, secs: np.ndarray, rng) -> list[Drive]:
    if where == "platoon":
        return _platoon(ground, count, kmh, secs)
    ways = _ways(where, ground)
    return [_drive(ways[k % len(ways)], kmh / 3.6, secs, rng, electric=where != "trunk") for k in range(count)]


def _ways(where: str, ground: places.Ground) -> list[np.ndarray]:
    """Closed courses: the ring, streets there and back, rounds of a block, the lanes of a field."""
    if where == "ring":
        return [vehicles._right_of(streets.ring()), vehicles._right_of(streets.ring()[::-1])]
    if where == "blocks":
        rounds = [b.shape.buffer(6).exterior for b in ground.blocks("residential") if ground.near(b.at)]
        return [_even(shapely.get_coordinates(r)) for r in rounds[::7]]
    if where == "fields":
        return [_lanes(shape) for shape, _ in places.parcels(ground, np.random.default_rng(1010), 60)[:5]]
    if where == "trunk":
        roads = ground.roads("trunk", "primary")
        return [np.vstack([vehicles._right_of(r.line), vehicles._right_of(r.line[::-1])]) for r in roads[::2]]
    return vehicles.courses(ground.plan)[2:]


def _even(line: np.ndarray, step_m: float = 12.0) -> np.ndarray:
    whole = shapely.LineString(line)
    return np.array([whole.interpolate(s).coords[0] for s in np.arange(0, whole.length, step_m)])


def _lanes(shape: shapely.Polygon, wide_m: float = 9.0) -> np.ndarray:
    """Up and down a field, and back to where it began."""
    corners = shapely.get_coordinates(shape)[:4]
    along, across = corners[1] - corners[0], corners[3] - corners[0]
    rows = max(2, int(np.linalg.norm(across) / wide_m))
    line = []
    for k in range(rows):
        share = (k + 0.5) / rows
        ends = [corners[0] + 0.04 * along + share * across, corners[0] + 0.96 * along + share * across]
        line += ends if k % 2 == 0 else ends[::-1]
    return _even(np.array([*line, line[0]]), 8.0)


def _drive(way: np.ndarray, speed_m_s: float, secs: np.ndarray, rng, electric: bool) -> Drive:
    """Along a closed course from anywhere on it; it stops now and then, and keeps its heading while it stands."""
    length = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(way, axis=0), axis=1))])
    moving = ((secs + rng.uniform(0, 240)) % rng.uniform(110, 190)) > rng.uniform(10, 32)
    speed = speed_m_s * rng.uniform(0.85, 1.15) * moving.astype(float)
    gone = np.concatenate([[0.0], np.cumsum(speed[:-1] * np.diff(secs))])
    return _along(way, length, rng.uniform(0, length[-1]) + gone, speed,
                  rng.uniform(40, 98) - gone / 1000 * 0.5 if electric else np.full(len(secs), np.nan))


def _platoon(ground: places.Ground, count: int, kmh: float, secs: np.ndarray) -> list[Drive]:
    """One behind the other on the lane of 沪宜公路, with one speed and a gap that breathes."""
    road = next(r for r in ground.plan.roads if r.name_zh == "沪宜公路")
    way = np.vstack([vehicles._right_of(road.line), vehicles._right_of(road.line[::-1])])
    length = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(way, axis=0), axis=1))])
    speed = kmh / 3.6 * (1 + 0.12 * np.sin(secs / 140))
    lead = 2500.0 + np.concatenate([[0.0], np.cumsum(speed[:-1] * np.diff(secs))])
    gaps = [k * (PLATOON_GAP_M + 2.5 * np.sin(secs / 90 + k)) for k in range(count)]
    return [_along(way, length, lead - gap, speed, np.full(len(secs), np.nan)) for gap in gaps]


def _along(way, length, gone, speed, charge) -> Drive:
    at = gone % length[-1]
    x, y = np.interp(at, length, way[:, 0]), np.interp(at, length, way[:, 1])
    segment = np.clip(np.searchsorted(length, at, side="right") - 1, 0, len(way) - 2)
    dx, dy = (way[segment + 1] - way[segment]).T
    return Drive(x, y, np.degrees(np.arctan2(dx, dy)) % 360.0, speed, charge)
