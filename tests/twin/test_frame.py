"""The frame against published test vectors of one point: 121.25 E 31.35 N."""

from __future__ import annotations

import numpy as np
import pyproj
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin import frame as frames
from twin import ways
from twin.frame import Frame, frame_at, same_crs
from twin.trouble import Trouble

LON, LAT = 121.25, 31.35
VECTORS = {"EPSG:4549": (618946.4432, 3470454.8030), "EPSG:4528": (40618946.4432, 3470454.8030),
           "EPSG:32651": (333535.7309, 3469714.6412), "EPSG:3857": (13497488.2587, 3678287.2132)}


@pytest.mark.parametrize("crs", VECTORS)
@pytest.mark.parametrize("degrees", ["EPSG:4326", "EPSG:4490"])
def test_vectors_of_the_point(crs, degrees):
    frame = Frame(crs=crs, origin=(0.0, 0.0, 0.0))
    np.testing.assert_allclose(frame.to_local(LON, LAT, crs=degrees)[0, :2], VECTORS[crs], atol=2e-4)


@pytest.mark.parametrize("crs", VECTORS)
def test_every_crs_lands_on_the_same_place_of_the_frame(crs):
    there = Frame().to_local(*VECTORS[crs], 4.5, crs=crs)
    np.testing.assert_allclose(there, [[1946.4432, -545.1970, 4.5]], atol=1e-3)


@given(st.floats(120.9, 121.4), st.floats(31.1, 31.5), st.floats(-50, 700))
def test_there_and_back(lon, lat, height):
    frame = Frame()
    back = frame.to_lonlat(frame.to_local(lon, lat, height, crs="EPSG:4326"))
    np.testing.assert_allclose(back, [[lon, lat, height]], atol=1e-8)
    local = frame.to_local(lon, lat, crs="EPSG:4326")
    np.testing.assert_allclose(frame.to_project(local) - frame.origin, local, atol=1e-8)


def test_swapped_axes_are_a_trouble_not_infinity():
    with pytest.raises(Trouble, match="axes are swapped"):
        Frame().to_local(LAT, LON, crs="EPSG:4326")


def test_convergence_and_rotation():
    assert Frame().convergence_deg(618946.4432, 3470454.8030) == pytest.approx(0.6504, abs=1e-4)
    turned, scale = Frame().rotation_from("EPSG:32651", *VECTORS["EPSG:32651"])
    assert abs(turned) == pytest.approx(0.6504 + 0.9107, abs=1e-3)
    assert scale == pytest.approx(1.0001744 / 0.9999418, abs=1e-6)


def test_heights_of_wusong_are_lowered():
    assert Frame().to_local(617000, 3471000, 4.0, height_datum="wusong")[0, 2] == pytest.approx(2.34)
    assert Frame(height_datum="wusong").height_shift_m("1985") == pytest.approx(1.66)
    assert Frame().height_shift_m("") == 0.0


def test_a_local_frame_has_no_place_on_the_earth():
    frame = Frame(crs="", origin=(10.0, 20.0, 0.0))
    np.testing.assert_array_equal(frame.to_local(11, 22, 3), [[1, 2, 3]])
    assert np.isnan(frame.to_lonlat([[0, 0, 0]])[0, :2]).all() and frame.convergence_deg(0, 0) == 0.0


def test_frames_of_new_projects():
    assert frame_at("EPSG:4326", LON, LAT).crs == "EPSG:4549"
    assert frame_at("EPSG:4326", 8.4, 49.0).crs == "EPSG:32632"
    assert frame_at("EPSG:4326", 151.2, -33.9).crs == "EPSG:32756"
    assert frame_at("EPSG:28992", 121000, 487000).crs == "EPSG:28992"
    assert frame_at("EPSG:3857", *VECTORS["EPSG:3857"]).crs == "EPSG:4549"
    assert frame_at("", 5.4, 6.6) == Frame(crs="", origin=(5, 7, 0.0))


def test_names_of_crs():
    assert same_crs("EPSG:4549", "epsg:4549") and not same_crs("EPSG:4549", "EPSG:4528")
    assert frames.is_geographic("EPSG:4326") and not frames.is_geographic("EPSG:4549")
    assert frames.normal_crs("epsg:4549") == "EPSG:4549"
    with pytest.raises(Trouble, match="not known"):
        Frame().to_local(0, 0, crs="EPSG:999999")


def test_the_self_test_of_proj_passes_here_and_fails_where_it_should(monkeypatch):
    frames.check_proj()
    monkeypatch.setattr(frames, "_transform", lambda *a, **k: (np.array([618946.5]), np.array([3470454.8])))
    with pytest.raises(Trouble, match="PROJ"):
        frames.check_proj()


def test_how_far_something_lies_is_said_over_the_earth_and_not_in_stretched_metres():
    karlsruhe = Frame(crs="EPSG:25832", origin=(458000.0, 5438000.0, 0.0))
    jiading = karlsruhe.to_local(121.2, 31.3, crs="EPSG:4326")[0]
    assert np.hypot(*jiading[:2]) > 10_000_000, "the grid's own metres"
    assert karlsruhe.from_origin_m(jiading) == pytest.approx(8_900_000, abs=5_000)
    assert Frame(crs="").from_origin_m(np.array([300_000.0, 400_000.0, 0.0])) == 500_000.0


@pytest.mark.parametrize("crs", ["EPSG:9897", "EPSG:28992", "EPSG:27700", "EPSG:25832", "EPSG:4548", "EPSG:31370"])
def test_the_way_that_is_taken_at_once_is_the_one_that_proj_would_weigh_out(crs):
    area, there = pyproj.CRS(crs).area_of_use, pyproj.Transformer.from_crs("EPSG:4326", crs, always_xy=True)
    lon, lat = (share.ravel() for share in np.meshgrid(np.linspace(area.west, area.east, 9),
                                                       np.linspace(area.south, area.north, 9)))
    x, y = there.transform(np.append(lon, 10.0), np.append(lat, 20.0))          # and one far outside
    found = frames.lonlat_of(crs, x[-1], y[-1])
    assert ways.transformer("EPSG:4326", crs).transform(np.append(lon, 10.0), np.append(lat, 20.0)) == (
        pytest.approx(x, abs=1e-6), pytest.approx(y, abs=1e-6)) and found == pytest.approx((10.0, 20.0), abs=1e-6)


def test_between_far_apart_countries_one_goes_over_wgs_84_and_loses_no_shift_of_a_datum():
    """PROJ's own way from Luxembourg to Shanghai leaves its datum's shift out: a hundred metres."""
    x, y = 76_000.0, 100_000.0
    lon, lat = frames.lonlat_of("EPSG:9897", x, y)
    direct, over = (Frame().to_local(*at, crs=crs)[0] for at, crs in (((x, y), "EPSG:9897"), ((lon, lat), "EPSG:4326")))
    assert direct == pytest.approx(over, abs=0.001)
    assert not ways.apart("EPSG:4547", "EPSG:4549"), "two zones of one datum need no other"
    assert not ways.apart("EPSG:4548", "EPSG:4549") and not ways.apart("EPSG:3857", "EPSG:4549")


def test_areas_over_the_date_line_are_not_apart():
    assert not ways.apart("EPSG:4167", "EPSG:32701") and ways.apart("EPSG:4167", "EPSG:27700")
