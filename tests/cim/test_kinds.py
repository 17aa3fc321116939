"""What a vector file opens as: columns say more than its name, shapes more than a type that is not stated."""

from __future__ import annotations

import numpy as np
import pyogrio
import pytest
import shapely

from cim import geoparquet, vectors
from tests.cim.made_vectors import write
from tests.cim.test_geoparquet import made
from twin.layer import Source

SQUARE = shapely.box(618000, 3470000, 618020, 3470010)


def test_buildings_that_name_their_zone_are_buildings():
    assert vectors.kind_of("Polygon", ["height_m", "zone"], "buildings") == "city"
    assert vectors.kind_of("Polygon", ["name", "zone"], "areas") == "zones"


def test_heights_say_more_than_a_file_name():
    assert vectors.kind_of("MultiPolygon", ["height_m"], "demo_zones") == "city"
    assert vectors.kind_of("MultiPolygon", ["height_m", "zone"], "zone_buildings") == "city"


@pytest.mark.parametrize("stem", ["bldg_cgcs_zone40", "bldg utm zone 51n", "bldg_zone_40"])
def test_the_zone_of_the_coordinates_in_a_file_name_makes_no_zones_of_houses(stem):
    assert vectors.kind_of("MultiPolygon", ["height_m", "zone"], stem) == "city"
    assert vectors.kind_of("MultiPolygon", ["name"], stem) == "city"


@pytest.mark.parametrize("form", ["geojson", "parquet"])
def test_houses_of_several_parts_are_houses_where_the_type_of_geometry_is_not_stated(tmp_path, form):
    shapes = [SQUARE, shapely.MultiPolygon([SQUARE, shapely.box(618040, 3470000, 618060, 3470010)])]
    if form == "geojson":
        path = write(tmp_path / "a.geojson", shapes, {"floors": [5.0, np.nan]}, "GeoJSON", kind="Unknown")
        assert pyogrio.read_info(path)["geometry_type"] == "Unknown"
    else:
        path = made(tmp_path / "a.parquet", shapes, {"floors": [5.0, None]}, geometry_types=[])
    info, = (vectors if form == "geojson" else geoparquet).inspect(path, Source(path=str(path)))
    assert info.kind == "city" and info.units == "m"


def test_points_among_the_areas_leave_them_vectors(tmp_path):
    path = write(tmp_path / "a.geojson", [SQUARE, shapely.Point(121.2, 31.3)], {"floors": [5.0, 1.0]}, "GeoJSON",
                 kind="Unknown")
    assert vectors.inspect(path, Source(path=str(path)))[0].kind == "vectors"


@pytest.mark.parametrize("stem, names", [("buildings", ["id"]), ("jiading_footprints_2024", []),
                                         ("嘉定区建筑轮廓", ["编号"]), ("export", ["osm_id", "building"])])
def test_polygons_that_are_called_buildings_are_raised_without_any_height(stem, names):
    assert vectors.kind_of("MultiPolygon", names, stem) == "city"
    assert vectors.kind_of("LineString", names, stem) == "vectors"


@pytest.mark.parametrize("stem, names", [("areas", ["building", "landuse", "natural"]), ("building_zones", ["id"]),
                                         ("建筑控制线", ["编号"]), ("rebuilding", ["id"])])
def test_other_areas_are_not_taken_for_buildings(stem, names):
    assert vectors.kind_of("Polygon", names, stem) != "city"
