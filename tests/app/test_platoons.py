"""A selected vehicle of a platoon brings the gaps of all of it into the charts."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from app.panels.charts import Charts
from app.session import Session
from layers.roadside import RoadsideLayer
from layers.vehicles import Vehicles
from tests.app.made_sessions import DAY_START, put
from twin.data import Tracks
from twin.document import Document
from twin.history.motion import motion_of
from twin.layer import Source
from twin.project import Project
from twin.selection import Selection
from twin.times import SECOND


def platoon() -> Tracks:
    """Three trucks northward at 10 m/s, 30 m apart from middle to middle, and a car."""
    secs = np.arange(60, dtype=np.int64)
    rows = np.repeat(np.arange(4, dtype=np.int32), 60)
    north = np.concatenate([10.0 * secs - 30.0 * k for k in range(3)] + [10.0 * secs])
    places = np.stack([np.where(rows == 3, 50.0, 0.0), north, np.zeros(240)], axis=1)
    motion, _ = motion_of(rows, DAY_START + np.tile(secs, 4) * SECOND, places, 4)
    names = ["t1", "t2", "t3", "c"]
    table = pa.table({"id": names, "name": names, "mode": ["truck"] * 3 + ["car"], "property": ["speed"] * 4,
                      "unit": ["km/h"] * 4})
    return Tracks(features=table, history=motion, count=4)


def test_the_gaps_of_a_platoon_are_charted(on_screen, qtbot):
    source = Source(path="/nowhere/v.parquet")
    layers = (Vehicles(id="v", name="V", source=source),
              RoadsideLayer(id="r", name="R", vehicles="v", platoon="truck", length_m=10.0))
    session = Session(Project(document=Document(layers=layers)))
    try:
        put(session, layers[0], platoon())
        charts = on_screen(Charts(session), 900, 400)

        def charted(row: int) -> dict:
            session.selection = Selection((("v", row),))
            qtbot.waitUntil(lambda: charts.refresh() is None and not charts.charting.busy
                            and {line.row for line in charts.charting.lines if line.layer == "v"} == {row},
                            timeout=60_000)
            return {line.row: line for line in charts.charting.lines if line.layer == "r"}
        gaps = charted(1)
        assert [gaps[n].unit for n in gaps] == ["m"] * 2 and "t2: gap to the one ahead" in gaps[1].name
        assert np.allclose(gaps[1].values[:25], 20.0, atol=0.1) and 0 not in gaps, "the first keeps a gap to nobody"
        assert charts.units == ["m", "km/h"], "the gaps stand first: below them there may be no room"
        assert charted(3) == {}                              # the car drives alone
        charts.close()
    finally:
        session.close()
