"""Rooms in the colours of their sensors: drawn at the clock's time, grey where nothing counts, in place."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from layers.base import Moment
from layers.building import Building
from layers.level_colors import LEVEL_COLORS
from layers.room_colors import RoomColors, bands, painted_rooms
from tests.app.made_rooms import STEP, rooms_mesh, sensors
from tests.layers.made_stage import picture
from tests.layers.pictures import NOON, hue
from twin import times
from twin.camera import Camera
from twin.frame import Frame
from twin.indoors import Indoors, Lot
from twin.layer import Placement
from twin.memberships import matched
from twin.rooms import joined
from twin.sensed import sensed_of
from twin.vitals.catalogue import catalogue

MESH = replace(rooms_mesh(), placement=Placement(**dict(zip(("easting", "northing", "height"), Frame().origin))))
ABOVE = Camera(position=(5.0, 2.5, 40.0), focus=(5.0, 2.5, 0.0), up=(0.0, 1.0, 0.0), view_angle_deg=20.0)
AT = times.parse("2026-07-15T14:00:00+08:00")
CO2 = Building(id="house", name="House", edges=False, storey="EG", room_labels="none",
               room_colors=RoomColors(observed="bld.co2", value="max"))


def indoors() -> Indoors:
    rooms = joined([rooms_mesh().rooms.placed(np.eye(4), "house")])
    payload = sensors()
    return Indoors(rooms, (Lot(("air",), payload, matched(rooms, sensed_of(payload, payload.positions))),))


def moment(at=AT, **more) -> Moment:
    return Moment(now_ns=at, sun=NOON, indoors=indoors(), **more)


def drawn(layer=CO2, now=None, view=None):
    return picture([layer], {"house": MESH}, camera=ABOVE, moment=now or moment(), view=view, size=(900, 700))


def color_at(view, pixels, x: float, y: float) -> np.ndarray:
    u, v, _ = view.ray(0, 0).project(np.array([[x, y, 2.6]]))[0]
    return pixels[pixels.shape[0] - 1 - int(v), int(u)]


def is_grey(color) -> bool:
    return int(color.max()) - int(color.min()) < 30


def test_rooms_show_their_levels_and_an_unknown_room_is_grey():
    view, pixels = drawn()
    hall, office = color_at(view, pixels, 2, 2), color_at(view, pixels, 7, 2)
    assert hue(hall) == pytest.approx(hue(LEVEL_COLORS[0]), abs=0.12)             # 700 ppm
    assert hue(office) == pytest.approx(hue(LEVEL_COLORS[2]), abs=0.12)           # 1100 ppm
    legend = view.stage.visual("house").legend(CO2, None, moment())
    assert legend.entries[2][1] == "Orange  > 1000" and legend.unit == "ppm"
    assert legend.note == "As of 14:00, 2 of 2 rooms have data"                   # of those that show
    attic = replace(CO2, storey="OG")
    view, pixels = drawn(attic, view=view)
    assert is_grey(color_at(view, pixels, 2, 2))
    view.close()


def test_time_moves_the_colours_in_place_and_silence_is_grey():
    view, _ = drawn()
    solid = view.stage.visual("house").solid
    view, pixels = drawn(now=moment(AT + 4 * STEP), view=view)
    assert is_grey(color_at(view, pixels, 2, 2))                                  # last heard 20 minutes ago
    assert hue(color_at(view, pixels, 7, 2)) == pytest.approx(hue(LEVEL_COLORS[3]), abs=0.12)
    view, pixels = drawn(now=moment(AT - STEP), view=view)
    assert is_grey(color_at(view, pixels, 7, 2))                                  # before the first reading
    assert view.stage.visual("house").solid is solid                              # nothing was built again
    view.close()


def test_the_difference_of_two_instants_is_grey_where_one_is_missing():
    now = moment(AT + 2 * STEP, compare_ns=AT, differing=True)
    painted = painted_rooms(CO2.room_colors, "house", now.indoors, now)
    before = painted_rooms(CO2.room_colors, "house", now.indoors, moment()).values.values
    after = painted_rooms(CO2.room_colors, "house", now.indoors, moment(AT + 2 * STEP)).values.values
    assert np.array_equal(painted.values.values, after - before, equal_nan=True)
    grey = np.ptp(painted.colors.astype(int), axis=1) < 30
    missing = ~np.isfinite(painted.values.values[painted.rows])
    assert missing.any() and not missing.all() and grey[missing].all()
    view, _ = drawn(now=now)
    legend = view.stage.legends()[0][1]
    assert legend.high == painted.reach == -legend.low and legend.unit == "ppm" and "A − B" in legend.title


def test_a_building_reads_the_clock_only_while_it_is_coloured_by_it():
    view, _ = drawn()
    assert {"time", "indoors"} <= view.stage.visual("house").reads
    view, _ = drawn(replace(CO2, room_colors=None), view=view)
    assert not {"time", "indoors"} & view.stage.visual("house").reads
    view.close()


def test_another_property_and_statistic_recolour_without_building_again():
    view, _ = drawn()
    solid = view.stage.visual("house").solid
    mean = replace(CO2, room_colors=replace(CO2.room_colors, value="mean", scale="ramp", low=0.0, high=2000.0))
    view, _ = drawn(mean, view=view)
    visual = view.stage.visual("house")
    assert visual._rooms.values.values[1] == pytest.approx(1000.0) and visual.solid is solid
    assert visual.legend(mean, None, moment()).high == 2000.0
    view, pixels = drawn(replace(CO2, room_colors=RoomColors(observed="bld.temp")), view=view)
    assert is_grey(color_at(view, pixels, 2, 2)) and not is_grey(color_at(view, pixels, 7, 2))
    view.close()


def test_the_rest_of_the_house_is_a_ghost_unless_it_is_wanted():
    view, _ = drawn(replace(CO2, storey=""))
    assert view.stage.visual("house").solid.through.tolist() == [True, False, False, False]
    plain = replace(CO2, storey="", room_colors=replace(CO2.room_colors, others="as_is"))
    view, _ = drawn(plain, view=view)
    assert not view.stage.visual("house").solid.through.any()
    view.close()


@pytest.mark.parametrize("sign, said", [("bld.co2", ("≤ 800", "> 800", "> 1000", "> 1500")),
                                        ("bld.temp_summer", ("22 – 28", "± 1", "± 2", "> ± 2"))])
def test_what_a_level_means(sign, said):
    assert bands(catalogue().sign(sign), False) == said


def test_rooms_say_their_value_at_the_clocks_time():
    layer = replace(CO2, room_labels="value")

    def said(labels, at):
        view, _ = drawn(replace(layer, room_labels=labels), now=moment(at))
        words = [w for w in view.stage.visual("house")._labels.words if w]
        view.close()
        return sorted(words)
    assert said("value", AT) == ["1,100 ppm", "700 ppm"]
    assert said("value", AT + 4 * STEP)[-1] == "–" and len(said("value", AT + 4 * STEP)) == 2      # silent, and known
    named = said("name_and_value", AT)
    assert any(w.endswith("  700 ppm") for w in named) and any(w.endswith("  1,100 ppm") for w in named)
    view, _ = drawn(replace(layer, room_colors=None, spaces=True))
    assert not any(view.stage.visual("house")._labels.words), "without a property there is no value"
    view.close()
