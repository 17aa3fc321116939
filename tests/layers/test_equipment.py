"""Equipment: an arm lies when its reading says closed and stands when open; a rotor turns; silence is grey, unposed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from vtkmodules.util.numpy_support import vtk_to_numpy

from layers import crane_model
from layers import equipment_models as models
from layers.base import Moment
from layers.equipment import STREAM, Equipment
from layers.palette import palette
from layers.view import offscreen
from tests.layers.made_stage import MadeAssets
from tests.layers.test_sensor_points import sensors
from twin.camera import Camera
from twin.document import Document
from twin.history.replay import build
from twin.layer import Source
from twin.times import MINUTE

NEAR = Camera(position=(0.0, -26.0, 9.0), focus=(0.0, 0.0, 2.0), up=(0.0, 0.0, 1.0))


def drawn(values, minute=0, x=None, **settings):
    """A view of one item for each value."""
    n = len(values)
    payload = sensors(tuple(values), (0,) * n, x=x or (0.0,) * n, property=["barrier.closed"] * n, unit=["1"] * n,
                      heading_deg=[90.0] * n)
    layer = Equipment(id="e", name="Equipment", source=Source(path="e"), observed="barrier.closed", **settings)
    view, document = offscreen(640, 480), Document(layers=(layer,))
    view.set_camera(NEAR)
    assets = MadeAssets({"e": payload})
    view.frame(document, assets, Moment(now_ns=minute * MINUTE))
    return view, document, assets


def red(view) -> tuple[np.ndarray, np.ndarray]:
    """(rows, columns) of pixels as red as an arm's stripes, lit or not; legend and compass are left out."""
    picture = view.picture().astype(int)[80:330, 180:560]
    return np.nonzero((picture[:, :, 0] > 90) & (picture[:, :, 0] > 2.5 * picture[:, :, 1]) & (picture[:, :, 1] < 90))


def test_a_closed_arm_lies_and_an_open_one_stands():
    rows, columns = red(drawn([1.0], model="barrier", label=False)[0])
    assert np.ptp(columns) > 3 * np.ptp(rows) and np.ptp(columns) > 80
    rows, columns = red(drawn([0.0], model="barrier", label=False)[0])
    assert np.ptp(rows) > 3 * np.ptp(columns) and np.ptp(rows) > 80


def test_half_way_it_says_so_and_percent_close_too():
    view, *_ = drawn([30.0], model="barrier", rest=0.0, work=100.0)
    assert view.stage.visual("e").facts(0) == (("State", "moving 30 %"),)
    rows, columns = red(view)
    assert np.ptp(rows) > 40 and np.ptp(columns) > 30


def test_silence_is_grey_and_has_no_arm():
    view, document, assets = drawn([1.0], minute=60, model="barrier", label=False)
    visual = view.stage.visual("e")
    assert not len(red(view)[0]) and visual.facts(0) == (("State", "no data"),)
    shown = visual._table.colors.reshape(-1, models.TINTS, 4)[0]
    assert (shown[models.BODY, :3] == palette("light").stale).all() and not shown[models.STRIPE, 3]
    view.frame(document, assets, Moment(now_ns=0))                       # back in time it is as it was
    assert len(red(view)[0]) and visual.facts(0) == (("State", "closed"),)


def test_a_running_pump_turns_and_pours_and_a_standing_one_does_neither():
    view, document, assets = drawn([400.0, 0.0], x=(-4.0, 4.0), model="pump", work=400.0, second="barrier.closed",
                                   scale=2.0)
    visual = view.stage.visual("e")
    assert [visual.facts(k)[0][1] for k in (0, 1)] == ["running · 400", "standing · 0"]
    before = visual._stood(np.zeros(2)), np.array(view.picture())
    colors = visual._table.colors.reshape(-1, models.TINTS, 4)
    assert colors[0, models.WATER].tolist() == [*STREAM, 255] and not colors[1, models.WATER, 3]
    view.frame(document, assets, Moment(now_ns=500_000_000))
    after = np.array(view.picture())
    differs = (before[1] != after).any(axis=2)
    assert differs[:, :320].any() and not differs[:, 320:].any()
    assert visual.legend(document.layers[0], None, Moment()).entries[0][1] == "running · 1"


