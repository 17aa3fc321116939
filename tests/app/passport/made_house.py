"""A house whose file has three sources of its place, the city it belongs to, and what stands for the viewport."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa

from tests.twin.test_plan import block
from twin.data import Mesh
from twin.frame import Frame
from twin.judging import judge
from twin.passport import LATITUDE, Candidate, Passport
from twin.placing import placements_of
from twin.plan import plan_of
from twin.selection import Hit

FRAME = Frame()
E0, N0, _ = FRAME.origin
MODEL = "IfcMapConversion"
SWAPPED = "IfcMapConversion (swapped)"
DEGREES = "RefLatitude/RefLongitude"


def model() -> Mesh:
    """A house of 20 x 10 m whose file has three sources; the first leads 4,000 km away."""
    points, triangles = block(0, 0, 0, 20, 10, 6)
    lon, lat, _ = FRAME.to_lonlat([[300.0, 200.0, 0.0]])[0]
    right = Candidate(source=SWAPPED, crs="EPSG:4549", easting=E0 + 100, northing=N0 + 50, height=5.0,
                      grid_rotation_deg=30.0, swapped=True)
    said = Passport(candidates=(
        replace(right, source=MODEL, easting=right.northing, northing=right.easting, swapped=False, doubtful=True),
        right,
        Candidate(source=DEGREES, crs="EPSG:4326", easting=lon, northing=lat, lon=lon, lat=lat, logeoref=LATITUDE)),
        warnings=("Eastings and northings look swapped.",), level=50)
    mesh = Mesh(points=points.astype(np.float32), triangles=triangles.astype(np.int32), count=1,
                vertex_feature=np.zeros(8, np.int32), features=pa.table({"class": ["IfcWall"], "guid": ["x"]}))
    places = placements_of(said, FRAME)
    verdict = judge(said, places, FRAME, np.zeros(3))
    return replace(mesh, placements=places, placement=places.get(verdict.chosen), plan=plan_of(mesh),
                   georeference=said.as_dict() | {"chosen": verdict.chosen, "reason": "", "offset": [0.0, 0.0, 0.0]})


def city() -> Mesh:
    """Where the house belongs (feature 1, turned 40 degrees) and a neighbour."""
    one, two = block(-60, 30, 0, 15, 15, 9), block(100, 60, 0, 20, 10, 6, 40.0)
    return Mesh(points=np.concatenate([one[0], two[0]]).astype(np.float32), count=2,
                triangles=np.concatenate([one[1], two[1] + 8]).astype(np.int32),
                vertex_feature=np.repeat([0, 1], 8).astype(np.int32), features=pa.table({"name": ["Shop", "Hall"]}))


class Eye:
    """Stands for the viewport: what is clicked is given by the test."""

    def __init__(self, session):
        self.session, self.waiting, self.only, self.flights = session, None, None, []
        self.stage = type("Stage", (), {"visual": lambda self, id: None})()

    def pick_once(self, callback, corners=False):
        self.waiting, self.only = callback, None

    def pick_of(self, layers, callback, corners=False):
        self.waiting, self.only = callback, set(layers)

    def cancel_pick(self):
        callback, self.waiting = self.waiting, None
        callback(None)

    def click(self, point, layer="", feature=0) -> bool:
        """False where the click was passed over."""
        if point is not None and self.only is not None and layer not in self.only:
            return False
        callback, self.waiting = self.waiting, None
        callback(Hit(layer, feature, point) if point is not None and self.only is not None else point)
        return True

    def camera(self):
        return "before"

    def fly_to(self, camera):
        self.flights.append(camera)

    def zoom_to(self, ids):
        self.flights.append(ids)

    def setFocus(self):
        pass


def house(session):
    return session.document.layer("house")


def value(panel, key) -> str:
    return next(r.value for r in panel.table.facts.rows if r.key == key)
