"""What stories are made of: streams, what they said, and one table of them all."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np

READINGS, STREAMS = "stories.parquet", "stories.csv"
COLUMNS = ("id", "name", "name_zh", "thing", "property", "unit", "interval_secs", "x", "y", "z", "elevation_m", "zone",
           "room", "room_guid", "element", "heading_deg", "synthetic")


@dataclass(frozen=True, kw_only=True)
class Said:
    """One datastream and its readings. `times` datetime64[ns] in Shanghai's clock, `values` f4, as many.

    `at` easting and northing; `above_m` over the ground or `elevation_m` (1985).
    """

    id: str
    name: str
    name_zh: str
    thing: str
    observed: str
    unit: str
    interval_secs: float
    at: tuple[float, float] | None
    times: np.ndarray
    values: np.ndarray
    above_m: float | None = None
    elevation_m: float | None = None
    room: str = ""
    room_guid: str = ""
    element: str = ""                               # GlobalId of the IFC element that it is on
    heading_deg: float | None = None                # of equipment, clockwise from true north


def clock(text: str) -> np.datetime64:
    """"2026-07-15T06:41:00" on Shanghai's clock."""
    return np.datetime64(text, "ns")


def every(start: str, end: str, secs: float) -> np.ndarray:
    """Instants from `start` up to and with `end`."""
    return np.arange(clock(start), clock(end) + np.timedelta64(1, "ns"), np.timedelta64(int(secs * 1e9), "ns"))


def through(times: np.ndarray, corners: list[tuple[str, float]]) -> np.ndarray:
    """(n,) f8 straight lines between (clock on the day of the first corner, value); held before and after."""
    at = np.array([clock(c) for c, _ in corners]).astype(np.int64)
    return np.interp(times.astype(np.int64), at, [value for _, value in corners])


def write(folder: Path, said: list[Said]) -> int:
    """One Parquet table and its streams, sorted by stream and time; returns how many readings."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    said = sorted(said, key=lambda one: one.id)
    rows = np.repeat(np.arange(len(said), dtype=np.int32), [len(one.times) for one in said])
    times = np.concatenate([one.times for one in said]) - np.timedelta64(8, "h")
    table = pa.table(
        {
            "time": pa.array(times, pa.timestamp("ns", tz="UTC")),
            "datastream": pa.DictionaryArray.from_arrays(rows, [one.id for one in said]),
            "value": np.concatenate([one.values for one in said]).astype(np.float32),
        }
    )
    about = {"synthetic": "true", "title": "Synthetic stories of citytwin", "time_zone": "Asia/Shanghai"}
    pq.write_table(
        table.replace_schema_metadata(about),
        folder / READINGS,
        compression="zstd",
        compression_level=19,
        use_dictionary=["datastream"],
        column_encoding={"time": "DELTA_BINARY_PACKED", "value": "PLAIN"},  # few different values: a fifth smaller than split
    )
    with open(folder / STREAMS, "w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(COLUMNS)
        for one in said:
            x, y = (f"{c:.2f}" for c in one.at) if one.at else ("", "")
            out.writerow([one.id, one.name, one.name_zh, one.thing, one.observed, one.unit, f"{one.interval_secs:g}",
                          x, y, _number(one.above_m), _number(one.elevation_m), "", one.room, one.room_guid, one.element,
                          _number(one.heading_deg), "true"])
    return table.num_rows


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"
