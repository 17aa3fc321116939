"""Grids by control points and exchanged axes: laws of the fit, and the vectors of shared/domain/crs.md."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin import local_grid
from twin.frame import Frame, axis_unit_m, crs_label, frame_at, is_geographic, lonlat_of, normal_crs, same_crs
from twin.local_grid import ControlPoint, fit, fitted, points_of, text_of
from twin.trouble import Trouble

P = (618946.4432, 3470454.8030)                              # 121.25 E, 31.35 N
CITY = "+proj=tmerc +lat_0=31.2333333 +lon_0=121.4666667 +k=1 +ellps=GRS80 +units=m +no_defs"


def points(turn_deg, scale, northing_first, places):
    """Control points of a grid whose origin lies at P."""
    turn = np.radians(turn_deg)
    out = []
    for x, y in places:
        e = P[0] + scale * (np.cos(turn) * x - np.sin(turn) * y)
        n = P[1] + scale * (np.sin(turn) * x + np.cos(turn) * y)
        out.append(ControlPoint(y, x, e, n) if northing_first else ControlPoint(x, y, e, n))
    return tuple(out)


@given(st.floats(-40, 40), st.floats(0.99, 1.01), st.booleans(), st.integers(2, 4))
def test_a_fit_finds_turn_scale_and_order_of_the_axes_again(turn_deg, scale, northing_first, count):
    given_points = points(turn_deg, scale, northing_first, [(-29000, 9800), (-12000, 31000), (4000, -8000),
                                                           (15000, 22000)][:count])
    order = "" if count > 2 else "yx" if northing_first else "xy"      # two points fit both ways
    found = fit("EPSG:4549", given_points, order)
    assert found.northing_first == northing_first
    assert found.turn_deg == pytest.approx(turn_deg, abs=1e-6) and found.scale == pytest.approx(scale, abs=1e-9)
    assert found.residuals_m.max() < 1e-4
    crs = text_of("EPSG:4549", given_points, order)
    for p in given_points:
        assert np.allclose(local_grid.to_base(crs, p.x, p.y), (p.easting, p.northing), atol=1e-4)
    assert points_of(normal_crs(crs)) == given_points        # the text keeps every digit


def test_residuals_say_which_point_is_wrong():
    good = points(1.5, 1.0, True, [(0, 0), (10_000, 0), (10_000, 10_000), (0, 10_000)])
    bad = (*good[:3], ControlPoint(good[3].x, good[3].y, good[3].easting + 8.0, good[3].northing))
    off = fit("EPSG:4549", bad).residuals_m
    assert off.max() == pytest.approx(off[3]) and 2.0 < off[3] < 8.0


@pytest.mark.parametrize("text", ["fitted:EPSG:4549 1,2=3,4", "fitted:EPSG:4549 5,5=1,1 5.1,5=9,9", "fitted:EPSG:4549",
                                  "swapped:EPSG:999999", "fitted:EPSG:4549 a,b=c,d"])
def test_what_gives_no_place_is_refused(text):
    with pytest.raises(Trouble):
        normal_crs(text)


@pytest.mark.parametrize("times", [2683.0, 1.05, 0.9, 0.05])
def test_points_that_fit_no_unit_of_length_are_refused(times):
    with pytest.raises(Trouble) as said:
        fit("EPSG:4549", points(0.0, times, False, [(0, 0), (3000, 1000), (1000, 4000)]))
    assert said.value.cause and said.value.way_out


@pytest.mark.parametrize("unit", [1.0, 0.001, 1000.0, 0.3048, 0.9996])
def test_points_in_any_unit_of_length_fit(unit):
    places = [(x / unit, y / unit) for x, y in ((0, 0), (3000, 1000), (1000, 4000))]
    assert fit("EPSG:4549", points(3.0, unit, False, places)).scale == pytest.approx(unit)


def test_the_city_grid_by_a_proj_string_and_by_points_of_it_agree():
    """The example of crs.md: such a string is a user's to give; the hospital's numbers then lie where it puts them."""
    lon, lat = lonlat_of("swapped:" + CITY, -29302.26, 9871.89) or (0.0, 0.0)
    plain = lonlat_of(CITY, -29302.26, 9871.89)
    assert plain == pytest.approx((121.15881, 31.32200), abs=2e-5)
    frame = Frame()
    places = [(-30000, 5000), (-16000, 29000), (-33000, 27000)]
    pairs = tuple(ControlPoint(x, y, *map(float, frame.to_project(frame.to_local(x, y, crs=CITY))[0, :2]))
                  for x, y in places)
    crs = text_of("EPSG:4549", pairs)
    off = frame.to_local(-29302.26, 9871.89, crs=crs)[0] - frame.to_local(-29302.26, 9871.89, crs=CITY)[0]
    assert np.hypot(*off[:2]) < 0.5 and fitted(crs).residuals_m.max() < 0.5
    assert (lon, lat) != plain


def test_exchanged_axes_and_fits_are_systems_like_any():
    frame, swapped = Frame(), "swapped:EPSG:4549"
    assert np.allclose(frame.to_local(P[1], P[0], crs=swapped), frame.to_local(*P), atol=1e-6)
    assert lonlat_of("swapped:EPSG:4326", 31.35, 121.25) == pytest.approx((121.25, 31.35), abs=1e-9)
    assert is_geographic("swapped:EPSG:4326") and not is_geographic(swapped)
    assert same_crs(swapped, swapped) and not same_crs(swapped, "EPSG:4549") and axis_unit_m(swapped) == 1.0
    crs = text_of("EPSG:4549", points(2.0, 1.0, False, [(0, 0), (5000, 100)]))
    assert "2" in crs_label(crs) and "northing first" in crs_label(swapped)
    own = frame_at(crs, 0.0, 0.0)
    assert own.crs == "EPSG:4549" and own.origin[:2] == (round(P[0]), round(P[1]))
