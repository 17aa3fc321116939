"""Where a file's numbers may lie, on real shapes of mistakes; the command line lists and sets it."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
import rasterio
import shapely
from rasterio.transform import from_origin

from app.cli import main
from app.whereabouts import like_city_grid, readings
from twin.document import Document
from twin.frame import Frame
from twin.layer import Source
from twin.local_grid import points_of
from twin.project import Project, load, save

FRAME = Frame(origin=(618946.0, 3470455.0, 0.0))             # 121.25 E, 31.35 N


def box(x, y, size=0.0):
    return x - size, y - size, x + size, y + size


@pytest.mark.parametrize("numbers, first", [
    ((618946.4, 3470454.8), "EPSG:4549"), ((3470454.8, 618946.4), "swapped:EPSG:4549"),
    ((40618946.4, 3470454.8), "EPSG:4528"), ((3470454.8, 40618946.4), "swapped:EPSG:4528"),
    ((333535.7, 3469714.6), "EPSG:32651"), ((13497488.3, 3678287.2), "EPSG:3857"),
    ((121.25, 31.35), "EPSG:4326"), ((31.35, 121.25), "swapped:EPSG:4326"),
    ((121.25443591, 31.34802550), "GCJ-02"), ((121.26104525, 31.35368204), "BD-09")])
def test_the_nearest_reading_is_the_right_one(numbers, first):
    found = readings(box(*numbers), FRAME)
    assert found[0].crs == first and found[0].away_m < 1.5
    assert found[0].lonlat == pytest.approx((121.25, 31.35), abs=2e-5)


def test_a_web_maps_offset_is_seen_as_a_distance():
    by = {one.crs: one.away_m for one in readings(box(121.25443591, 31.34802550), FRAME)}
    assert by["EPSG:4326"] == pytest.approx(475.5, abs=1.0)


def test_the_city_grid_is_recognised_and_has_no_reading_near():
    numbers = (-29500.0, 9700.0, -29000.0, 9900.0)
    assert like_city_grid(numbers) and not like_city_grid(box(121.25, 31.35))
    assert all(one.away_m > 100_000 for one in readings(numbers, FRAME))


@pytest.fixture
def project(tmp_path):
    ring = [[-29400, 9800], [-29300, 9800], [-29300, 9900], [-29400, 9900], [-29400, 9800]]
    (tmp_path / "city.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [
        {"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": [ring]}}]}))
    from layers.vectors import VectorLayer
    layer = VectorLayer(id="v", name="City grid", source=Source(path=str(tmp_path / "city.geojson")))
    path = tmp_path / "p.twin.json"
    save(Project(document=Document(layers=(layer,), frame=FRAME)), path)
    return path


def test_the_command_line_fits_control_points_swaps_and_takes_it_back(project, capsys):
    assert main(["crs", str(project), "--layer", "City grid", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["city_grid"]
    pairs = ["-29400,9800=618900,3470400", "-29300,9800=619000,3470400", "-29400,9900=618900,3470500.5"]
    assert main(["crs", str(project), "--points", *pairs, "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert len(said["residuals_m"]) == 3 and 0.1 < max(said["residuals_m"]) < 0.5
    source = load(project).document.layer("v").source
    assert len(points_of(source.crs)) == 3 and source.crs == said["crs"]
    assert main(["crs", str(project), "--set", "EPSG:4549", "--swap", "--datum", "wusong"]) == 0
    source = load(project).document.layer("v").source
    assert (source.crs, source.height_datum) == ("swapped:EPSG:4549", "wusong")
    assert main(["crs", str(project), "--set", ""]) == 0
    assert load(project).document.layer("v").source.crs == ""
    assert main(["crs", str(project), "--points", "1,1=2,2"]) == 1
    assert main(["crs", str(project), "--points", "one"]) == 2


def test_the_command_line_gives_a_project_without_a_system_that_of_its_layer(project, capsys):
    document = load(project).document
    save(Project(document=replace(document, frame=Frame(crs="", origin=(-29350.0, 9850.0, 0.0)))), project)
    assert main(["crs", str(project), "--layer", "City grid", "--set", "EPSG:4549"]) == 0
    frame = load(project).document.frame
    assert frame.crs == "EPSG:4549" and frame.origin == (-29350.0, 9850.0, 0.0)


def test_a_raster_in_a_grid_of_its_own_stands_where_the_points_say(tmp_path):
    from cim import raster
    from tests.cim.made_vectors import read
    from twin.ground import sample
    from twin.local_grid import ControlPoint, text_of
    heights = np.arange(100, dtype=np.float32).reshape(10, 10)
    path = tmp_path / "local.tif"
    with rasterio.open(path, "w", driver="GTiff", width=10, height=10, count=1, dtype="float32",
                       transform=from_origin(0, 100, 10, 10)) as out:
        out.write(heights, 1)
    crs = text_of("EPSG:4549", (ControlPoint(0, 0, 618946, 3470455), ControlPoint(100, 0, 618946, 3470555)), "xy")
    grid = read(raster, path, "terrain", FRAME, crs=crs)     # turned by a quarter: its east looks north
    assert sample(grid, np.array([(-5.0, 45.0)]))[0] == pytest.approx(94.0, abs=0.6)      # row 9, column 4


def test_a_file_without_a_project_is_told_its_places_and_no_distance_from_one(tmp_path, capsys):
    from tests.cim.made_vectors import write
    path = str(write(tmp_path / "a.gpkg", [shapely.box(618900.25, 3470400, 618990, 3470500)], {"n": [1]}, "GPKG"))
    assert main(["crs", path]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[0] == "x 618,900.25 … 618,990.00, y 3,470,400.00 … 3,470,500.00"
    assert told[1].startswith("EPSG:4549 ") and "121.2500° E" in told[1] and "project" not in "".join(told)
    assert main(["crs", path, "--json"]) == 0
    assert {one["away_m"] for one in json.loads(capsys.readouterr().out)["readings"]} == {None}
