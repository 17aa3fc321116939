"""The files of the systems: readings in Parquet with one row group for each system, the list of datastreams beside it,
and the shapes of lines, areas and buildings."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from data_samples.plan import Plan
from data_samples.signals import STAMPS
from data_samples.systems import area_places, line_places, places, point_places  # noqa: F401 - they register
from data_samples.systems.curves import CURVES, Crowd
from data_samples.systems.places import Place
from data_samples.systems.table import SPECS, Measure, Spec
from data_samples.vector_files import write_layer
from twin.layer import SYSTEM_COLUMN
from twin.systems.properties import properties

READINGS, DATASTREAMS = "systems.parquet", "systems_list.parquet"
SHAPES = "systems_shapes.fgb"
START = np.datetime64("2026-07-14T16:00:00", "ns")  # 00:00 in Shanghai
STEP_NS = np.timedelta64(300_000_000_000, "ns")
STATES = {"grades", "alarm", "open", "phase", "phase_wet", "night"}  # curves of values that count steps
# Of a unit that is a number of things, but no count: indices, ratios, means and prices. There is no half a bus.
UNCOUNTED = {"crowd.density", "device.value", "energy.pue", "farm.ndvi", "gov.open_cases", "lift.vibration",
             "market.price_index", "parking.price", "parking.turnover", "pond.ph", "traffic.av_takeover",
             "traffic.sat", "traffic.tsi", "water.ph"}
DEAD, SILENT, LOSSY = 0.02, 0.07, 0.1  # shares of the things: all day, for hours, every third reading
ABOUT = {"synthetic": "true", "title": "Synthetic sample data of citytwin", "time_zone": "Asia/Shanghai"}


@dataclass(frozen=True, eq=False)
class Made:
    """A system's things; `values` (things, measures, 288) f4 and `kept` (things, 288) bool at every 5 minutes."""

    spec: Spec
    things: list[Place]
    values: np.ndarray
    kept: np.ndarray

    def thing_id(self, row: int) -> str:
        return f"{self.spec.key}-{row + 1:03d}"


@cache
def units() -> dict[str, str]:
    from twin.systems.properties import properties

    return {p.id: p.unit for p in properties().values()}


def rng_of(text: str) -> np.random.Generator:
    return np.random.default_rng(zlib.crc32(text.encode()))


def make(ground: places.Ground, spec: Spec) -> Made:
    things = places.FAMILIES[spec.places](ground, spec.count, rng_of(spec.key))
    at, weight = np.array([t.at for t in things]), np.array([t.weight for t in things])
    values = np.zeros((len(things), len(spec.measures), STAMPS), np.float32)
    for k, measure in enumerate(spec.measures):
        crowd = Crowd(at, weight, rng_of(f"{spec.key} {measure.observed}"))
        values[:, k] = _values(measure, crowd, things)
    return Made(spec, things, values, _kept(spec, len(things)))


def counted(observed: str) -> bool:
    """Whether a property is a number of things, at an instant or in a time."""
    known = properties().get(observed)
    return known is not None and known.unit.split("/")[0] == "1" and observed not in UNCOUNTED


def _values(measure: Measure, crowd: Crowd, things: list[Place]) -> np.ndarray:
    span = measure.high - measure.low
    out = measure.low + span * CURVES[measure.curve](crowd)
    known = np.array([t.observed.get(measure.observed, np.nan) for t in things])
    out = np.where(np.isfinite(known)[:, None], known[:, None], out)
    decimals = 0 if measure.curve in STATES or counted(measure.observed) or span >= 100 else 1 if span >= 10 else 2 if span >= 1 else 3
    return np.round(out, decimals)


def _kept(spec: Spec, count: int) -> np.ndarray:
    rng = rng_of(f"{spec.key} kept")
    out = rng.random((count, STAMPS)) > 0.002
    fate = rng.random(count)
    if count < 5 or not spec.step_min or spec.places == "cells":
        return np.ones_like(out)
    out[fate < DEAD] = False
    for row in np.flatnonzero((fate >= DEAD) & (fate < SILENT)):
        begin = rng.integers(10, 240)
        out[row, begin:begin + rng.integers(24, 110)] = False
    for row in np.flatnonzero((fate >= SILENT) & (fate < LOSSY)):
        out[row] &= rng.random(STAMPS) > 0.35
    return out


