"""Buffers are made anew from the file they surround, and count from the outside of a pipe."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
import shapely

from cim import buffer, vectors
from cim.buffer import plan_shapes
from cim.touching import Part, touching
from tests.cim.made_vectors import read, write
from twin.buffers import Buffer, buffer_of, is_buffer, original, source_around
from twin.frame import Frame
from twin.layer import Source
from twin.network import axes
from twin.outlines import Outlines
from twin.readers import Progress, Request, discover
from twin.tile_tree import Nodes, TileTree
from twin.trouble import Trouble

FRAME = Frame(origin=(618000.0, 3470000.0, 0.0))


def made(path, kind: str, said: Buffer):
    discover()
    source = source_around(Source(path=str(path)), said)
    return buffer.read(Request(source=source, kind=kind, frame=FRAME), Progress())


@pytest.fixture
def tunnel(tmp_path):
    lines = [shapely.LineString([(618000, 3470000 + y, -10), (618100, 3470000 + y, -12)]) for y in (0, 400)]
    return write(tmp_path / "tunnel.gpkg", lines, {"name": ["up", "down"], "diameter_mm": [6200, 6200],
                                                   "z_ref": ["crown", "axis"], "datum": ["1985", "1985"]}, "GPKG",
                 kind="LineString Z")


def test_the_area_reaches_the_distance_beyond_the_wall(tunnel):
    area = made(tunnel, "zones", Buffer(50.0, "networks", (0,)))
    box = area.bounds()
    assert box[1] == pytest.approx(-53.1, abs=0.01) and box[4] == pytest.approx(53.1, abs=0.01)
    assert box[0] == pytest.approx(-53.1, abs=0.01) and box[3] == pytest.approx(153.1, abs=0.01)
    assert area.features.column("area_m2")[0].as_py() == pytest.approx(100 * 106.2 + np.pi * 53.1 ** 2, rel=0.005)
    assert area.features.column("name")[0].as_py() == "tunnel 50 m"


def test_without_features_all_are_surrounded(tunnel):
    assert made(tunnel, "zones", Buffer(50.0, "networks")).bounds()[4] == pytest.approx(453.1, abs=0.01)


def test_round_a_pipe_as_a_volume(tunnel):
    thick = made(tunnel, "networks", Buffer(50.0, "networks", (0,)))
    assert np.allclose(axes(thick)[:, 2], [-13.1, -15.1], atol=0.01)           # the crown was written
    assert np.ptp(thick.mesh.points[:, 1]) == pytest.approx(106.2, abs=0.1)
    assert set(thick.mesh.vertex_feature.tolist()) == {0}


def test_areas_and_points_can_be_surrounded(tmp_path):
    square = write(tmp_path / "park.gpkg", [shapely.box(618000, 3470000, 618010, 3470010)], {"name": ["a"]}, "GPKG")
    assert made(square, "zones", Buffer(5.0)).features.column("area_m2")[0].as_py() == pytest.approx(
        100 + 4 * 10 * 5 + np.pi * 25, rel=0.01)
    dot = write(tmp_path / "dot.gpkg", [shapely.Point(618000, 3470000)], {"name": ["a"]}, "GPKG", kind="Point")
    assert made(dot, "zones", Buffer(5.0)).features.column("area_m2")[0].as_py() == pytest.approx(np.pi * 25, rel=0.01)
    with pytest.raises(Trouble):
        made(dot, "zones", Buffer(5.0, "city"))


def test_houses_can_be_surrounded_one_or_all(tmp_path):
    houses = write(tmp_path / "h.gpkg", [shapely.box(x, 3470000, x + 10, 3470010) for x in (618000, 618100)],
                   {"height": [12.0, 9.0]}, "GPKG")
    one = np.pi * 25 + 4 * 10 * 5 + 100
    assert made(houses, "zones", Buffer(5.0, "city", (1,))).features.column("area_m2")[0].as_py() == pytest.approx(
        one, rel=0.01)
    assert made(houses, "zones", Buffer(5.0, "city")).features.column("area_m2")[0].as_py() == pytest.approx(
        2 * one, rel=0.01)


def test_tiles_that_say_their_outlines_can_be_surrounded_courtyards_too():
    ring = np.array([(0, 0), (20, 0), (20, 20), (0, 20), (5, 5), (15, 5), (15, 15), (5, 15)], np.float32)
    outlines = Outlines(np.concatenate([ring, ring[:4] + 100]), np.array([0, 4, 8, 12]), np.array([0, 0, 2]), 3)
    none = Nodes(np.zeros((0, 6)), np.zeros(0), np.zeros(0, bool), np.zeros(0, np.int32), (), ())
    tree = TileTree(nodes=none, box=None, features=pa.table({"name": ["a", "b", "c"]}), outlines=outlines)
    shapes, _ = plan_shapes(tree, np.arange(3))
    assert sorted(shapely.area(shapes).tolist()) == [300.0, 400.0]
    shapes, _ = plan_shapes(tree, np.array([0, 7]))          # a block stands for several, and is none of them
    assert shapely.area(shapes).tolist() == [300.0] and shapes[0].bounds == (0, 0, 20, 20)
    with pytest.raises(Trouble, match="outlines"):
        plan_shapes(replace(tree, outlines=None), np.arange(3))


def test_the_source_keeps_everything_and_a_broken_one_says_so(tunnel):
    source = source_around(Source(path=str(tunnel), table="t", part="z-up"), Buffer(50.0, "networks", (1,)))
    assert is_buffer(source) and buffer_of(source).features == (1,)
    assert original(source) == Source(path=str(tunnel), table="t", part="z-up")
    with pytest.raises(Trouble):
        buffer_of(Source(path=str(tunnel), reader="buffer", part="{"))


def parts(*shapes, radius=0.0) -> list[Part]:
    return [Part("l", np.array([i]), np.array([s], float), np.array([radius])) for i, s in enumerate(shapes)]


def test_what_touches_an_area_a_line_or_comes_near():
    square = parts([(0, 0), (10, 0), (10, 10), (0, 10)])
    shapes = parts([(5, 5)], [(20, 5)], [(-5, 5), (15, 5)], [(20, 0), (30, 0)], [(9, 9), (30, 9), (30, 30)],
                   [(5, -5), (5, 15), (5, 20)])               # the last is a wall seen from above
    assert touching(square, 0.0, shapes, Progress())["l"].tolist() == [0, 2, 4, 5]
    assert touching(square, 11.0, shapes, Progress())["l"].tolist() == [0, 1, 2, 3, 4, 5]
    assert touching(parts([(0, 0), (10, 0)]), 6.0, shapes, Progress())["l"].tolist() == [0, 2, 5]
    near = parts([(-4, -1), (14, -1)], radius=1.5)
    assert touching(square, 0.0, near, Progress())["l"].tolist() == [0]
    assert touching(square, 0.0, parts([(50, 50)]), Progress()) == {}
    assert touching([], 5.0, shapes, Progress()) == {}


def test_what_is_asked_may_be_thick_or_cross_itself():
    pipe, shapes = parts([(0, 0), (10, 0)], radius=2.0), parts([(5, 3)], [(5, 4)], [(5, 6)])
    assert touching(pipe, 2.0, shapes, Progress())["l"].tolist() == [0, 1]
    bow = parts([(0, 0), (10, 10), (10, 0), (0, 10)])
    assert touching(bow, 0.0, parts([(2, 5)], [(5, 8)], [(8, 5)]), Progress())["l"].tolist() == [0, 2]


def test_the_same_file_read_as_itself_is_untouched(tunnel):
    assert read(vectors, tunnel, "networks", FRAME).count == 2
