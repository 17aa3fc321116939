"""A building of three rooms with five sensors, so that rooms are tested without reading a file."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from app.session import Session
from layers.building import Building
from layers.sensor_points import SensorPoints
from tests.app.made_sessions import DAY_START, put
from tests.layers.boxes import boxes
from twin import times
from twin.data import Sensors
from twin.document import Document
from twin.layer import Placement, Source
from twin.project import Project
from twin.rooms import rooms_of

STEP = 5 * times.MINUTE
# id, property, unit, place, what its table says of its room
SENSORS = (("a.co2", "bld.co2", "ppm", (2, 2, 1), ""), ("b.co2", "bld.co2", "ppm", (7, 2, 1), ""),
           ("b2.co2", "bld.co2", "ppm", (8, 3, 1), ""), ("b.temp", "bld.temp", "°C", (7, 3, 1), "R2"),
           ("lost.co2", "bld.co2", "ppm", (2, 7, 1), "gone"))
VALUES = np.array([[700, 900, 1100, 24, 1600], [700, 1700, 1100, 24, 1600]], np.float32)      # at 14:00, at 14:05


@dataclass(eq=False)
class MadeReadings:
    """Two instants; a.co2 speaks only at the first."""

    revision: int = 1
    span_ns: tuple[int, int] = (DAY_START + 168 * STEP, DAY_START + 169 * STEP)

    def __post_init__(self):
        self.interval_ns = np.full(len(SENSORS), STEP, np.int64)

    def latest_at(self, time_ns):
        at = min(1, (time_ns - self.span_ns[0]) // STEP)
        if at < 0:
            return np.full(len(SENSORS), np.nan, np.float32), np.full(len(SENSORS), -1, np.int64)
        ages = np.full(len(SENSORS), time_ns - self.span_ns[0] - at * STEP, np.int64)
        ages[0] = time_ns - self.span_ns[0]
        return VALUES[at].copy(), ages

    def series(self, row):
        return np.array(self.span_ns), VALUES[:, row]

    def coverage(self, edges_ns):
        return np.histogram(np.array(self.span_ns), edges_ns)[0]


def rooms_mesh():
    """A slab, two rooms side by side downstairs, a third upstairs that no sensor knows."""
    table = {"guid": ["S", "R1", "R2", "R3"], "class": ["IfcSlab", *["IfcSpace"] * 3],
             "name": ["Slab", "1", "2", "3"], "long_name": [None, "Hall", "Office", "Attic"],
             "storey": ["EG", "EG", "EG", "OG"], "storey_elevation_m": [0.0, 0.0, 0.0, 3.0]}
    mesh = boxes([[0, 0, -0.3], [0, 0, 0], [5, 0, 0], [0, 0, 3]],
                 [[10, 8, 0.3], [4.8, 5, 2.6], [4.8, 5, 2.6], [10, 5, 2.6]], **table)
    mesh = replace(mesh, placement=Placement(easting=0.0, northing=0.0))
    return replace(mesh, rooms=rooms_of(mesh))


def sensors() -> Sensors:
    ids, properties, units, places, said = zip(*SENSORS)
    table = pa.table({"id": ids, "name": ids, "thing": ids, "property": properties, "unit": units, "room_guid": said})
    return Sensors(features=table, positions=np.array(places, np.float32), history=MadeReadings(), count=len(ids))


def rooms_session() -> Session:
    """Layers "house" and "air" in a frame without an origin, now at 14:00."""
    house = Building(id="house", name="House", edges=False, source=Source(path="/data/house.ifc"))
    air = SensorPoints(id="air", name="Air", observed="bld.co2", source=Source(path="/data/air.csv"))
    document = Document(layers=(house, air))
    document = replace(document, frame=replace(document.frame, origin=(0.0, 0.0, 0.0)))
    session = Session(Project(document=document))
    put(session, house, rooms_mesh())
    put(session, air, sensors())
    session.clock.go_to(times.parse("2026-07-15T14:00:00+08:00"))
    session.tick(0.0)
    return session
