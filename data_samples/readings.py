"""The readings as files: a long Parquet table with honest gaps, and the table of datastreams beside it."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from data_samples import signals
from data_samples.sensor_places import PROPERTIES, Sensor

DECIMALS = {"traffic.flow": 0, "crowd.count": 0, "water.level": 3, "fire.smoke": 2, "lamp.level": 0}
HERO = "UP-001.flood.underpass_depth"  # never silent: the story hangs on it


def values_of(sensors: list[Sensor], seed: int = 15) -> np.ndarray:
    """(n, 288) f4 in the order of `sensors`, without gaps."""
    out = np.zeros((len(sensors), signals.STAMPS), np.float32)
    for k, observed in enumerate(PROPERTIES):
        rows = [i for i, s in enumerate(sensors) if s.observed == observed]
        if rows:
            group = [sensors[i] for i in rows]
            made = signals.SIGNALS[observed](group, np.random.default_rng(seed + k))
            out[rows] = np.round(made, DECIMALS.get(observed, 1))
    return out


def present(sensors: list[Sensor], rng: np.random.Generator) -> np.ndarray:
    """(n, 288) bool: 2 % dead all day, 6 % silent for hours, 4 % losing every few readings, 0.2 % lost at random."""
    n = len(sensors)
    kept = rng.random((n, signals.STAMPS)) > 0.002
    fate = rng.random(n)
    fate[[i for i, s in enumerate(sensors) if s.id == HERO]] = 1.0
    kept[fate < 0.02] = False
    for i in np.flatnonzero((fate >= 0.02) & (fate < 0.08)):
        start = rng.integers(10, 240)
        kept[i, start : start + rng.integers(24, 110)] = False
    for i in np.flatnonzero((fate >= 0.08) & (fate < 0.12)):
        kept[i] &= rng.random(signals.STAMPS) > 0.35
    kept[fate == 1.0] = True
    return kept


def with_spikes(
    values: np.ndarray, sensors: list[Sensor], rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """A few implausible readings, and (n, 288) bool where they are: they are marked suspect."""
    suspect = rng.random(values.shape) < 1.5e-4
    suspect[
        [
            i
            for i, s in enumerate(sensors)
            if s.observed in ("flood.underpass_depth", "met.rain", "lamp.level")
        ]
    ] = False
    return np.where(suspect, values * 4 + 3, values).astype(np.float32), suspect


def write_readings(path: Path, sensors: list[Sensor]) -> int:
    """Long table `time` (UTC ns), `datastream`, `value` (f4), `quality`, sorted by datastream and time. Its rows."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    rng = np.random.default_rng(99)
    values, suspect = with_spikes(values_of(sensors), sensors, rng)
    kept = present(sensors, rng)
    order = np.argsort([s.id for s in sensors], kind="stable")
    ids = [sensors[i].id for i in order]
    row, stamp = np.nonzero(kept[order])
    start = np.datetime64("2026-07-14T16:00:00", "ns")  # 00:00 in Shanghai
    table = pa.table(
        {
            "time": pa.array(
                start + stamp * np.timedelta64(300_000_000_000, "ns"), pa.timestamp("ns", tz="UTC")
            ),
            "datastream": pa.DictionaryArray.from_arrays(row.astype(np.int32), ids),
            "value": values[order][row, stamp],
            "quality": pa.DictionaryArray.from_arrays(
                suspect[order][row, stamp].astype(np.int8), ["good", "suspect"]
            ),
        }
    )
    about = {"synthetic": "true", "title": "Synthetic sample data of citytwin", "time_zone": "Asia/Shanghai"}
    pq.write_table(
        table.replace_schema_metadata(about),
        path,
        compression="zstd",
        compression_level=12,
        row_group_size=200_000,
        use_dictionary=["datastream", "quality"],
        column_encoding={"time": "DELTA_BINARY_PACKED", "value": "BYTE_STREAM_SPLIT"},
    )
    return table.num_rows


def write_sensors(path: Path, sensors: list[Sensor], floor_m: float) -> None:
    """One row per datastream. `z` is metres above the ground; `elevation_m` (1985) is given inside the office only."""
    with open(path, "w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(("id", "name", "name_zh", "thing", "property", "unit", "interval_secs", "x", "y", "z",
                      "elevation_m", "zone", "room", "room_guid", "synthetic"))
        for s in sensors:
            unit, interval, _, _ = PROPERTIES[s.observed]
            elevation = f"{floor_m + s.above_m:.2f}" if s.room else ""
            out.writerow((s.id, s.name, s.name_zh, s.thing, s.observed, unit, interval, f"{s.at[0]:.2f}",
                          f"{s.at[1]:.2f}", f"{s.above_m:.2f}", elevation, s.zone, s.room, s.room_guid, "true"))
