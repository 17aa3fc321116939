"""The path of the sun: an arc over its place, the ball where the sun stands, nothing but the arc by night."""

from __future__ import annotations

import numpy as np
import pytest

from app.local_sun import LocalSun
from layers.base import Moment
from layers.sun_path import SunPath, ball, whole_hours
from tests.layers.made_stage import picture
from twin import times
from twin.camera import Camera
from twin.frame import Frame

FRAME = Frame()
E, N, _ = FRAME.origin
LAYER = SunPath(id="p", name="Path", easting=E, northing=N, radius_m=100.0, color="#f5a623", label=False)
FROM_SOUTH = Camera(position=(0.0, -420.0, 60.0), focus=(0.0, 0.0, 30.0), up=(0.0, 0.0, 1.0))


def drawn(clock: str):
    sun, now = LocalSun(), times.parse(f"2026-12-21T{clock}+08:00")
    moment = Moment(now_ns=now, sun=sun.over(FRAME, now), sun_day=sun.day(FRAME, now, "Asia/Shanghai"),
                    origin=FRAME.origin)
    view, pixels = picture([LAYER], {}, camera=FROM_SOUTH, size=(400, 300), moment=moment)
    return view.stage.visual("p"), pixels.astype(int), moment


def gold(pixels) -> np.ndarray:
    return (pixels[:, :, 0] > 200) & (pixels[:, :, 2] < 110)


def test_the_ball_stands_where_the_sun_does_and_goes_along_the_arc():
    seen = []
    for clock in ("09:00", "11:53", "15:00"):
        visual, pixels, moment = drawn(clock)
        assert visual.sun_at == pytest.approx(100.0 * np.array(moment.sun.toward), abs=1e-6)
        assert np.abs(np.linalg.norm(visual.arc, axis=1) - 100.0).max() < 1e-3
        assert np.linalg.norm(visual.arc - visual.sun_at, axis=1).min() < 3.0, "on its own arc"
        rows, columns = np.nonzero(gold(pixels))
        assert len(rows) > 150
        seen.append(columns.mean())
    assert seen[0] > seen[1] > seen[2], "from the right, which is the east, to the left"


def test_noon_of_the_solstice_stands_35_degrees_high_and_the_night_has_no_ball():
    visual, _, moment = drawn("11:53")
    assert moment.sun.elevation_deg == pytest.approx(35.2, abs=0.1)
    assert float(visual.arc[:, 2].max()) == pytest.approx(100.0 * np.sin(np.radians(35.2)), abs=0.2)
    night, pixels, _ = drawn("22:00")
    assert night.sun_at is None and len(night.arc) > 40 and gold(pixels).any()


def test_hours_are_those_of_the_clock_that_is_shown():
    instants = times.parse("2026-12-21T00:00+08:00") + np.arange(144) * 10 * times.MINUTE
    assert whole_hours(instants, "Asia/Shanghai").sum() == 24
    assert np.flatnonzero(whole_hours(instants, "Asia/Kolkata"))[:2].tolist() == [3, 9], "half an hour apart"


def test_the_ball_is_closed():
    points, triangles = ball()
    assert np.linalg.norm(points, axis=1) == pytest.approx(1.0)
    outward = np.einsum("ij,ij->i", np.cross(points[triangles[:, 1]] - points[triangles[:, 0]],
                                             points[triangles[:, 2]] - points[triangles[:, 0]]),
                        points[triangles].mean(axis=1))
    assert (outward > -1e-12).all() and triangles.max() == len(points) - 1