def crane(minutes):
    """A crane that told twice: 350°, and 10° a minute later with its trolley 20 m further out, then nothing."""
    payload = sensors((0.0,) * 3, (0,) * 3, x=(0.0,) * 3, property=["crane.slew", "crane.radius", "crane.moment"],
                      unit=["deg", "m", "%"], thing=["C"] * 3)
    told = np.array([(350.0, 10.0), (10.0, 30.0), (60.0, 104.0)], np.float32)
    history, _ = build(np.repeat(np.arange(3, dtype=np.int32), 2), np.tile([0, MINUTE], 3), told.reshape(-1), 3)
    payload = replace(payload, history=history)
    layer = Equipment(id="e", name="Crane", source=Source(path="e"), model="crane", observed="crane.slew",
                      second="crane.moment", reach="crane.radius", arm_m=50.0, mast_m=40.0, stale_minutes=5.0)
    view, document = offscreen(640, 480), Document(layers=(layer,))
    for minute in minutes:
        view.frame(document, MadeAssets({"e": payload}), Moment(now_ns=round(minute * MINUTE)))
        visual = view.stage.visual("e")
        yield visual, vtk_to_numpy(visual._points.GetData()).reshape(-1, 3).astype(np.float64)


def test_a_crane_slews_the_shorter_way_between_its_readings_and_its_trolley_goes_out():
    model = crane_model.crane(50.0, 40.0)
    tip = np.argmax(model.points[:, 0])                                   # of the jib, ahead of the mast: north
    hook = np.flatnonzero(model.trolley)
    told = []
    for visual, points in crane((0.0, 0.5, 1.0, 4.0, 9.0)):
        east, north, _ = points[tip]
        out = float(np.hypot(*points[hook, :2].mean(axis=0)))
        told.append((float(np.degrees(np.arctan2(east, north))) % 360.0, out, visual.facts(0)[0][1]))
    edge = float(np.degrees(np.arctan2(-model.points[tip, 1], model.points[tip, 0])))
    bearings = [(bearing - edge) % 360.0 for bearing, _, _ in told[:4]]
    assert bearings[0] == pytest.approx(350.0 - 0.64, abs=0.05), "from true north, not the grid's"
    assert [(b - bearings[0]) % 360.0 for b in bearings] == pytest.approx([0.0, 10.0, 20.0, 20.0], abs=0.05)
    assert [out for _, out, _ in told[:4]] == pytest.approx([10.0, 20.0, 30.0, 30.0], abs=0.5)
    assert [words for _, _, words in told] == ["within its limits · 60 %", "within its limits · 60 %",
                                               "overloaded · 104 %", "overloaded · 104 %", "no data"]


def test_a_click_finds_the_item():
    view, *_ = drawn([1.0, 1.0], x=(-4.0, 4.0), model="pump", scale=2.0)
    found = {view.pick(x, 240).feature for x in range(0, 640, 10) if view.pick(x, 240) is not None}
    assert found == {0, 1}


@given(turn=st.floats(-6.3, 6.3), model=st.sampled_from([models.barrier(6.0), models.pump(1.5)]))
def test_what_moves_keeps_its_shape_and_the_rest_stays(turn, model):
    posed = model.posed(np.array([turn]))[0]
    assert np.array_equal(posed[~model.moving], model.points[~model.moving])
    lengths = [np.linalg.norm(p[model.moving] - p[model.moving][0], axis=1) for p in (posed, model.points)]
    assert lengths[0] == pytest.approx(lengths[1], abs=1e-9)

