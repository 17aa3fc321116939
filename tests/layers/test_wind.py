"""Wind: where it comes from, how strong, calm as a ring, silent in grey, and none where nobody measures."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers import beside
from layers import wind as winds
from layers.base import Moment
from layers.palette import palette
from layers.ramps import ramp
from layers.view import offscreen
from layers.wind import Wind
from tests.layers.made_stage import MadeAssets
from tests.layers.test_sensor_points import ABOVE, sensors
from twin.document import Document
from twin.layer import Source
from twin.times import MINUTE
from twin.winds import components, partners, speed_and_from


def wind(*stations, minute=0, theme="light", **settings):
    """Each station (x, speed, direction)."""
    x, speed, of = zip(*stations)
    n = len(stations)
    payload = sensors((*speed, *of), (0,) * (2 * n), x=(*x, *x), property=["met.wind"] * n + ["met.wind_dir"] * n,
                      unit=["m/s"] * n + ["deg"] * n, thing=[f"W{i % n}" for i in range(2 * n)])
    layer = Wind(id="w", name="Wind", source=Source(path="w"), observed="met.wind", second="met.wind_dir",
                 **{"high": 10.0, "length_px": 80.0, **settings})
    view = offscreen(640, 480)
    view.set_camera(ABOVE)
    view.frame(Document(layers=(layer,)), MadeAssets({"w": payload}), Moment(now_ns=minute * MINUTE, theme=theme))
    return view.stage.visual("w"), view.picture().astype(int), view


def like(picture, color, tolerance=30):
    return np.abs(picture - np.asarray(color, int)).sum(axis=2) < tolerance


def test_a_west_wind_points_to_the_east_with_its_head_there():
    _, picture, _ = wind((0, 10.0, 270.0))
    mine = like(picture, ramp("batlow", 256)[255])[140:340, 250:400]
    rows, cols = np.nonzero(mine)
    assert np.ptp(cols) > 60 and np.ptp(rows) < 45, "it lies from west to east"
    tall = mine.sum(axis=0)
    assert tall[cols.max() - 26:cols.max()].max() > 2 * tall[cols.min():cols.min() + 20].max(), "its head is there"


def test_size_and_colour_say_the_speed_calm_is_a_ring_and_silence_is_grey():
    _, strong, _ = wind((60, 10.0, 0.0))
    _, weak, _ = wind((60, 4.0, 0.0))
    count = [int(like(p, ramp("batlow", 256)[round(255 * v / 10)]).sum()) for p, v in ((strong, 10.0), (weak, 4.0))]
    assert count[0] > 2 * count[1] > 0
    visual, calm, view = wind((60, 0.1, 0.0))
    ring = like(calm, ramp("batlow", 256)[round(255 * 0.1 / 10)], 60)
    y, x = np.nonzero(ring[150:330, 320:])
    assert len(x) > 30 and not ring[150 + int(y.mean()), 320 + int(x.mean())], "a ring is empty inside"
    assert visual.facts(0)[1][1] == "calm"
    _, stale, _ = wind((60, 10.0, 0.0), minute=60)
    assert like(stale, palette("light").stale, 20)[150:330, 320:].sum() > 30
    (_, legend), = [x for x in view.stage.legends() if x[0] == "w"]
    assert "1 of 1" in legend.note and legend.unit == "m/s"


def test_between_stations_stand_small_arrows_and_far_away_none():
    visual, _, _ = wind((-40, 6.0, 270.0), (40, 6.0, 270.0), spacing_m=10.0)
    assert 0 < visual._shown_between < len(visual.between)
    alone, _, _ = wind((-40, 6.0, 270.0), (40, 6.0, 270.0), spacing_m=10.0, minute=60)
    assert alone._shown_between == 0, "who is silent supports nothing"


def test_arrows_between_are_solved_beside_the_frames_and_the_stations_do_not_wait(qtbot, monkeypatch):
    monkeypatch.setattr(beside, "AT_ONCE", 0)
    visual, _, view = wind((-40, 6.0, 270.0), (40, 6.0, 270.0), spacing_m=10.0)
    made = len(visual.between[visual._winds.sure])
    view.canvas.at_once = False
    go, blown = threading.Event(), winds._blown
    monkeypatch.setattr(winds, "_blown", lambda *asked: (go.wait(30), blown(*asked))[1])
    payload = sensors((6.0, 6.0, 90.0, 90.0), (0, 0, 0, 0), x=(-40, 40, -40, 40), unit=["m/s"] * 2 + ["deg"] * 2,
                      property=["met.wind"] * 2 + ["met.wind_dir"] * 2, thing=["W0", "W1"] * 2)
    layer = Wind(id="w", name="Wind", source=Source(path="w"), observed="met.wind", second="met.wind_dir",
                 spacing_m=10.0)
    document, assets, moment = Document(layers=(layer,)), MadeAssets({"w": payload}), Moment(now_ns=0)
    view.frame(document, assets, moment)
    assert np.allclose(visual.speed, 6.0) and not visual._shown_between
    go.set()
    qtbot.waitUntil(lambda: visual.news)
    view.frame(document, assets, moment)
    assert visual._shown_between == made and not visual.news
    view.close()


def test_a_click_finds_the_station_and_says_where_the_wind_comes_from():
    visual, _, view = wind((0, 6.0, 225.0))
    hit = view.pick(320, 240)
    assert hit and hit.feature == 0 and "225° south-west" in dict(visual.facts(0)).values()


@given(st.floats(0.5, 60.0), st.floats(0.0, 359.9))
def test_components_and_direction_are_the_same_wind(speed, from_deg):
    back, direction = speed_and_from(*components(np.array([speed]), np.array([from_deg])))
    assert back[0] == pytest.approx(speed) and abs((direction[0] - from_deg + 180) % 360 - 180) < 1e-6


def test_only_things_with_both_make_an_arrow():
    a, b = partners(["x", "y", "y", "z"], np.array([0, 1]), np.array([2, 3]))
    assert a.tolist() == [1] and b.tolist() == [2]
