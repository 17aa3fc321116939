"""The large scale for benchmarks: 300,000 buildings and 220,000 sensors over the whole district, in a minute or two."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import shapely

from data_samples import geography as geo
from data_samples import signals, vehicles
from data_samples.forms import FLOOR_M
from data_samples.plan import Plan, district_outline
from data_samples.sensor_places import PROPERTIES, Sensor
from data_samples.vector_files import write_layer

BUILDINGS, SENSORS, VEHICLES = 300_000, 220_000, 450
CHUNK = 5_000
START = np.datetime64("2026-07-14T16:00:00", "ns")  # 00:00 in Shanghai
SHARES = {
    "air.pm25": 0.03,
    "noise.leq": 0.1,
    "met.rain": 0.02,
    "met.temp": 0.05,
    "met.humidity": 0.05,
    "water.level": 0.01,
    "flood.underpass_depth": 0.01,
    "traffic.flow": 0.14,
    "traffic.speed": 0.14,
    "crowd.count": 0.06,
    "energy.load": 0.18,
    "ug.sewer_fill": 0.06,
    "lamp.level": 0.15,
}


def write_buildings(path: Path, plan: Plan, count: int = BUILDINGS) -> None:
    """Rectangles on a turned lattice, denser and higher toward the towns; none on water or wide roads."""
    rng = np.random.default_rng(300)
    at = _lattice(plan, count, rng)
    use = rng.choice(
        ["residential", "industrial", "commercial", "office", "school"],
        count,
        p=(0.72, 0.13, 0.08, 0.055, 0.015),
    )
    near = _closeness(at)
    floors = np.clip(rng.geometric(0.16, count) * (0.4 + 1.5 * near) + 1, 1, 33).astype(np.int16)
    floors[use == "industrial"] = 1
    height = np.round(floors * np.vectorize(FLOOR_M.get)(use) + 0.9, 1).astype(np.float32)
    length, depth = rng.uniform(10, 17.4, count), rng.uniform(8, 12.6, count)
    shapes = _boxes(at, length, depth, np.radians(geo.GRID_ANGLE_DEG))
    write_layer(
        path,
        shapes,
        {
            "id": np.char.add("d", np.char.zfill(np.arange(count).astype(str), 6)),
            "name": np.full(count, ""),
            "use": use,
            "floors": floors,
            "height_m": height,
            "year": rng.integers(1975, 2026, count).astype(np.int16),
            "zone": np.full(count, ""),
            "energy_kwh_m2": rng.lognormal(4.0, 0.4, count).round(1).astype(np.float32),
            "population": (length * depth * floors / 38).round().astype(np.int32),
        },
        "Polygon",
    )


def _lattice(plan: Plan, count: int, rng) -> np.ndarray:
    """(count, 2) places at least 21 m apart along one axis and 17 m along the other."""
    outline = shapely.Polygon(district_outline()).buffer(-60)
    x0, y0, x1, y1 = outline.bounds
    reach = np.hypot(x1 - x0, y1 - y0) / 2
    u, v = np.meshgrid(np.arange(-reach, reach, 22.5), np.arange(-reach, reach, 18.5))
    a = np.radians(geo.GRID_ANGLE_DEG)
    at = np.stack(
        [(x0 + x1) / 2 + u * np.cos(a) - v * np.sin(a), (y0 + y1) / 2 + u * np.sin(a) + v * np.cos(a)], -1
    ).reshape(-1, 2)
    shapely.prepare(outline)
    at = at[shapely.contains_xy(outline, at[:, 0], at[:, 1])]
    at = at[rng.random(len(at)) < 0.12 + 0.88 * _closeness(at) ** 0.6]
    blocked = [w.shape.buffer(11) for w in plan.waters] + [r.surface.buffer(11) for r in plan.roads]
    hit = shapely.STRtree(shapely.points(at)).query(blocked, predicate="intersects")[1]
    free = np.ones(len(at), bool)
    free[hit] = False
    at = at[free]
    return at[np.sort(rng.permutation(len(at))[:count])]


def _closeness(at: np.ndarray) -> np.ndarray:
    """0..1 by the nearest town or the lake."""
    places = [(t.at, t.radius_m) for t in geo.TOWNS] + [(tuple(geo.GRID_ORIGIN), 2600.0)]
    return np.max([np.exp(-((np.linalg.norm(at - p, axis=1) / (r * 2.1)) ** 2)) for p, r in places], axis=0)


def _boxes(at: np.ndarray, length: np.ndarray, depth: np.ndarray, turn: float) -> np.ndarray:
    corner = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1)]) / 2.0
    local = corner[None] * np.stack([length, depth], 1)[:, None, :]
    c, s = np.cos(turn), np.sin(turn)
    return shapely.polygons(np.round(at[:, None, :] + local @ np.array([[c, s], [-s, c]]), 2))


def sensors(plan: Plan, count: int = SENSORS) -> list[Sensor]:
    """In blocks of one property, numbered in that order, so that the order of the ids is the order of the file."""
    rng = np.random.default_rng(220)
    places = _lattice(plan, count, rng)
    rng.shuffle(places)
    numbers = np.round(np.cumsum(list(SHARES.values())) * count).astype(int)
    out, first = [], 0
    weight = rng.uniform(0.4, 1.2, count).round(3)
    for observed, last in zip(SHARES, numbers):
        _, _, en, zh = PROPERTIES[observed]
        out += [
            Sensor(
                f"D{k:06d}",
                f"D{k:06d}",
                observed,
                f"{en} {k}",
                f"{zh}{k}号",
                (float(places[k, 0]), float(places[k, 1])),
                3.0,
                float(weight[k]),
            )
            for k in range(first, last)
        ]
        first = last
    return out


def write_sensors(folder: Path, found: list[Sensor], progress=None) -> int:
    """`sensors.parquet` and `sensors.csv`, chunk by chunk. Number of readings. `progress` is told their share, 0 to 1."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pa.schema([("time", pa.timestamp("ns", tz="UTC")),
                        ("datastream", pa.dictionary(pa.int32(), pa.string())),
                        ("value", pa.float32())],
                       {"synthetic": "true", "title": "Synthetic benchmark data of citytwin"})
    rows = 0
    with pq.ParquetWriter(folder / "sensors.parquet", schema, compression="zstd", use_dictionary=["datastream"],
                          column_encoding={"time": "DELTA_BINARY_PACKED", "value": "BYTE_STREAM_SPLIT"}) as writer:
        for number, group in enumerate(_chunks(found)):
            table = _readings(group, np.random.default_rng(1000 + number), schema)
            writer.write_table(table, row_group_size=1_500_000)
            rows += table.num_rows
            if progress:
                progress(rows / (len(found) * signals.STAMPS))
    _write_datastreams(folder / "sensors.csv", found)
    return rows


