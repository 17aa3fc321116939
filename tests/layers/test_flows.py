"""Traffic: both directions beside the line, colour by speed, width by volume, dashes by the clock, grey when silent."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa

from layers.base import Moment
from layers.flows import Flows
from layers.palette import palette
from layers.ramps import ramp
from layers.view import offscreen
from tests.layers.made_stage import MadeAssets
from tests.layers.test_sensor_points import ABOVE, sensors
from twin.data import Vectors
from twin.document import Document
from twin.layer import Source
from twin.times import MINUTE, SECOND


def road(speed=30.0, volume=2000.0, now_ns=0, direction=None, **settings):
    columns = {"property": ["traffic.speed", "traffic.flow"], "unit": ["km/h", "1/h"], "thing": ["R", "R"]}
    if direction:
        columns["direction"] = [direction] * 2
    payload = sensors((speed, volume), (0, 0), x=(0, 0), **columns)
    line = np.array([(-70, 0, 0), (70, 0, 0)], np.float32)
    shapes = Vectors(line_points=line, line_offsets=np.array([0, 2]), line_feature=np.zeros(1, np.int32),
                     features=pa.table({"id": ["R"]}), count=1)
    payload = replace(payload, shapes=shapes, shape_of=np.zeros(2, np.int32))
    layer = Flows(id="f", name="Flow", source=Source(path="f"), observed="traffic.speed", second="traffic.flow",
                  low=0.0, high=60.0, **{"widest_m": 8.0, "dashes": False, **settings})
    view = offscreen(640, 480)
    view.set_camera(ABOVE)
    view.frame(Document(layers=(layer,)), MadeAssets({"f": payload}), Moment(now_ns=now_ns))
    return view.stage.visual("f"), view.picture().astype(int), view


def column(picture, color):
    return np.abs(picture[:, 420] - np.asarray(color, int)).sum(axis=1) < 30


MIDDLE = ramp("roma", 256)[127]


def test_two_ribbons_with_a_gap_as_wide_as_the_volume():
    pixels = 480 / (2 * 400 * np.tan(np.radians(15)))
    _, wide, _ = road()
    _, narrow, _ = road(volume=1000.0)
    rows = np.flatnonzero(column(wide, MIDDLE))
    assert len(rows) / 2 / pixels == np.clip(len(rows) / 2 / pixels, 7.0, 9.0)
    assert (np.diff(rows) > 1).sum() == 1, "between the directions is a gap"
    assert 0.4 < column(narrow, MIDDLE).sum() / len(rows) < 0.6


def test_one_direction_lies_on_the_right_of_the_line():
    """The line runs to the east: who drives along it is south of it, which is lower in the picture."""
    along = np.flatnonzero(column(road(direction="forward")[1], MIDDLE))
    against = np.flatnonzero(column(road(direction="backward")[1], MIDDLE))
    assert along.min() > 240 > against.max()


def test_dashes_move_with_the_clock_and_are_the_same_at_the_same_instant():
    visual, first, view = road(dashes=True, now_ns=0)
    _, again, _ = road(dashes=True, now_ns=0)
    _, later, _ = road(dashes=True, now_ns=20 * SECOND)
    assert np.abs(first - again).max() == 0
    scene = np.s_[:, 250:]
    assert (np.abs(first - later)[scene].max(axis=2) > 25).any()
    hit = view.pick(420, 244)
    assert hit and hit.feature == 0 and visual.facts(0)[0][1] == "2,000"


def test_silence_is_grey_without_dashes():
    visual, picture, view = road(dashes=True, now_ns=60 * MINUTE)
    assert column(picture, palette("light").stale).any() and not column(picture, MIDDLE).any()
    (_, legend), = [x for x in view.stage.legends() if x[0] == "f"]
    assert "0 of 1" in legend.note and visual.stats()[0] == 1
