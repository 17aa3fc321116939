"""A water surface stands where the ground lies below the level, in the colour of its depth, and nowhere when stale."""

from __future__ import annotations

import threading
from dataclasses import replace

import numpy as np
import pytest

from layers import beside
from layers.base import Moment
from layers.flood import Flood
from layers.terrain import Terrain
from layers.verdict_colors import level_colors
from layers.view import offscreen
from tests.layers.made_stage import MadeAssets
from tests.layers.test_sensor_points import sensors
from twin.camera import Camera
from twin.data import HeightGrid
from twin.document import Document
from twin.frame import Frame
from twin.layer import Source
from twin.times import MINUTE

ABOVE = Camera(position=(0.0, 0.0, 200.0), focus=(0.0, 0.0, 0.0), up=(0.0, 1.0, 0.0))
RADIUS, HALF = 500.0, 10.0
GROUND = Terrain(id="t", name="t", source=Source(path="t"))


def trench() -> HeightGrid:
    """A road that sinks as x²/(2R), 20 m wide between walls of 6 m."""
    at = np.arange(-60.0, 60.5, 0.5)
    x, y = np.meshgrid(at, at)
    heights = np.where(np.abs(y) <= HALF, x * x / (2 * RADIUS), 6.0)
    return HeightGrid(heights=heights.astype(np.float32), x0=-60.0, y0=-60.0, dx=0.5, dy=0.5)


def layer_of(**settings) -> Flood:
    return Flood(**{"id": "w", "name": "Water", "source": Source(path="w"), "observed": "PM2.5", "reach_m": 50.0,
                    "yellow": 3.0, "orange": 15.0, "red": 25.0, "label": False, "size_px": 2.0, **settings})


def drawn(value, minute=0, unit="cm", since_ns=None, **settings):
    view = offscreen(640, 480)
    view.set_camera(ABOVE)
    payload = sensors((value,), (0,), x=(0,), unit=[unit])
    assets = MadeAssets({"t": trench(), "w": payload})
    document = Document(layers=(GROUND, layer_of(**settings)))
    view.frame(document, assets, Moment(now_ns=minute * MINUTE, since_ns=since_ns))
    return view.stage.visual("w"), view.picture().astype(int), view


def test_area_and_volume_are_those_of_the_formula_and_red_is_reached_at_25_cm():
    visual, _, _ = drawn(25.0)
    pool, length = visual.pools[0], 2 * np.sqrt(2 * RADIUS * 0.25)
    assert pool.level == 3 and pool.level_m == pytest.approx(0.25)
    assert pool.water.area_m2 == pytest.approx(length * 20.5, rel=0.03)          # the walls rise within a post
    assert pool.water.volume_m3 == pytest.approx(2 / 3 * length * 20.5 * 0.25, rel=0.03)
    assert drawn(24.9)[0].pools[0].level == 2


def test_pixels_say_how_far_the_water_stands():
    _, dry, _ = drawn(0.0)
    _, wet, _ = drawn(25.0)
    pixels = 480 / (2 * 200 * np.tan(np.radians(15)))                            # of a metre
    changed = np.abs(wet - dry).max(axis=2) > 25
    row = changed[240, 320:]                                                     # from the middle along the road
    end = np.flatnonzero(row).max() / pixels
    assert end == pytest.approx(np.sqrt(2 * RADIUS * 0.25), abs=1.5)
    assert not changed[:int(240 - 12 * pixels), 240:].any(), "behind the wall it is dry"
    middle, shallow = wet[248, 330], wet[248, 320 + int(12 * pixels)]
    assert middle.sum() < shallow.sum(), "deeper is darker"
    shore = wet[225:255, 320 + int(14.5 * pixels):320 + int(17 * pixels)].reshape(-1, 3)
    assert np.abs(shore - level_colors("light")[4]).sum(axis=1).min() < 60, "the outline says red"


def test_stale_water_is_absent_and_silent_sensors_are_counted():
    visual, stale, view = drawn(25.0, minute=60)
    _, dry, _ = drawn(0.0, minute=60)
    assert visual.pools[0].water is None and visual.pools[0].level == -1
    assert np.abs(stale - dry)[:, 240:].max() < 12
    (_, legend), = [x for x in view.stage.legends() if x[0] == "w"]
    assert "0 of 1" in legend.note and "span" not in legend.note


