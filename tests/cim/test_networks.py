"""Pipes out of files: what their heights mean is taken as said, and what nobody says is counted, never guessed."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from cim import vectors
from tests.cim.made_vectors import read, volume_by_z, write
from twin.data import HeightGrid
from twin.frame import Frame
from twin.ground import Ground, Surface
from twin.layer import Source
from twin.network import Reading, axes, kind_of, placed, unsaid

FRAME = Frame(origin=(618000.0, 3470000.0, 0.0))
LINE = shapely.LineString([(618000, 3470000, 2.0), (618040, 3470000, 1.8)])


def pipes(tmp_path, fields: dict, shapes=None, name="pipes.gpkg", kind="LineString Z"):
    count = len(next(iter(fields.values())))
    return write(tmp_path / name, shapes or [LINE] * count, fields, "GPKG", kind=kind)


def crown(network) -> np.ndarray:
    """Height of the top of each tube at its first vertex."""
    points = placed(network)
    return np.array([points[network.mesh.vertex_feature == f][:16, 2].max() for f in range(network.count)])


def test_a_file_of_pipes_opens_as_a_network(tmp_path):
    path = pipes(tmp_path, {"kind": ["water"], "diameter_mm": [600]})
    (info,) = vectors.inspect(path, Source(path=str(path)))
    assert info.kind == "networks" and info.count == 1
    assert any("crown, axis or invert" in note for note in info.notes)
    assert any("Wusong" in note for note in info.notes)


def test_lines_without_size_or_height_stay_vectors(tmp_path):
    flat = [shapely.force_2d(LINE)]
    for fields, shapes, kind in (({"kind": ["road"]}, [LINE], "LineString Z"),
                                 ({"diameter_mm": [300]}, flat, "LineString")):
        path = pipes(tmp_path, fields, shapes, f"{kind[:4]}{len(fields)}{shapes is flat}.gpkg", kind)
        assert vectors.inspect(path, Source(path=str(path)))[0].kind == "vectors"


def test_crown_axis_and_invert_differ_by_the_radius_and_wusong_by_the_datum(tmp_path):
    path = pipes(tmp_path, {"kind": ["water", "sewer", "rain", "sewer"], "diameter_mm": [600, 600, 600, 600],
                            "z_ref": ["crown", "axis", "invert", "管内底"], "datum": ["1985", "1985", "1985", "吴淞"]})
    network = read(vectors, path, "networks", FRAME)
    assert np.allclose(axes(network)[::2, 2], [1.7, 2.0, 2.3, 2.3 - 1.66], atol=1e-5)
    assert np.allclose(crown(network), [2.0, 2.3, 2.6, 2.6 - 1.66], atol=0.01)
    assert unsaid(network) == (0, 0)
    own = read(vectors, path, "networks", Frame(origin=FRAME.origin, wusong_to_1985_m=-1.7))
    assert np.isclose(axes(own)[6, 2], 2.3 - 1.7, atol=1e-5)


def test_what_nobody_says_is_counted_and_the_layer_may_say_it(tmp_path):
    path = pipes(tmp_path, {"kind": ["water", "gas"], "diameter_mm": [600, 200], "z_ref": ["crown", None]})
    network = read(vectors, path, "networks", FRAME)
    assert unsaid(network) == (1, 2)
    assert np.allclose(axes(network)[::2, 2], [1.7, 2.0], atol=1e-5)           # the silent one as axis
    told = Reading("invert", "wusong")
    assert unsaid(network, told) == (0, 0)
    assert np.allclose(axes(network, told)[::2, 2], [1.7 - 1.66, 2.1 - 1.66], atol=1e-5)   # what is said stays
    by_source = read(vectors, path, "networks", FRAME, height_datum="wusong")
    assert unsaid(by_source) == (1, 0) and np.isclose(axes(by_source)[0, 2], 1.7 - 1.66, atol=1e-5)


def test_heights_of_the_two_ends_run_along_a_flat_line(tmp_path):
    bent = shapely.LineString([(618000, 3470000), (618030, 3470000), (618030, 3470010)])
    path = pipes(tmp_path, {"diameter_mm": [300], "z_start": [4.0], "z_end": [2.0]}, [bent], kind="LineString")
    network = read(vectors, path, "networks", FRAME)
    assert np.allclose(axes(network)[:, 2], [4.0, 2.5, 2.0], atol=1e-5)
    both = pipes(tmp_path, {"diameter_mm": [300], "z_start": [4.0], "z_end": [2.0]}, name="both.gpkg")
    assert np.allclose(axes(read(vectors, both, "networks", FRAME))[:, 2], [2.0, 1.8], atol=1e-5)   # vertices know more


def test_pipes_without_heights_or_sizes_are_counted(tmp_path):
    path = pipes(tmp_path, {"diameter_mm": [300.0, np.nan], "z_start": [np.nan, 2.0], "z_end": [np.nan, 2.0]},
                 [shapely.force_2d(LINE)] * 2, kind="LineString")
    network = read(vectors, path, "networks", FRAME)
    assert any(note.startswith("1 feature states no height") for note in network.notes)
    assert any(note.startswith("1 pipe states no diameter") for note in network.notes)
    assert set(network.mesh.vertex_feature.tolist()) == {1}
    assert network.features["diameter_assumed"].to_pylist() == [False, True]     # for table, filter, rules, colours


def test_manholes_are_upright_shafts(tmp_path):
    at = shapely.Point(618010, 3470005, 3.5)
    path = write(tmp_path / "manholes.gpkg", [at], {"depth": [2.5], "diameter_mm": [800], "datum": ["1985"]}, "GPKG",
                 kind="Point Z")
    network = read(vectors, path, "networks", FRAME)
    low, high = network.mesh.points[:, 2].min(), network.mesh.points[:, 2].max()
    assert np.isclose(low, 1.0) and np.isclose(high, 3.5)
    assert unsaid(network) == (0, 0)                                           # a shaft has but one reading
    assert np.isclose(np.ptp(network.mesh.points[:, 0]), 0.8, atol=1e-3)


def test_volumes_are_closed_between_their_heights(tmp_path):
    area = shapely.box(618000, 3470000, 618020, 3470010).difference(shapely.box(618005, 3470003, 618008, 3470006))
    path = write(tmp_path / "民防.gpkg", [area], {"z_bottom": [-6.0], "z_top": [-1.0], "datum": ["吴淞"]}, "GPKG")
    network = read(vectors, path, "networks", FRAME)
    assert network.kinds == ("shelter",)
    points = placed(network)
    assert np.isclose(points[:, 2].min(), -7.66, atol=1e-4) and np.isclose(points[:, 2].max(), -2.66, atol=1e-4)
    assert volume_by_z(points - points.min(axis=0), network.mesh.triangles) == pytest.approx((200 - 9) * 5, rel=1e-4)


@pytest.mark.parametrize(("text", "kind"), [
    ("给水", "water"), ("WS", "sewer"), ("雨水管", "rain"), ("Natural gas", "gas"), ("DL", "power"),
    ("通信", "telecom"),
    ("district heating", "heat"), ("metro tunnel", "tunnel"), ("yes", "other"), (None, "other")])
def test_kinds_in_the_words_of_files(text, kind):
    assert kind_of(text) == kind


def slope() -> Ground:
    """1 m higher every 10 m to the east, 4 m at x = 0."""
    x = np.arange(-5, 12) * 10.0
    heights = np.broadcast_to((4.0 + x / 10).astype(np.float32), (5, len(x)))
    return Ground((Surface(HeightGrid(heights=heights, x0=-50.0, y0=-20.0, dx=10.0, dy=10.0)),))


@pytest.mark.parametrize("fields, top", [
    ({"管顶埋深(m)": [1.2]}, -1.2), ({"埋深": [1.2]}, -1.2 + 0.3), ({"管底埋深": [1.2]}, -1.2 + 0.6),
    ({"cover_m": [1.2], "datum": ["吴淞"]}, -1.2)])
def test_a_depth_under_the_ground_hangs_the_pipe_under_the_terrain(tmp_path, fields, top):
    path = pipes(tmp_path, {"kind": ["water"], "diameter_mm": [600], **fields}, [shapely.force_2d(LINE)],
                 kind="LineString")
    (info,) = vectors.inspect(path, Source(path=str(path)))
    assert info.kind == "networks" and any("depth under the ground" in note for note in info.notes)
    network = read(vectors, path, "networks", Frame(origin=(618000.0, 3470000.0, 2.0)))
    points = placed(network, ground=slope())
    ends = [points[np.isclose(points[:, 0], x, atol=0.01)] for x in (0.0, 40.0)]
    assert [e[:, 2].max() for e in ends] == pytest.approx([4.0 + top, 8.0 + top], abs=0.02)
    assert unsaid(network)[1] == 0                           # a depth has no datum
    assert axes(network, ground=slope())[:, 2] == pytest.approx([4.0 + top - 0.3, 8.0 + top - 0.3], abs=0.02)


def test_a_height_goes_before_a_depth_and_two_depths_are_those_of_the_ends(tmp_path):
    lines = [LINE, shapely.force_2d(LINE)]
    path = pipes(tmp_path, {"diameter_mm": [600, 600], "起点埋深": [1.0, 1.0], "终点埋深": [2.0, 3.0]}, lines)
    network = read(vectors, path, "networks", FRAME)
    assert network.below.tolist() == [False, True]
    assert axes(network, ground=slope())[:, 2] == pytest.approx([2.0, 1.8, 4.0 - 1.0, 8.0 - 3.0], abs=1e-4)