def write_vehicles(path: Path, plan: Plan) -> int:
    """A whole day; packed lightly, since the last tenth of its size takes ninety times as long. Number of rows."""
    return vehicles.write_vehicles(path, plan, VEHICLES, str(START), 24.0, 5.0, level=3)


def _write_datastreams(path: Path, found: list[Sensor]) -> None:
    with open(path, "w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(("id", "name", "name_zh", "thing", "property", "unit", "interval_secs", "x", "y", "z",
                      "synthetic"))
        out.writerows((s.id, s.name, s.name_zh, s.thing, s.observed, *PROPERTIES[s.observed][:2],
                       f"{s.at[0]:.1f}", f"{s.at[1]:.1f}", "3.0", "true") for s in found)


def _chunks(found: list[Sensor]):
    """Runs of one property, of at most `CHUNK` sensors."""
    start = 0
    for stop in range(1, len(found) + 1):
        if stop == len(found) or found[stop].observed != found[start].observed or stop - start == CHUNK:
            yield found[start:stop]
            start = stop


def _readings(group: list[Sensor], rng, schema):
    """1 % of the sensors dead and 0.5 % of the readings lost."""
    import pyarrow as pa

    values = signals.SIGNALS[group[0].observed](group, rng).astype(np.float32)
    kept = rng.random(values.shape) > 0.005
    kept[rng.random(len(group)) < 0.01] = False
    row, stamp = np.nonzero(kept)
    return pa.table(
        [
            pa.array(START + stamp * np.timedelta64(300_000_000_000, "ns"), pa.timestamp("ns", tz="UTC")),
            pa.DictionaryArray.from_arrays(row.astype(np.int32), [s.id for s in group]),
            np.round(values[row, stamp], 1),
        ],
        schema=schema,
    )