def test_where_a_span_is_looked_at_the_legend_says_that_water_is_of_its_end():
    _, _, view = drawn(25.0, minute=2, since_ns=0)
    (_, legend), = [x for x in view.stage.legends() if x[0] == "w"]
    assert legend.note.endswith("; the instant at the end of the span")


def test_a_level_is_above_its_datum_and_exaggeration_changes_no_number():
    visual, _, _ = drawn(1.66 + 0.25, unit="m", measures="level", datum="wusong")
    assert visual.pools[0].level_m == pytest.approx(0.25, abs=1e-5)
    assert visual.facts(0)[0][1] == "0.25 m" and visual.facts(7) == ()
    assert Frame().height_datum == "1985"


def test_a_click_on_the_water_is_its_sensor():
    visual, _, view = drawn(25.0, size_px=1.0)
    x = int(320 + 9 * 480 / (2 * 200 * np.tan(np.radians(15))))
    hit = view.pick(x, 236)
    assert hit is not None and hit.layer == "w" and hit.feature == 0
    assert visual.feature_bounds(0)[3] == pytest.approx(np.sqrt(2 * RADIUS * 0.25), abs=0.1)


def test_where_water_stands_is_looked_for_beside_the_frames_and_the_old_one_stays_until_then(qtbot, monkeypatch):
    monkeypatch.setattr(beside, "AT_ONCE", 0)
    view = offscreen(320, 240)
    view.set_camera(ABOVE)
    view.canvas.at_once = False
    payload = sensors((10.0, 20.0), (0, 30), x=(0, 5), unit=["cm", "cm"])
    assets, document = MadeAssets({"t": trench(), "w": payload}), Document(layers=(GROUND, layer_of()))

    def frame(minute: int):
        view.frame(document, assets, Moment(now_ns=minute * MINUTE))
        return view.stage.visual("w"), dict(view.stage.legends())["w"].note

    visual, _ = frame(1)
    assert visual.pools[0].value == 10.0, "what a sensor says is there at once"
    qtbot.waitUntil(lambda: visual.news or not visual._beside.busy)      # or taken by the first frame
    _, early = frame(1)
    assert visual.pools[0].water and not visual.pools[1].water
    go, of = threading.Event(), visual._said.of
    monkeypatch.setattr(visual._said, "of", lambda values: (go.wait(30), of(values))[1])
    frame(40)
    assert visual.pools[0].value != 10.0 and not visual.pools[0].water, "who says nothing stands in no water"
    go.set()
    qtbot.waitUntil(lambda: visual.news)
    _, late = frame(40)
    assert visual.pools[1].water and not visual.pools[0].water and late != early
    view.close()


def test_a_number_is_there_with_its_own_picture_and_the_water_of_a_running_clock_arrives(qtbot, monkeypatch):
    monkeypatch.setattr(beside, "AT_ONCE", 0)
    view = offscreen(320, 240)
    view.set_camera(ABOVE)
    view.canvas.at_once = False
    payload = replace(sensors((10.0,), (0,), x=(0,), unit=["cm"]), history=Rising())
    assets, document = MadeAssets({"t": trench(), "w": payload}), Document(layers=(GROUND, layer_of()))

    def frame(minute: int):
        view.frame(document, assets, Moment(now_ns=minute * MINUTE))
        return view.stage.visual("w")

    visual = frame(1)
    qtbot.waitUntil(lambda: visual.news or not visual._beside.busy)
    go, of = threading.Event(), visual._said.of
    monkeypatch.setattr(visual._said, "of", lambda values: (go.wait(30), of(values))[1])
    for minute in (2, 3):                                # pictures so slow that each has another value
        go.clear()
        frame(minute)
        assert visual.pools[0].value == minute, "what it says now"
        assert visual.pools[0].water and visual.pools[0].level_m == pytest.approx((minute - 1) / 100), \
            "over the water of the picture before, that was not thrown away"
        go.set()
        qtbot.waitUntil(lambda: visual.news)
    view.close()


class Rising:
    """One sensor, that says at every instant how many minutes have passed."""

    revision = 1
    interval_ns = np.zeros(1, np.int64)
    span_ns = 0, 60 * MINUTE

    def latest_at(self, time_ns):
        return np.array([time_ns / MINUTE], np.float32), np.zeros(1, np.int64)
