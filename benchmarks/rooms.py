"""Rooms by the clock: settling 24,000 sensors in 8,000 rooms, and a step of time in the scene."""

from __future__ import annotations

import json
import os
import statistics
import time
from dataclasses import replace

os.environ.setdefault("GALLIUM_NOOP", "1")             # discard draws: what is left is our own cost

import numpy as np

ROOMS_X, ROOMS_Y, STOREYS, PER_ROOM, INSTANTS = 20, 20, 20, 3, 24


def main() -> None:
    from layers.base import Moment
    from layers.building import Building
    from layers.room_colors import RoomColors
    from layers.view import offscreen
    from tests.layers.made_stage import MadeAssets
    from twin.document import Document
    from twin.indoors import Indoors, Lot
    from twin.memberships import matched
    from twin.rooms import joined, rooms_of
    from twin.sensed import sensed_of
    mesh, sensors = _mesh(), _sensors()
    found = _timed(lambda: rooms_of(mesh))
    rooms = joined([found[0].placed(np.eye(4), "b")])
    members, settle_ms = _timed(lambda: matched(rooms, sensed_of(sensors, sensors.positions)))
    indoors = Indoors(rooms, (Lot(("s",), sensors, members),))
    layer = Building(id="b", name="b", edges=False, room_labels="none", room_colors=RoomColors(observed="bld.co2"))
    document, assets = Document(layers=(layer,)), MadeAssets({"b": replace(mesh, rooms=found[0])})
    view = offscreen(1600, 1000)
    view.stage.frame(document, assets, Moment(now_ns=1, indoors=indoors))
    steps = [_timed(lambda now=now: view.stage.frame(document, assets, Moment(now_ns=now * 10**9, indoors=indoors)))[1]
             for now in range(2, INSTANTS)]
    view.close()
    print(json.dumps({"name": "rooms", "rooms": len(rooms), "sensors": len(sensors.positions),
                      "in_a_room": int((members.room >= 0).sum()), "read_rooms_ms": round(found[1], 1),
                      "settle_ms": round(settle_ms, 1), "step_ms": round(statistics.median(steps), 2)}))


def _timed(work):
    start = time.perf_counter()
    return work(), (time.perf_counter() - start) * 1000.0


def _places() -> np.ndarray:
    x, y, z = np.meshgrid(np.arange(ROOMS_X) * 6.0, np.arange(ROOMS_Y) * 5.0, np.arange(STOREYS) * 3.5)
    return np.column_stack([x.ravel(), y.ravel(), z.ravel()])


def _mesh():
    from tests.layers.boxes import boxes
    low = _places()
    names = [f"{n}" for n in range(len(low))]
    return boxes(low, np.tile([5.8, 4.8, 3.0], (len(low), 1)), **{
        "guid": names, "name": names, "class": ["IfcSpace"] * len(low),
        "storey": [f"{z / 3.5:.0f}" for z in low[:, 2]]})


def _sensors():
    import pyarrow as pa

    from twin.data import Sensors
    from twin.history.replay import build
    random = np.random.default_rng(3)
    at = np.repeat(_places(), PER_ROOM, axis=0) + random.uniform(0.2, 2.8, (ROOMS_X * ROOMS_Y * STOREYS * PER_ROOM, 3))
    count = len(at)
    streams = np.tile(np.arange(count, dtype=np.int32), INSTANTS)
    times_ns = np.repeat(np.arange(INSTANTS, dtype=np.int64) * 10**9, count)
    history, _ = build(streams, times_ns, random.uniform(400, 1600, len(streams)).astype(np.float32), count)
    ids = [str(n) for n in range(count)]
    table = pa.table({"id": ids, "name": ids, "thing": ids, "property": ["bld.co2"] * count, "unit": ["ppm"] * count})
    return Sensors(features=table, positions=at.astype(np.float32), history=history, count=count)


if __name__ == "__main__":
    main()
