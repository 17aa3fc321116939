"""Vehicles: one mesh that moves with the clock, coloured, never too small, picked, with trails that end at gaps."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from layers.base import Moment
from layers.palette import palette
from layers.trails import pieces
from layers.vehicle_shapes import BUS, CAR, body_of, corners_of, placed
from layers.vehicles import Vehicles
from tests.layers.made_stage import MadeAssets, picture
from twin.camera import Camera
from twin.data import Tracks
from twin.document import Document
from twin.history.motion import motion_of
from twin.history.timetable import Timetable
from twin.selection import Selection
from twin.times import DAY, SECOND

ABOVE = Camera(position=(50.0, 0.0, 400.0), focus=(50.0, 0.0, 0.0), up=(0.0, 1.0, 0.0))
LAYER = Vehicles(id="v", name="Vehicles", color_by="plain", color="#ff0000", trail_secs=0.0, least_px=16.0)


def tracks() -> Tracks:
    """One eastward from x 0 to 100 within 10 s and again from x 100 at 100 s, one that stands at x 20, y 40."""
    secs = np.array([0, 10, 100, 110, 0, 10])
    points = np.array([[0, 0, 0], [100, 0, 0], [100, 0, 0], [0, 0, 0], [20, 40, 0], [20, 40, 0]], float)
    motion, _ = motion_of(np.array([0, 0, 0, 0, 1, 1]), secs * SECOND, points, 2,
                          measures={"charge": np.array([50, 50, 50, 50, np.nan, np.nan])})
    features = pa.table({"id": ["a", "b"], "name": ["a", "b"], "mode": ["car", "bus"], "property": ["Speed"] * 2,
                         "unit": ["km/h"] * 2})
    return Tracks(features=features, history=motion, count=2)


def red(pixels) -> np.ndarray:
    """Rows and columns of what is red."""
    return np.argwhere((pixels[..., 0] > 90) & (pixels[..., 1] < 60) & (pixels[..., 2] < 60))


@pytest.fixture(scope="module")
def payload():
    return tracks()


@pytest.fixture(scope="module")
def view(payload):
    made, _ = picture([LAYER], {"v": payload}, camera=ABOVE, moment=Moment(now_ns=0))
    yield made
    made.close()


def drawn(view, payload, layer=LAYER, **moment):
    return picture([layer], {"v": payload}, camera=ABOVE, moment=Moment(**moment), view=view)[1]


def test_the_clock_moves_it_along_its_way(view, payload):
    places = [red(drawn(view, payload, now_ns=s * SECOND)) for s in (0, 5, 10)]
    at = [p[p[:, 0] > 115].mean(axis=0)[1] for p in places]      # the lower of the two is the one that drives
    metres = np.diff(at) * 2 * 400 * np.tan(np.radians(15)) / 240
    assert metres == pytest.approx([50, 50], abs=2.5)


def test_it_is_held_fades_and_goes_in_a_gap(view, payload):
    shown = [view.stage.visual("v").fleet.presence[0] for s in (12, 30, 80, 105)
             if drawn(view, payload, now_ns=s * SECOND) is not None]
    assert shown[0] == 1.0 and 0.0 < shown[1] < 1.0 and shown[2] == 0.0 and shown[3] == 1.0
    drawn(view, payload, now_ns=80 * SECOND)
    assert view.stage.pick(view.ray(160, 120)) is None


def test_it_is_never_smaller_than_the_least_length(view, payload):
    small = len(red(drawn(view, payload, replace(LAYER, least_px=16.0), now_ns=0)))
    large = len(red(drawn(view, payload, replace(LAYER, least_px=32.0), now_ns=0)))
    assert large / small == pytest.approx(4.0, rel=0.25)
    view.stage.visual("v").mesh.stand(np.array([[50.0, 0, 0], [0, 0, 0]]), np.zeros(2), 2.0)
    view.stage.visual("v").mesh.camera_moved()
    assert view.stage.visual("v").mesh._scale[1] == 1.0


def test_the_mouse_finds_it_and_the_choice_gets_a_ring(view, payload):
    drawn(view, payload, now_ns=5 * SECOND)
    hit = view.pick(160, 120)
    assert (hit.layer, hit.feature) == ("v", 0)
    plain = drawn(view, payload, now_ns=5 * SECOND).astype(int)
    chosen = drawn(view, payload, now_ns=5 * SECOND, selection=Selection().only("v", 0)).astype(int)
    blue = (chosen[..., 2] - chosen[..., 0] > 100) & ~(plain[..., 2] - plain[..., 0] > 100)
    assert blue.sum() > 20 and abs(np.argwhere(blue).mean(axis=0) - (120, 160)).max() < 4


def test_colours_say_speed_mode_or_charge(view, payload):
    visual = view.stage.visual("v")
    drawn(view, payload, replace(LAYER, color_by="charge"), now_ns=5 * SECOND)
    known, unknown = visual.mesh.table.colors[:, :3]
    assert not np.array_equal(known, unknown)
    legend = visual.legend(replace(LAYER, color_by="charge"), None, Moment(now_ns=5 * SECOND))
    assert (legend.unit, legend.low, legend.high) == ("%", 0.0, 100.0) and legend.missing
    names = [words for _, words in visual.legend(replace(LAYER, color_by="mode"), None, Moment()).entries]
    assert names == ["bus", "car"]
    assert visual.legend(LAYER, None, Moment()) is None


@pytest.mark.parametrize("color_by, told", [("route", 0), ("charge", 1), ("mode", 2), ("speed", 2)])
def test_the_legend_counts_those_whose_colour_says_something(view, payload, color_by, told):
    drawn(view, payload, replace(LAYER, color_by=color_by), now_ns=5 * SECOND)
    (_, legend), = view.stage.legends()
    assert f"{told} of 2" in legend.note


def test_a_speed_that_is_not_known_is_grey_and_the_legend_says_what_grey_means(view, payload):
    visual, by_speed = view.stage.visual("v"), replace(LAYER, color_by="speed")
    drawn(view, payload, by_speed, now_ns=0)
    assert visual.legend(by_speed, None, Moment(now_ns=0)).missing is None
    lone = replace(payload.history, speed_kmh=np.where(np.arange(len(payload.history.times_ns)) == 0, np.nan,
                                                       payload.history.speed_kmh).astype(np.float32))
    drawn(view, replace(payload, history=lone), by_speed, now_ns=0)
    assert tuple(visual.mesh.table.colors[0, :3]) == palette(Moment().theme).missing
    assert visual.legend(by_speed, None, Moment(now_ns=0)).missing


def test_a_step_of_time_adds_no_prop(view, payload):
    drawn(view, payload, now_ns=0)
    before = view.canvas.scene.GetViewProps().GetNumberOfItems()
    for s in range(1, 8):
        drawn(view, payload, replace(LAYER, trail_secs=60.0), now_ns=s * SECOND)
    assert view.canvas.scene.GetViewProps().GetNumberOfItems() == before


def test_trails_lead_to_the_vehicle_and_over_no_gap(payload):
    motion = payload.history
    now = 105 * SECOND
    points, thing, when, segments = pieces(motion, motion.at(now, 15 * SECOND, 60 * SECOND), now, 200 * SECOND,
                                           15 * SECOND)
    mine = thing == 0
    assert points[mine][-1, 0] == pytest.approx(50.0) and when[mine].max() == now
    assert (np.diff(when[segments], axis=1) <= 15 * SECOND).all() and len(segments) == 2
    recent = pieces(motion, motion.at(now, 15 * SECOND, 60 * SECOND), now, 3 * SECOND, 15 * SECOND)
    assert len(recent[3]) == 0


def test_where_a_span_is_looked_at_the_legend_says_how_far_trails_reach(view, payload):
    for trail_secs, words in ((60.0, "trails since 08:00"), (0.0, "the instant at the end of the span")):
        drawn(view, payload, replace(LAYER, color_by="speed", trail_secs=trail_secs), now_ns=110 * SECOND, since_ns=0,
              shown_zone="Asia/Shanghai")
        (_, legend), = view.stage.legends()
        assert legend.note.endswith(words)


def test_bodies_look_where_they_drive():
    front = placed(corners_of(CAR)[None], np.zeros((1, 3)), np.array([90.0]), np.ones(1))[0]
    assert front[:, 0].max() == pytest.approx(CAR.length_m / 2) and abs(front[:, 1]).max() < CAR.width_m
    assert body_of("公交车") is BUS and body_of("Bus 12") is BUS and body_of("") is CAR


def test_bounds_are_of_the_whole_drive(view, payload):
    view.frame(Document(layers=(LAYER,)), MadeAssets({"v": payload}), Moment(now_ns=0))
    assert view.stage.visual("v").bounds()[:5] == (0.0, 0.0, 0.0, 100.0, 40.0)


def test_many_fixes_are_thinned_and_still_no_trail_leads_over_a_gap(payload, monkeypatch):
    secs = np.concatenate([np.arange(40), np.arange(60, 100)])
    points = np.column_stack([secs, secs * 0, secs * 0]).astype(float)
    motion, _ = motion_of(np.zeros(80, int), secs * SECOND, points, 1)
    now = 95 * SECOND + SECOND // 2
    fleet = motion.at(now, 5 * SECOND, 60 * SECOND)
    every = pieces(motion, fleet, now, 200 * SECOND, 5 * SECOND)
    monkeypatch.setattr("layers.trails.MOST_POINTS", 20)
    few = pieces(motion, fleet, now, 200 * SECOND, 5 * SECOND)
    assert len(every[0]) == 77 and len(few[0]) < 25
    for points, _, when, segments in (every, few):
        assert points[-1, 0] == pytest.approx(95.5) and when[-2] == 95 * SECOND
        ends = when[segments] / SECOND
        assert (ends[:, 1] <= 39).sum() + (ends[:, 0] >= 60).sum() == len(segments)
        assert np.diff(ends, axis=1).sum() > 65
    later = pieces(motion, motion.at(now + SECOND, 5 * SECOND, 60 * SECOND), now + SECOND, 200 * SECOND, 5 * SECOND)
    assert set(few[2][:-2]) <= set(later[2])


def test_a_timetable_draws_what_runs_at_that_time_of_that_day(view, payload):
    motion = payload.history
    table = Timetable(**vars(motion), services=np.array([0, 1]), days_ns=np.array([1, 3]) * DAY,
                      day_offsets=np.array([0, 1, 2]))
    timed = Tracks(features=payload.features, history=table, count=2)
    layer = replace(LAYER, id="t", trail_secs=60.0)

    def seen(day: int, secs: int) -> list[int]:
        picture([layer], {"t": timed}, camera=ABOVE, moment=Moment(now_ns=day * DAY + secs * SECOND), view=view)
        return np.flatnonzero(view.stage.visual("t").mesh.table.colors[:, 3]).tolist()
    assert [seen(1, 5), seen(3, 5), seen(2, 5), seen(1, 200)] == [[0], [1], [], []]
    pixels = picture([layer], {"t": timed}, camera=ABOVE, moment=Moment(now_ns=DAY + 5 * SECOND), view=view)[1]
    rows = red(pixels)
    assert abs(rows[:, 1].max() - 160) < 12 and rows[:, 1].min() < 120        # its body, and its way behind it
