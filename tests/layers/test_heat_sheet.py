"""A surface between stations: coloured where they stand, faded away from them, changed by a step of time."""

from __future__ import annotations

import threading

import numpy as np

from layers import beside
from layers.base import Moment
from layers.sensor_points import SensorPoints
from layers.view import offscreen
from tests.layers.made_stage import MadeAssets
from tests.layers.test_sensor_points import sensors
from twin.camera import Camera
from twin.document import Document
from twin.times import MINUTE

ABOVE = Camera(position=(0.0, 0.0, 900.0), focus=(0.0, 0.0, 0.0), up=(0.0, 1.0, 0.0))


def drawn(shape, minute=0, **settings):
    view = offscreen(640, 480)
    view.set_camera(ABOVE)
    layer = SensorPoints(id="s", name="s", observed="PM2.5", shape=shape, size_px=4.0, low=0.0, high=10.0, **settings)
    assets = MadeAssets({"s": sensors((10.0, 0.0), (0, 0), x=(-60, 60))})
    view.frame(Document(layers=(layer,)), assets, Moment(now_ns=minute * MINUTE))
    return view, view.picture().astype(int)


SCENE = np.s_[:, 240:]                             # beside the legend


def test_the_field_is_drawn_between_the_stations_and_not_where_nobody_knows():
    view, picture = drawn("surface")
    _, points = drawn("points")
    changed = np.abs(picture - points).max(axis=2) > 12
    middle = changed[200:280, 260:380]
    assert middle.mean() > 0.5, "around and between the two stations"
    assert not changed[:60].any() and not changed[SCENE][-60:].any(), "far from them nothing is coloured"
    sheet = view.stage.visual("s")._sheet
    assert sheet.doubt.min() < 0.4 and sheet.doubt.max() > 0.8
    left, right = picture[240, 270], picture[240, 370]
    assert np.abs(left - right).max() > 30, "high and low differ"


def test_stale_stations_say_nothing():
    _, stale = drawn("surface", minute=600)
    _, none = drawn("points", minute=600)
    assert np.abs(stale - none)[SCENE].max() < 12


def test_another_shape_takes_the_sheet_away():
    view = offscreen(320, 240)
    view.set_camera(ABOVE)
    assets = MadeAssets({"s": sensors((10.0, 0.0), (0, 0), x=(-60, 60))})
    for shape, there in (("surface", True), ("columns", False), ("surface", True), ("points", False)):
        layer = SensorPoints(id="s", name="s", observed="PM2.5", shape=shape)
        view.frame(Document(layers=(layer,)), assets, Moment())
        assert (view.stage.visual("s")._sheet is not None) == there
    assert view.canvas.scene.GetViewProps().GetNumberOfItems() < 6


def test_a_surface_of_other_stations_is_solved_beside_the_frames_and_the_old_one_stays_until_then(qtbot, monkeypatch):
    monkeypatch.setattr(beside, "AT_ONCE", 0)
    view = offscreen(320, 240)
    view.canvas.at_once = False
    minutes = (0,) * 15 + (30,) * 15                             # later half of them are stale
    assets = MadeAssets({"s": sensors(tuple(range(30)), minutes, x=tuple(np.linspace(-200.0, 200.0, 30)))})
    document = Document(layers=(SensorPoints(id="s", name="s", observed="PM2.5", shape="surface"),))

    def frame(minute: int) -> None:
        view.frame(document, assets, Moment(now_ns=minute * MINUTE))

    frame(1)
    visual = view.stage.visual("s")
    sheet = visual._sheet
    qtbot.waitUntil(lambda: visual.news or not sheet.beside.busy)        # or taken by the first frame
    frame(1)
    assert sheet.as_of_ns == MINUTE and not visual.news
    go, between = threading.Event(), sheet._between
    monkeypatch.setattr(sheet, "_between", lambda values: (go.wait(30), between(values))[1])
    frame(40)
    assert sheet.as_of_ns == MINUTE and "still that of" in dict(view.stage.legends())["s"].note
    go.set()
    qtbot.waitUntil(lambda: visual.news)
    frame(40)
    assert sheet.as_of_ns == 40 * MINUTE and "still that of" not in dict(view.stage.legends())["s"].note
    view.close()
