"""Equipment: an arm lies when its reading says closed and stands when open; a rotor turns; silence is grey, unposed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers import equipment_models as models
from layers.base import Moment
from layers.equipment import STREAM, Equipment
from layers.palette import palette
from layers.view import offscreen
from tests.layers.made_stage import MadeAssets
from tests.layers.test_sensor_points import sensors
from twin.camera import Camera
from twin.document import Document
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