def write_systems(folder: Path, plan: Plan) -> None:
    """Readings, the list of their datastreams, and the shapes of what they are of."""
    ground = places.Ground(plan)
    made = [make(ground, spec) for spec in SPECS]
    _write_readings(folder / READINGS, made)
    _write_list(folder / DATASTREAMS, made)
    _write_shapes(folder / SHAPES, [one for one in made if one.spec.shape == "shapes"])


def _write_readings(path: Path, made: list[Made]) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pa.schema([
        ("time", pa.timestamp("ns", tz="UTC")), ("datastream", pa.dictionary(pa.int32(), pa.string())),
        ("value", pa.float32()), (SYSTEM_COLUMN, pa.dictionary(pa.int8(), pa.string()))], ABOUT)
    with pq.ParquetWriter(path, schema, compression="zstd", compression_level=19,
                          use_dictionary=["datastream", SYSTEM_COLUMN],
                          column_encoding={"time": "DELTA_BINARY_PACKED", "value": "BYTE_STREAM_SPLIT"}) as out:
        for one in made:
            table = _readings(one, schema)
            out.write_table(table, row_group_size=len(table))


def _readings(one: Made, schema):
    """Sorted by datastream, then time."""
    import pyarrow as pa

    step = max(1, one.spec.step_min // 5)
    streams, stamps, values = [], [], []
    names = _names(one)
    for stream in range(len(names)):
        row, k = divmod(stream, len(one.spec.measures))
        told = np.arange(0, STAMPS, step) if one.spec.step_min else np.zeros(1, int)
        told = told[one.kept[row, told]]
        streams.append(np.full(len(told), stream, np.int32))
        stamps.append(told)
        values.append(one.values[row, k, told])
    order = np.argsort(names, kind="stable")
    rank = np.empty(len(names), np.int32)
    rank[order] = np.arange(len(names), dtype=np.int32)
    stream = rank[np.concatenate(streams)]
    time, value = np.concatenate(stamps), np.concatenate(values)
    by = np.lexsort((time, stream))
    key = pa.DictionaryArray.from_arrays(np.zeros(len(by), np.int8), [one.spec.key])
    return pa.table([
        pa.array(START + time[by] * STEP_NS, pa.timestamp("ns", tz="UTC")),
        pa.DictionaryArray.from_arrays(stream[by], [names[i] for i in order]),
        value[by].astype(np.float32), key], schema=schema)


def _names(one: Made) -> list[str]:
    return [f"{one.thing_id(row)}.{m.observed}" for row in range(len(one.things)) for m in one.spec.measures]


def _write_list(path: Path, made: list[Made]) -> None:
    """One row per datastream: what it observes, where its thing stands, and of which system it is."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = [(name, thing.name, thing.name_zh, one.thing_id(row), m.observed, units()[m.observed],
             60 * one.spec.step_min, 60 * one.spec.stale_min, *thing.at, thing.above_m, thing.noise_class, thing.road_class, one.spec.key)
            for one in made
            for name, (row, thing, m) in zip(_names(one), ((r, t, m) for r, t in enumerate(one.things)
                                                           for m in one.spec.measures))]
    names = ("id", "name", "name_zh", "thing", "property", "unit", "interval_secs", "stale_secs", "x", "y", "z", "noise_class",
             "road_class", SYSTEM_COLUMN)
    table = pa.table(dict(zip(names, map(list, zip(*rows)))))
    table = table.append_column("synthetic", pa.array([True] * len(table)))
    pq.write_table(table.replace_schema_metadata({**ABOUT, "crs": "EPSG:4549"}), path, compression="zstd",
                   compression_level=19)


def _write_shapes(path: Path, made: list[Made]) -> None:
    """Lines, areas and buildings in one file; only the last have a height."""
    import shapely

    rows = [(one, k, thing) for one in made for k, thing in enumerate(one.things)]
    columns = {"id": [one.thing_id(k) for one, k, _ in rows], "name": [t.name for *_, t in rows],
               "name_zh": [t.name_zh for *_, t in rows], SYSTEM_COLUMN: [one.spec.key for one, *_ in rows],
               "height_m": np.array([t.height_m or np.nan for *_, t in rows], np.float32)}
    write_layer(path, shapely.set_precision([t.shape for *_, t in rows], 0.01), columns, "Unknown")
