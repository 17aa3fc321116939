"""What `info` tells of where an IFC file lies: in the CRS that it names, in its own metres where it names none."""

from __future__ import annotations

import pytest

from bim import reader
from bim.extent import frame_about
from twin.frame import JIADING
from twin.layer import Source
from twin.readers import Info, Progress

pytestmark = pytest.mark.realdata


def extent(shared, name: str) -> tuple[Info, tuple[float, ...]]:
    [info] = reader.examine(shared / "ifc" / name, Source(path=""), Progress())
    return info, info.extent


def test_a_map_conversion_gives_eastings_and_northings(shared):
    info, found = extent(shared, "pcert_Infra-Bridge.ifc")
    assert info.crs == "EPSG:32760"
    assert found[:2] == pytest.approx((729010.3, 9063959.7), abs=0.1) and 40 < found[3] - found[0] < 60


def test_latitude_and_longitude_give_degrees(shared):
    info, found = extent(shared, "AC20-FZK-Haus.ifc")
    assert info.crs == "EPSG:4326"
    assert found[0] < 8.43654 < found[3] and found[1] < 49.10044 < found[4]
    assert (found[4] - found[1]) * 111_200 == pytest.approx(24, abs=8)            # a house and its plot


def test_a_file_without_a_place_is_told_in_its_own_metres(shared):
    info, found = extent(shared, "IfcOpenHouse_IFC4.ifc")
    assert info.crs == "" and found == pytest.approx((-10, -10, -8.13, 10, 10, 5.78), abs=0.01)


def test_without_a_place_the_usual_frame_serves():
    assert frame_about(Info(path="", kind="building", format="IFC")).crs == JIADING
