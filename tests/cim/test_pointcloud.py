"""LAS and LAZ: placed before float32, every value stays with its point, cells are fair samples."""

from __future__ import annotations

import laspy
import numpy as np
import pyproj
import pytest
from scipy.spatial import cKDTree

from cim import placing, pointcloud
from tests.cim.made_vectors import read
from twin.frame import Frame
from twin.layer import Source
from twin.readers import head_of
from twin.trouble import Trouble


def made(path, xyz, crs="EPSG:4549", wide=True):
    """`wide`: 16-bit colours."""
    header = laspy.LasHeader(point_format=7, version="1.4")
    header.offsets, header.scales = xyz.min(axis=0), [0.001] * 3
    if crs:
        header.add_crs(pyproj.CRS(crs))
    las = laspy.LasData(header)
    las.x, las.y, las.z = xyz.T
    n = np.arange(len(xyz))
    las.red, las.green, las.blue = ((n % 200 * (256 if wide else 1)).astype(np.uint16) for _ in range(3))
    las.classification, las.intensity = (n % 3 + 2).astype(np.uint8), (n % 1000).astype(np.uint16)
    las.write(path)
    return path


def cloud(n=5000, seed=3):
    random = np.random.default_rng(seed)
    return np.column_stack([618900 + random.uniform(0, 400, n), 3470400 + random.uniform(0, 300, n),
                            4 + random.uniform(0, 20, n)])


@pytest.mark.realdata
@pytest.mark.parametrize("name, count, form", [("laspy_autzen_trim.laz", 110_000, "LAZ 1.2"),
                                               ("laspy_simple.las", 1065, "LAS 1.2")])
def test_real_clouds(shared, name, count, form):
    path = shared / "terrain" / name
    assert pointcloud.sniff(path, head_of(path)) > 0.9
    info, = pointcloud.inspect(path, Source(path=str(path)))
    assert (info.kind, info.count, info.format) == ("points", count, form)
    frame = placing.own_frame(info.crs, (info.extent[0], info.extent[1], info.extent[3], info.extent[4]))
    found = read(pointcloud, path, "points", frame if info.crs else None)
    assert found.count == count == len(found.points) == len(found.rgb) == found.cells[-1]
    assert found.rgb.max() > 100 and len(np.unique(found.classes)) > 1


@pytest.mark.realdata
def test_a_cloud_in_feet_has_its_metres(shared):
    path = shared / "terrain/laspy_autzen_trim.laz"
    info, = pointcloud.inspect(path, Source(path=str(path)))
    frame = placing.own_frame(info.crs, (info.extent[0], info.extent[1], info.extent[3], info.extent[4]))
    found = read(pointcloud, path, "points", frame)
    box = found.bounds()
    assert box[3] - box[0] == pytest.approx((info.extent[3] - info.extent[0]) * 0.3048, rel=0.01)
    assert (box[2], box[5]) == pytest.approx((406.26 * 0.3048, 520.51 * 0.3048), abs=0.01)
    assert any("0.3048" in note for note in found.notes)
    assert info.units == "m" and (info.extent[2], info.extent[5]) == pytest.approx((box[2], box[5]), abs=0.01)


@pytest.mark.parametrize("suffix, wide", [(".las", True), (".laz", False)])
def test_every_point_keeps_its_place_and_values(tmp_path, suffix, wide):
    xyz = cloud()
    found = read(pointcloud, made(tmp_path / f"c{suffix}", xyz, wide=wide), "points")
    away, nearest = cKDTree(xyz - Frame().origin).query(found.points)
    assert away.max() < 0.003 and len(np.unique(nearest)) == len(xyz)
    assert (found.classes == nearest % 3 + 2).all() and (found.intensity == nearest % 1000).all()
    assert (found.rgb[:, 0] == nearest % 200).all()


def test_cells_cover_their_points_and_any_leading_part_is_fair():
    random = np.random.default_rng(1)
    points = random.uniform(0, 100, (60_000, 3)).astype(np.float32)
    points[:, 2] = np.arange(60_000)                                           # in the order of flight
    found = pointcloud.grouped(points)
    cells, boxes = found["cells"], found["boxes"]
    assert cells[0] == 0 and cells[-1] == len(points) and len(boxes) == len(cells) - 1
    for c in range(len(boxes)):
        inside = found["points"][cells[c]:cells[c + 1]]
        assert (inside.min(axis=0) == boxes[c, :3]).all() and (inside.max(axis=0) == boxes[c, 3:]).all()
        tenth = inside[:len(inside) // 10, 2]
        assert tenth.mean() == pytest.approx(30_000, abs=2500)


def test_more_points_than_the_budget_are_thinned_evenly_and_said(tmp_path, monkeypatch):
    monkeypatch.setattr(pointcloud, "MOST_POINTS", 1000)
    monkeypatch.setattr(pointcloud, "CHUNK", 700)
    found = read(pointcloud, made(tmp_path / "c.las", cloud(4900)), "points")
    assert found.count == 980 and any("One of 5" in note for note in found.notes)


def test_a_cloud_without_a_place_stands_at_the_origin(tmp_path):
    found = read(pointcloud, made(tmp_path / "c.las", cloud() - [618900, 3470400, 0], crs=""), "points")
    assert found.crs_source == "none" and found.bounds()[0] == pytest.approx(-200, abs=1)


@pytest.mark.parametrize("keep", [60, 300, 0.5])
def test_a_file_cut_short_shows_what_is_there_or_one_message(tmp_path, keep):
    path = made(tmp_path / "c.las", cloud())
    data = path.read_bytes()
    path.write_bytes(data[:keep if keep > 1 else int(len(data) * keep)])
    try:
        found = read(pointcloud, path, "points")
    except Trouble as error:
        assert error.way_out and error.path == str(path)
    else:
        assert any("cut short" in note for note in found.notes)
