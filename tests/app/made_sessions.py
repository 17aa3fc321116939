"""A session with made-up content, so that panels are tested without reading a file."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from app.session import Session
from layers.city import City
from layers.sensor_points import SensorPoints
from twin import times
from twin.assets import READY, Asset, key_of
from twin.data import Mesh, Sensors
from twin.document import Document
from twin.layer import Source
from twin.project import Project

DAY_START = times.parse("2026-07-15T00:00:00+08:00")
INTERVAL_NS = 5 * times.MINUTE


@dataclass(eq=False)
class MadeHistory:
    """One day at five minutes; the sensor in row 1 says nothing from 09:00 to 12:00, row 2 has NaN at 15:00."""

    rows: list = field(default_factory=list)
    revision: int = 0

    def __post_init__(self):
        instants = DAY_START + np.arange(288, dtype=np.int64) * INTERVAL_NS
        hours = np.arange(288) / 12
        quiet = (hours >= 9) & (hours < 12)
        third = (3 * np.sin(hours) + 50).astype(np.float32)
        third[hours == 15] = np.nan
        self.rows = [(instants, (25 + 6 * np.sin((hours - 9) / 24 * 6.283)).astype(np.float32)),
                     (instants[~quiet], (18 + hours[~quiet]).astype(np.float32)), (instants, third)]
        self.interval_ns = np.full(3, INTERVAL_NS, np.int64)
        self.span_ns = (int(instants[0]), int(instants[-1]))

    def series(self, row):
        return self.rows[row]

    def latest_at(self, time_ns):
        found = [np.searchsorted(t, time_ns, side="right") - 1 for t, _ in self.rows]
        values = np.array([v[i] if i >= 0 else np.nan for i, (_, v) in zip(found, self.rows)], np.float32)
        ages = np.array([time_ns - t[i] if i >= 0 else -1 for i, (t, _) in zip(found, self.rows)], np.int64)
        return values, ages

    def coverage(self, edges_ns):
        known = np.concatenate([t[np.isfinite(v)] for t, v in self.rows])
        return np.histogram(known, edges_ns)[0]

    def _stamps(self):
        return np.unique(np.concatenate([t for t, _ in self.rows]))

    def reading_until(self, time_ns):
        at = int(np.searchsorted(self._stamps(), time_ns, side="right"))
        return int(self._stamps()[at - 1]) if at else None

    def reading_after(self, time_ns):
        at = int(np.searchsorted(self._stamps(), time_ns, side="right"))
        return int(self._stamps()[at]) if at < len(self._stamps()) else None


def sensors_payload() -> Sensors:
    features = pa.table({
        "id": ["t-1", "t-2", "h-1"], "name": ["Lake gauge", "North roof", "Hall"],
        "thing": ["lake", "roof", "hall"], "property": ["temperature", "temperature", "humidity"],
        "unit": ["°C", "°C", "%"], "owner": [None, "city", "city"],
        "remark": ["A long remark that does not fit into one line of a narrow panel", "", "x"]})
    return Sensors(features=features, positions=np.zeros((3, 3), np.float32), history=MadeHistory(), count=3,
                   crs="EPSG:4549", crs_source="file", notes=("2 rows without a time were skipped.",))


def city_payload() -> Mesh:
    features = pa.table({"name": [f"House {i}" for i in range(6)], "use": ["home"] * 5 + ["office"],
                         "height": pa.array([9.1, 12.0, None, 30.25, 4.0, 50.0], pa.float32()),
                         "storey": ["1", "2", "1", "3", "1", "2"], "floors": [3, 4, 2, 10, 1, 16],
                         "tags": [["a"], ["a"], [], ["b"], None, ["a"]]})
    points = np.array([[0, 0, 0], [10, 0, 0], [0, 10, 20]], np.float32)
    return Mesh(features=features, points=points, triangles=np.array([[0, 1, 2]], np.int32), count=6)


def sensor_session(empty: bool = False) -> Session:
    """Layers "sensors" and "city" over one day, now at 06:41; or nothing at all."""
    layers = () if empty else (
        SensorPoints(id="sensors", name="Weather", name_zh="气象", synthetic=True,
                     source=Source(path="/data/made.csv")),
        City(id="city", name="Houses", name_zh="房屋", source=Source(path="/data/houses.json")))
    session = Session(Project(document=Document(layers=layers)))
    for layer, payload in zip(layers, (sensors_payload(), city_payload())):
        put(session, layer, payload)
    if not empty:
        session.clock.go_to(times.parse("2026-07-15T06:41:00+08:00"))
        session.tick(0.0)
    return session


def made_properties(path: str, guid: str, progress) -> list:
    """Stands for the reader of properties in a worker."""
    from bim.properties import Fact, Group
    return [Group("Attributes", (Fact("GlobalId", guid, path="GlobalId"),)),
            Group("Pset_WallCommon", (Fact("FireRating", "F90", path="Pset_WallCommon.FireRating"),
                                      Fact("Width", 0.24, "m", inherited=True, path="Pset_WallCommon.Width"))),
            Group("Relations", (Fact("Contained in", "EG (BuildingStorey)", link="0storey"),
                                Fact("Path", path, path="From.path")))]


def put(session: Session, layer, payload, time_zone: str = "") -> None:
    """Make `payload` the content of a layer, as if it had been read."""
    key = key_of(layer, session.document.frame, time_zone or session.document.time_zone)
    session.assets._assets[key] = Asset(key, state=READY, payload=payload, revision=1, load_ms=12.0)
