"""Roofs that a table calls pitched: closed, as high as they say, and flat where no footprint carries them."""

from __future__ import annotations

import json

import numpy as np
import pyarrow as pa
import pytest
import shapely

from cim import pitched, tiles3d, vectors
from cim.bake import run
from cim.footprints import extrude, rings_of
from cim.pitched import GABLED, HIPPED, PYRAMIDAL, Roofs, roofs_of
from tests.cim.made_vectors import read, volume_by_x, volume_by_z, write
from tests.cim.test_bake_models import HereCrew
from twin.frame import Frame
from twin.readers import Progress

HOUSE = shapely.box(0, 0, 12, 6)                        # 72 square metres


def raised(polygons, shape, rise, heights=None):
    polygons = shapely.orient_polygons(np.asarray(polygons, object))
    count = len(polygons)
    heights = np.full(count, 9.0) if heights is None else np.asarray(heights, float)
    return extrude(rings_of(polygons, np.arange(count)), heights, count,
                   Roofs(np.asarray(shape, np.uint8), np.asarray(rise, float)))


@pytest.mark.parametrize("shape, share", [(GABLED, 1 / 2), (PYRAMIDAL, 1 / 3), (HIPPED, (6 / 2 + 6 / 3) / 12)])
@pytest.mark.parametrize("turned", [0.0, 33.0, 90.0])
def test_a_roof_is_closed_and_holds_what_its_shape_holds(shape, share, turned):
    house = shapely.affinity.rotate(HOUSE, turned)
    mesh = raised([house], [shape], [3.0])
    expected = pytest.approx(72.0 * (6.0 + 3.0 * share), rel=1e-4)
    assert volume_by_z(mesh.points, mesh.triangles) == expected and volume_by_x(mesh.points, mesh.triangles) == expected
    assert mesh.points[:, 2].max() == 9.0, "heights count to the ridge"
    wall = np.isfinite(mesh.facade[:, 0])
    assert mesh.points[wall][:, 2].max() == 6.0


def test_a_ridge_lies_along_the_house_and_is_a_line():
    mesh = raised([HOUSE], [GABLED], [3.0])
    ends = mesh.points[mesh.edges]
    ridge = ends[(ends[..., 2] == 9.0).all(axis=1)]
    assert len(ridge) == 1 and np.ptp(ridge[0][:, 0]) == 12.0 and (ridge[0][:, 1] == 3.0).all()
    square = raised([shapely.box(0, 0, 6, 6)], [HIPPED], [3.0])
    assert not (square.points[square.edges][..., 2] == 9.0).all(axis=1).any(), "a hipped square comes to a point"


def test_an_unknown_rise_is_thirty_degrees_and_at_most_half_of_the_house():
    for height, rise in ((9.0, 3.0 * np.tan(np.radians(30.0))), (2.0, 1.0)):
        mesh = raised([HOUSE], [GABLED], [np.nan], [height])
        assert mesh.points[np.isfinite(mesh.facade[:, 0])][:, 2].max() == pytest.approx(height - rise)


def test_parts_of_a_house_have_one_height_of_eaves_and_the_widest_has_the_ridge():
    narrow, court = shapely.box(20, 0, 32, 3), shapely.box(40, 0, 60, 20) - shapely.box(45, 5, 55, 15)
    mesh = extrude(rings_of(np.array([HOUSE, narrow, court], object), np.zeros(3, int)), np.array([9.0]), 1,
                   Roofs(np.array([GABLED], np.uint8), np.array([np.nan])))
    wall = np.isfinite(mesh.facade[:, 0])
    slope = np.tan(np.radians(30.0))
    tops = mesh.points[wall][:, 2]
    assert tops[tops > 0.5] == pytest.approx(9.0 - 3.0 * slope)
    x, z = mesh.points[~wall][:, 0], mesh.points[~wall][:, 2]
    assert z[x < 15].max() == pytest.approx(9.0)
    assert z[(x > 15) & (x < 35)].max() == pytest.approx(9.0 - 1.5 * slope)
    assert z[x > 35].max() == pytest.approx(9.0 - 3.0 * slope), "flat parts end at the eaves"


def test_what_has_not_four_corners_stays_flat_and_each_house_keeps_its_own():
    court = shapely.Polygon(HOUSE.exterior.coords, [shapely.box(4, 2, 6, 4).exterior.coords])
    dart = shapely.Polygon([(0, 0), (10, 0), (2, 2), (0, 10)])
    bent = shapely.Polygon([(0, 0), (10, 0), (10, 5), (5, 5), (5, 9), (0, 9)])
    shapes = [court, HOUSE, dart, bent, shapely.Point(0, 0).buffer(4)]
    mesh = raised(shapes, [GABLED] * 5, [3.0] * 5)
    expected = [s.area * 9.0 for s in shapes]
    expected[1] -= 72.0 * 1.5
    for feature, volume in enumerate(expected):
        mine = mesh.triangles[mesh.vertex_feature[mesh.triangles[:, 0]] == feature]
        assert volume_by_z(mesh.points, mine) == pytest.approx(volume, rel=1e-3)
    assert all((np.diff(mesh.vertex_feature[cells[:, 0]]) >= 0).all() for cells in (mesh.triangles, mesh.edges))


def gabled(path, **columns):
    """A house of 12 x 6 m with a gabled roof and what a table says of it, read as a city."""
    moved = shapely.affinity.translate(HOUSE, 617000, 3471000)
    write(path, [moved], {"roof:shape": ["gabled"], **{name: [value] for name, value in columns.items()}}, "GPKG")
    return read(vectors, path, "city", frame=Frame(crs="EPSG:4549", origin=(617000.0, 3471000.0, 0.0)))


