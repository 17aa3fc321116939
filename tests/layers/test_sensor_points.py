"""Sensors: the colour says the value at the clock's time, grey says that there is none."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from layers import sensor_values
from layers.base import Moment
from layers.city import City
from layers.device_age import COLORS, SUSPECT, classes_of
from layers.palette import ACCENT
from layers.ramps import ramp
from layers.sensor_points import SensorPoints
from tests.layers.boxes import boxes
from tests.layers.made_stage import MadeAssets, picture
from twin.camera import Camera
from twin.data import HeightGrid, Sensors
from twin.document import Document
from twin.frame import Frame
from twin.ground import Ground, Surface
from twin.layer import Placement
from twin.selection import Selection
from twin.times import MINUTE

ABOVE = Camera(position=(0.0, 0.0, 400.0), focus=(0.0, 0.0, 0.0), up=(0.0, 1.0, 0.0))
WIDE, TALL = 640, 480                              # large enough that the legend covers no sensor
PER_METRE = TALL / (2 * 400 * np.tan(np.radians(15)))
GREY = np.array([150, 153, 158])


@dataclass
class Made:
    """A history of one reading each: `values` said at `times_ns`."""

    values: np.ndarray
    times_ns: np.ndarray
    revision: int = 1

    @property
    def interval_ns(self):
        return np.zeros(len(self.values), np.int64)

    @property
    def span_ns(self):
        return int(self.times_ns.min()), int(self.times_ns.max())

    def latest_at(self, time_ns):
        ages = np.where(self.times_ns <= time_ns, time_ns - self.times_ns, -1).astype(np.int64)
        return np.where(ages >= 0, self.values, np.nan).astype(np.float32), ages


def sensors(values=(0.0, 10.0, 5.0), minutes=(0, 0, 0), x=(-60, 0, 60), **columns) -> Sensors:
    n = len(values)
    positions = np.column_stack([x, np.zeros(n), np.full(n, np.nan)]).astype(np.float32)
    table = {"id": [str(i) for i in range(n)], "property": ["PM2.5"] * n, "unit": ["µg/m³"] * n, **columns}
    return Sensors(features=pa.table(table), positions=positions, count=n,
                   history=Made(np.array(values), np.array(minutes) * MINUTE))


LAYER = SensorPoints(id="s", name="s", low=0.0, high=10.0, size_px=15.0)


def seen(layer=LAYER, payload=None, minutes: float = 1, others=(), payloads=None, **moment):
    payload = payload or sensors()
    view, pixels = picture([*others, layer], {layer.id: payload, **(payloads or {})}, camera=ABOVE,
                           size=(WIDE, TALL), moment=Moment(now_ns=int(minutes * MINUTE), **moment))
    errors = [row.error for row in view.stage.rows.values() if row.error]
    assert not errors, errors
    return view, pixels.astype(int)


def at(pixels, x: float) -> np.ndarray:
    return pixels[TALL // 2 - 1, round(WIDE / 2 + x * PER_METRE)]


def test_the_colours_are_the_ramps_at_the_values():
    view, pixels = seen()
    table = ramp("batlow", 256).astype(int)
    for x, index in ((-60, 0), (0, 255), (60, 128)):
        assert np.abs(at(pixels, x) - table[index]).max() <= 3
    view.close()


def test_what_is_stale_or_not_yet_said_is_grey_and_smaller():
    payload = sensors(minutes=(0, 20, 40))
    view, pixels = seen(payload=payload, minutes=21)
    assert np.abs(at(pixels, -60) - GREY).max() <= 3                          # 21 minutes old
    assert np.abs(at(pixels, 0) - ramp("batlow", 256)[255]).max() <= 3
    assert np.abs(at(pixels, 60) - GREY).max() <= 3                           # says nothing before minute 40
    sizes = view.stage.visual("s").marks.table.colors[:, 3]
    assert 0 < sizes[0] < sizes[1]
    legend = view.stage.legends()[0][1]
    assert legend.unit == "µg/m³" and "1 of 3" in legend.note and legend.missing
    view.close()


def test_a_step_of_time_adds_nothing_and_changes_the_colours():
    view, before = seen(payload=(payload := sensors(minutes=(0, 5, 5))))
    props = view.canvas.overlay.GetViewProps().GetNumberOfItems()
    marks = view.stage.visual("s").marks
    document = Document(layers=(LAYER,))
    assets = MadeAssets({"s": payload})
    view.frame(document, assets, Moment(now_ns=MINUTE))
    marks = view.stage.visual("s").marks
    view.frame(document, assets, Moment(now_ns=6 * MINUTE))
    after = view.picture().astype(int)
    assert view.stage.visual("s").marks is marks
    assert view.canvas.overlay.GetViewProps().GetNumberOfItems() == props
    assert (at(before, 0) != at(after, 0)).any() and np.array_equal(at(before, -60), at(after, -60))
    view.close()


def test_the_range_holds_over_time_and_leaves_outliers_out():
    values = np.concatenate([np.linspace(0, 100, 200), [1e6]])
    payload = Sensors(features=None, positions=np.zeros((201, 3), np.float32), count=201,
                      history=Made(values, np.zeros(201, np.int64)))
    low, high = sensor_values.robust_range(payload, np.arange(201))
    assert 0 <= low < 5 and 95 < high < 110


def test_the_first_property_is_shown_unless_another_is_asked_for():
    payload = sensors(property=["a", "b", "a"])
    assert sensor_values.rows_of(payload, "")[1].tolist() == [0, 2]
    assert sensor_values.rows_of(payload, "b")[1].tolist() == [1]


def test_sensors_without_a_place_are_counted_and_not_drawn():
    payload = sensors(x=(-60, np.nan, 60))
    view, _ = seen(payload=payload)
    assert "1 without a place" in view.stage.legends()[0][1].note
    assert np.isfinite(view.stage.bounds()).all()
    view.close()


def test_a_placement_takes_in_those_without_coordinates():
    frame = Frame()
    payload = sensors(x=(-60, np.nan, np.nan))
    there = Placement(easting=frame.origin[0] + 300, northing=frame.origin[1] + 100)
    places = sensor_values.places(payload, np.arange(3), Ground(), 0.0, there, frame)
    assert places[0, 0] == -60 and np.abs(places[1:, :2] - (300, 100)).max() <= sensor_values.GRID_M
    assert (places[1] != places[2]).any()


def test_they_stand_on_the_ground_with_their_height():
    flat = HeightGrid(heights=np.full((3, 3), 12, np.float32), x0=-100, y0=-100, dx=100, dy=100)
    places = sensor_values.places(sensors(height_m=[2.5, 0.0, None]), np.arange(3), Ground((Surface(flat),)), 1.0,
                                  None, None)
    assert places[:, 2].tolist() == [15.5, 13.0, 13.0]


def test_a_disc_is_picked_and_one_behind_a_house_is_not():
    view, _ = seen()
    hit = view.pick(WIDE / 2 + 60 * PER_METRE, TALL / 2)
    assert (hit.layer, hit.feature) == ("s", 2)
    assert view.pick(WIDE / 2 + 30 * PER_METRE, TALL / 2) is None
    view.close()
    roof = boxes([[-20, -20, 30]], [[40, 40, 10]])
    view, pixels = seen(others=(City(id="c", name="c"),), payloads={"c": roof})
    view.stage.visual("c").solid.picker.wait()
    assert view.pick(WIDE / 2, TALL / 2).layer == "c"
    assert np.abs(at(pixels, 0) - ramp("batlow", 256)[255]).max() > 10        # not seen either
    view.close()


@pytest.mark.parametrize("shader", [True, False])
def test_columns_are_as_high_as_their_values(shader, monkeypatch):
    monkeypatch.setenv("CITYTWIN_SHADER_TABLES", "1" if shader else "0")
    layer = replace(LAYER, shape="columns", column_height_m=100.0)
    view, _ = seen(layer)
    marks = view.stage.visual("s").marks
    assert marks.table.shader is shader
    points = np.array([marks._data.GetPoint(8 * i + 4)[2] for i in range(3)])
    assert points == pytest.approx([2, 100, 51], abs=0.1)
    hit = view.pick(WIDE / 2 - 60 * PER_METRE, TALL / 2)
    assert hit.feature == 0
    assert view.stage.rows["s"].triangles == 30
    view.close()


@pytest.mark.parametrize("shader", ["1", "0"])
def test_a_chosen_disc_keeps_its_colour_within_a_ring_of_the_accent(shader, monkeypatch):
    monkeypatch.setenv("CITYTWIN_SHADER_TABLES", shader)
    moment = Moment(now_ns=0)
    view, plain = picture([LAYER], {"s": sensors()}, camera=ABOVE, size=(WIDE, TALL), moment=moment)
    chosen = replace(moment, selection=Selection().only("s", 1))
    _, marked = picture([LAYER], {"s": sensors()}, camera=ABOVE, size=(WIDE, TALL), moment=chosen, view=view)
    view.close()
    assert np.abs(marked[TALL // 2, WIDE // 2].astype(int) - plain[TALL // 2, WIDE // 2]).max() < 3
    near = marked[TALL // 2 - 16:TALL // 2 + 16, WIDE // 2 - 16:WIDE // 2 + 16].astype(int)
    ring = np.argwhere(np.abs(near - ACCENT).max(axis=2) < 30)
    assert len(ring) > 30 and np.abs(ring.mean(axis=0) - 15.5).max() < 1.0
    away = np.linalg.norm(ring - 15.5, axis=1)
    assert away.min() > 4.0, "the middle is the value's"


def test_a_nearly_black_disc_has_a_light_rim_on_dark_ground():
    black = replace(LAYER, colormap="magma", size_px=24.0)
    view, pixels = seen(black, theme="dark")
    middle, width = at(pixels, -60), 14
    column = round(WIDE / 2 - 60 * PER_METRE)
    row = pixels[TALL // 2 - 1, column - width:column + width].astype(int)
    view.close()
    assert middle.sum() < 60, "zero is the ramp's black"
    assert row.sum(axis=1).max() > 500


def test_without_shaders_discs_have_the_same_colours(monkeypatch):
    monkeypatch.setenv("CITYTWIN_SHADER_TABLES", "0")
    view, pixels = seen()
    for x, index in ((-60, 0), (0, 255)):
        assert np.abs(at(pixels, x) - ramp("batlow", 256)[index].astype(int)).max() <= 3
    view.close()


@settings(max_examples=100, deadline=None)
@given(hnp.arrays(np.float32, st.integers(0, 40), elements=st.floats(-1e6, 1e6, width=32) | st.just(np.nan)),
       st.floats(-1000, 1000, width=32), st.floats(0.125, 1000, width=32))
def test_steps_rise_with_the_value_and_never_hide_a_gap(values, low, span):
    steps = sensor_values.steps(values.copy(), low, low + span)
    missing = np.isnan(values)
    assert np.array_equal(steps == sensor_values.MISSING, missing)
    known = np.argsort(values[~missing], kind="stable")
    assert (np.diff(steps[~missing][known].astype(int)) >= 0).all()
    assert (steps[values <= low] == 0).all() and (steps[values >= np.float32(low + span) + 1] == 255).all()


def test_another_shown_zone_is_written_in_the_legend():
    assets = MadeAssets({"s": sensors()})
    document, moment = Document(layers=(LAYER,)), Moment(now_ns=MINUTE, shown_zone="UTC")
    view, _ = picture([LAYER], {"s": sensors()}, camera=ABOVE)
    view.frame(document, assets, moment)
    assert "00:01" in view.stage.legends()[0][1].note
    view.frame(document, assets, replace(moment, shown_zone="Asia/Shanghai"))
    assert "08:01" in view.stage.legends()[0][1].note
    view.close()


def test_a_hidden_layer_still_tells_how_many_sensors_of_its_property_it_holds():
    payload = sensors(property=["PM2.5", "noise", "noise"])
    other = replace(LAYER, id="t", observed="PM2.5")
    assets = MadeAssets({"s": payload, "t": payload})
    hidden = Document(layers=(replace(LAYER, observed="noise", visible=False), other))
    view, _ = picture([other], {"t": payload}, camera=ABOVE)
    view.frame(hidden, assets, Moment())
    assert view.stage.rows["s"].features == 0 and "s" not in assets.made, "nothing is read before it is shown"
    view.frame(hidden.with_layer(replace(LAYER, observed="noise")), assets, Moment())
    view.frame(hidden, assets, Moment())
    assert (view.stage.rows["s"].features, view.stage.rows["s"].triangles) == (2, 0)
    view.close()


@dataclass
class Changing(Made):
    """Says `values` from the start and `later` from minute 10 on."""

    later: tuple = (10.0, 0.0, 5.0)

    def latest_at(self, time_ns):
        values, ages = super().latest_at(time_ns)
        return (np.array(self.later, np.float32), ages - 10 * MINUTE) if time_ns >= 10 * MINUTE else (values, ages)


def changing() -> Sensors:
    payload = sensors()
    return replace(payload, history=Changing(payload.history.values, payload.history.times_ns))


def test_a_change_is_coloured_about_its_middle_and_without_a_second_instant_grey():
    layer, table = replace(LAYER, color_by="change"), ramp("vik", 256).astype(int)
    view, pixels = seen(layer, changing(), minutes=12, compare_ns=5 * MINUTE)
    for x, index in ((-60, 255), (0, 0), (60, 128)):                 # +10, -10, 0 where colours reach from -5 to 5
        assert np.abs(at(pixels, x) - table[index]).max() <= 3
    (_, legend), = view.stage.legends()
    assert (legend.low, legend.high) == (-5.0, 5.0) and "Change since 01-01 08:05" in legend.title
    view.close()
    view, pixels = seen(layer, changing(), minutes=12)
    assert np.abs(at(pixels, -60) - GREY).max() <= 3
    assert "no second instant" in view.stage.legends()[0][1].title
    view.close()


@dataclass
class Heard(Made):
    """Its sensors were heard a minute, two hours and two days ago, or never."""

    ages: tuple = ()

    def latest_at(self, time_ns):
        ages = np.array(self.ages, np.int64)
        return np.where(ages < 0, np.nan, 1.0).astype(np.float32), ages


def test_devices_are_coloured_by_when_they_were_last_heard():
    payload = sensors()
    heard = Heard(payload.history.values, payload.history.times_ns, ages=(MINUTE, 2 * 60 * MINUTE, -1))
    view, pixels = seen(replace(LAYER, color_by="device age"), replace(payload, history=heard), minutes=12)
    for x, color in ((-60, COLORS[0]), (0, COLORS[1]), (60, GREY)):
        assert np.abs(at(pixels, x) - np.array(color)).max() <= 3
    (_, legend), = view.stage.legends()
    assert [words for _, words in legend.entries] == ["Seen within 15 min: 1", "Silent since less than a day: 1",
                                                      "Silent for longer: 0", "Never seen: 1"]
    assert "Device age" in legend.title
    view.close()
    view, _ = seen(replace(LAYER, color_by="device age"), replace(payload, history=heard), minutes=12, since_ns=MINUTE)
    (_, legend), = view.stage.legends()
    assert "Mean" not in legend.note and "the instant at the end of the span" in legend.note
    view.close()
    ages = np.array([0, 15 * MINUTE, 16 * MINUTE, 1500 * MINUTE, -1])
    assert classes_of(ages, 15.0).tolist() == [0, 0, 1, 2, 3]
    doubts = np.array([5, 5, 16 * MINUTE - 1, 10 * MINUTE, 0])
    assert classes_of(ages, 15.0, doubts).tolist() == [0, SUSPECT, 1, SUSPECT, SUSPECT]


@pytest.mark.parametrize(("over", "index"), [("mean", 128), ("min", 0), ("max", 255)])
def test_a_span_of_time_shows_what_was_said_over_it(over, index):
    view, pixels = seen(replace(LAYER, over=over), changing(), minutes=14, since_ns=5 * MINUTE - 1)
    assert np.abs(at(pixels, -60) - ramp("batlow", 256)[index].astype(int)).max() <= 24
    assert "since 08:04, held values" in view.stage.legends()[0][1].note
    view.close()


def test_a_disc_on_the_ground_is_whole_however_flat_one_looks():
    """Seen from 12 degrees the ground before a disc is nearer than the disc: it must not cut its lower half."""
    from layers.terrain import Terrain
    from twin.layer import Source
    flat = HeightGrid(heights=np.zeros((80, 80), np.float32), x0=-400.0, y0=-400.0, dx=10.0, dy=10.0)
    layers = [Terrain(id="t", name="t", source=Source(path="t")), replace(LAYER, size_px=30.0)]
    payload = sensors((5.0,), (0,), x=(0,))
    seen_from = []
    for tilt in (80.0, 12.0):
        camera = Camera.looking_at((0.0, 0.0, 0.0), distance=300.0, azimuth_deg=0.0, tilt_deg=tilt)
        _, pixels = picture(layers, {"t": flat, "s": payload}, camera=camera, size=(WIDE, TALL),
                            moment=Moment(now_ns=MINUTE))
        middle = pixels[TALL // 2 - 30:TALL // 2 + 30, WIDE // 2 - 30:WIDE // 2 + 30].astype(int)
        like = np.abs(middle - ramp("batlow", 256)[128]).sum(axis=2) < 40
        rows = np.flatnonzero(like.any(axis=1)) - 30
        seen_from.append((rows.min(), rows.max()))
    (top, foot), (low_top, low_foot) = seen_from
    assert abs(low_foot - foot) <= 2 and abs(low_top - top) <= 2 and foot >= 8
