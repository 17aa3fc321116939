"""GCJ-02 and BD-09 against published vectors, and there and back over the whole country."""

from __future__ import annotations

import numpy as np
import pyproj
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.china_offset import BD09, GCJ02, from_wgs84, in_china, shifted_name, to_wgs84
from twin.frame import Frame, crs_label, frame_at, is_geographic, normal_crs, same_crs


@pytest.mark.parametrize("name, there, metres, azimuth", [
    (GCJ02, (121.25443591, 31.34802550), 475.5, 117.4), (BD09, (121.26104525, 31.35368204), 1127.5, 68.8)])
def test_the_point_of_jiading(name, there, metres, azimuth):
    assert np.array(from_wgs84(name, 121.25, 31.35)) == pytest.approx(there, abs=1e-8)
    assert np.array(to_wgs84(name, *there)) == pytest.approx((121.25, 31.35), abs=1e-8)
    way, _, far = pyproj.Geod(ellps="WGS84").inv(121.25, 31.35, *there)
    assert far == pytest.approx(metres, abs=0.1) and way == pytest.approx(azimuth, abs=0.1)


@pytest.mark.parametrize("gcj, wgs", [((121.162097, 31.288447), (121.157539, 31.290324)),
                                      ((121.180833, 31.285341), (121.176313, 31.287254))])
def test_stations(gcj, wgs):
    assert np.array(to_wgs84(GCJ02, *gcj)) == pytest.approx(wgs, abs=1e-6)


@given(st.sampled_from([GCJ02, BD09]), st.floats(74, 134), st.floats(18, 53))
def test_there_and_back(name, lon, lat):
    assert np.array(to_wgs84(name, *from_wgs84(name, lon, lat))) == pytest.approx((lon, lat), abs=1e-9)


def test_abroad_nothing_is_shifted():
    assert np.array(from_wgs84(GCJ02, [2.35, 139.7], [48.86, 35.26])).tolist() == [[2.35, 139.7], [48.86, 35.26]]
    assert in_china((121, 31, 122, 32)) and not in_china((-1, 50, 1, 52))


def test_the_frame_knows_them_as_systems_of_their_own():
    frame = Frame()
    true = frame.to_local(121.25, 31.35, crs="EPSG:4326")
    assert frame.to_local(121.25443591, 31.34802550, crs=GCJ02) == pytest.approx(true, abs=0.002)
    assert frame.to_local(121.26104525, 31.35368204, crs=BD09) == pytest.approx(true, abs=0.002)
    assert normal_crs("gcj02") == GCJ02 and normal_crs("BD-09") == BD09 and shifted_name("EPSG:4326") == ""
    assert not same_crs(GCJ02, "EPSG:4326") and is_geographic(GCJ02) and "GCJ-02" in crs_label(GCJ02)
    made = frame_at(GCJ02, 121.25443591, 31.34802550)
    assert made.crs == "EPSG:4549" and made.origin[:2] == (618946, 3470455)