@pytest.mark.parametrize("said, eaves, ridge", [
    ({"building:levels": 2}, 6.0, 6.0 + 3 * np.tan(np.radians(30.0))),
    ({"building:levels": 2, "roof:height": 2.5}, 6.0, 8.5), ({"building:levels": 1, "roof:height": 7.0}, 3.0, 10.0),
    ({"building:levels": 2, "height": 9.0, "roof:height": 2.0}, 7.0, 9.0), ({"roof:height": 2.0}, 7.0, 9.0)])
def test_storeys_reach_up_to_the_eaves_and_heights_to_the_ridge(tmp_path, said, eaves, ridge):
    """And the height of a roof is not that of its house."""
    mesh = gabled(tmp_path / "house.gpkg", **said)
    wall = np.isfinite(mesh.facade[:, 0])
    assert mesh.points[wall][:, 2].max() == pytest.approx(eaves, abs=1e-4)
    assert mesh.points[:, 2].max() == pytest.approx(ridge, abs=1e-4)
    assert mesh.features.column("height_used_m").to_pylist() == [pytest.approx(ridge, abs=1e-4)]
    on_storeys = "height" not in said and "building:levels" in said
    assert any("up to the eaves" in note for note in mesh.notes) == on_storeys


def test_tables_call_roofs_in_their_own_words():
    table = pa.table({"roof:shape": ["gabled", "flat", None, "Hipped", "pyramidal"],
                      "roof:height": ["2 m", None, "1", "0", "3.5"]})
    said = roofs_of(table, 5)
    assert said.shape.tolist() == [GABLED, 0, 0, HIPPED, PYRAMIDAL]
    assert said.rise[[0, 2, 4]].tolist() == [2.0, 1.0, 3.5] and np.isnan(said.rise[[1, 3]]).all()
    chinese = roofs_of(pa.table({"屋顶形式": ["双坡", "四坡屋顶", "平屋顶", "攒尖"]}), 4)
    assert chinese.shape.tolist() == [GABLED, HIPPED, 0, PYRAMIDAL]
    assert roofs_of(pa.table({"roof_shape": ["flat", None]}), 2) is None and roofs_of(None, 2) is None


@pytest.mark.parametrize("words", [["onion", "dome", "onion"], ["gabled", "onion", "穹顶"]])
def test_forms_that_are_not_drawn_are_counted_by_their_words(tmp_path, words):
    file = write(tmp_path / "h.gpkg", [shapely.affinity.translate(HOUSE, 617000 + 20 * n, 3471000) for n in range(3)],
                 {"height": [9.0] * 3, "roof:shape": words}, "GPKG")
    mesh = read(vectors, file, "city", frame=Frame(crs="EPSG:4549", origin=(617000.0, 3471000.0, 0.0)))
    told = [note for note in mesh.notes if "roof" in note]
    undrawn = {"onion": "3 roofs stay flat: their forms are not drawn (onion, dome).",
               "gabled": "2 roofs stay flat: their forms are not drawn (onion, 穹顶)."}[words[0]]
    assert told[-1] == undrawn and len(told) == 1 + (words[0] == "gabled")
    assert mesh.count == 3 and mesh.points[:, 2].max() == 9.0


@pytest.fixture
def path(tmp_path):
    """A gabled house, one that is to be hipped and has round corners, and a flat one."""
    def feature(polygon, shape):
        return {"type": "Feature", "properties": {"height": 9.0, "roof:shape": shape},
                "geometry": json.loads(shapely.to_geojson(polygon))}
    moved = shapely.affinity.translate(HOUSE, 617000, 3471000)
    path = tmp_path / "houses.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection",
                                "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4549"}},
                                "features": [feature(moved, "gabled"), feature(moved.buffer(1), "hipped"),
                                             feature(moved, "flat")]}))
    return path


def test_tiles_have_the_roofs_too(path, tmp_path, monkeypatch):
    monkeypatch.setattr(run, "crew", lambda workers, scheduler: HereCrew())
    run.bake(run.Order(inputs=(str(path),), out=str(tmp_path / "out")), Progress())
    mesh = read(tiles3d, tmp_path / "out" / "houses" / "tileset.json", "city",
                frame=Frame(crs="EPSG:4549", origin=(617000.0, 3471000.0, 0.0)))
    shapes = mesh.features.column("roof:shape").to_pylist()
    levels = [len(np.unique(mesh.points[mesh.vertex_feature == feature][:, 2].round(2))) for feature in range(3)]
    assert dict(zip(shapes, levels)) == {"gabled": 3, "hipped": 2, "flat": 2}


def test_tiles_know_eaves_by_storeys(tmp_path, monkeypatch):
    monkeypatch.setattr(run, "crew", lambda workers, scheduler: HereCrew())
    path = tmp_path / "house.gpkg"
    whole = gabled(path, floors=2)
    run.bake(run.Order(inputs=(str(path),), out=str(tmp_path / "out")), Progress())
    mesh = read(tiles3d, tmp_path / "out" / "house" / "tileset.json", "city",
                frame=Frame(crs="EPSG:4549", origin=(617000.0, 3471000.0, 0.0)))
    assert np.unique(mesh.points[:, 2].round(2)).tolist() == np.unique(whole.points[:, 2].round(2)).tolist()


def test_a_file_says_how_many_are_pitched(path):
    mesh = read(vectors, path, "city", frame=Frame(crs="EPSG:4549", origin=(617000.0, 3471000.0, 0.0)))
    assert mesh.count == 3 and {"1 roof is pitched, as the table says.",
                                "1 roof stays flat: its footprint has not just four corners."} <= set(mesh.notes)
    assert pitched.note(Roofs(np.array([GABLED]), np.array([1.0])), np.zeros((1, 4), int), np.array([0]))
