"""Pools of made sensors whose every reading is known, and slow answers to compare with."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from twin import times
from twin.data import Sensors
from twin.history.replay import build
from twin.vitals.groups import Group, Groups, sorted_groups
from twin.vitals.pool import Pool, Shown

START = times.parse("2026-07-15T00:00:00+08:00")
FAR_MINUTES = 1e6


def pool_of(properties: list[str], readings: list[list[tuple[float, float]]], stale_minutes: float = FAR_MINUTES,
            **columns) -> Pool:
    """One datastream for each property with readings (minutes after `START`, value)."""
    count = len(properties)
    features = pa.table({"id": [f"s{n}" for n in range(count)], "name": [f"Sensor {n}" for n in range(count)],
                         "thing": columns.pop("thing", [f"t{n}" for n in range(count)]), "property": properties,
                         "unit": columns.pop("unit", [""] * count), **columns})
    streams = np.array([n for n, mine in enumerate(readings) for _ in mine], np.int32)
    minutes = np.array([m for mine in readings for m, _ in mine], np.float64)
    values = np.array([v for mine in readings for _, v in mine], np.float32)
    history, _ = build(streams, START + (minutes * times.MINUTE).astype(np.int64), values, count)
    payload = Sensors(features=features, positions=np.zeros((count, 3), np.float32), history=history, count=count)
    return Pool((Shown(payload, (("layer", "", stale_minutes),)),))


def at(minutes: float) -> int:
    return START + int(minutes * times.MINUTE)


def groups_of(members: list[list[int]]) -> Groups:
    """Group k has these rows."""
    pairs = [(k, row) for k, rows in enumerate(members) for row in rows]
    of, rows = (np.array([p[i] for p in pairs], np.int32) for i in (0, 1))
    return sorted_groups(tuple(Group(f"g{k}", f"Group {k}") for k in range(len(members))), of, rows)


def whole(work):
    """What a generator returns that works in small steps."""
    while True:
        try:
            next(work)
        except StopIteration as end:
            return end.value
