"""The time zone of a place: the project's where the sun agrees, else that of the nearest city."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.time_places import FAR_HOURS, likely_zone, nearest_zone


@pytest.mark.parametrize(("lon", "lat", "name"), [
    (4.36, 52.01, "Europe/Amsterdam"), (121.47, 31.23, "Asia/Shanghai"), (139.77, 35.68, "Asia/Tokyo"),
    (-118.24, 34.05, "America/Los_Angeles"), (151.2, -33.87, "Australia/Sydney"), (-149.9, 61.2, "America/Anchorage")])
def test_the_nearest_city_names_the_zone(lon, lat, name):
    assert nearest_zone(lon, lat) == name


@pytest.mark.parametrize(("lon", "lat", "name"), [
    (8.40, 49.01, "Europe/Berlin"), (101.69, 3.14, "Asia/Kuala_Lumpur"), (87.6, 43.8, "Asia/Urumqi"),
    (144.96, -37.81, "Australia/Melbourne"), (-86.16, 39.77, "America/Indiana/Indianapolis")])
def test_an_enclave_without_clocks_of_its_own_gives_way_to_its_country(lon, lat, name):
    assert nearest_zone(lon, lat) == name


@given(st.floats(-180, 180), st.floats(-60, 65))
def test_a_zone_is_kept_exactly_where_its_clocks_fit_the_sun(lon, lat):
    fits = abs((lon / 15 - 8 + 12) % 24 - 12) <= FAR_HOURS
    assert likely_zone(lon, lat, "Asia/Shanghai") == ("Asia/Shanghai" if fits else nearest_zone(lon, lat))
