"""Heights of 3D Tiles: above the ellipsoid in the file, in the project's datum in the scene, to the centimetre."""

from __future__ import annotations

import json

import numpy as np
import pyogrio
import pytest
import shapely

from cim import tiles3d
from cim.bake.run import Order, bake
from cim.geocentric import geodetic
from cim.gltf_file import load
from tests.cim.made_models import b3dm, glb
from tests.cim.made_vectors import read
from tests.cim.test_tile_reader import everything, located_tileset
from twin.frame import Frame
from twin.layer import Source
from twin.readers import Progress

GEOID_M = 10.87
FRAME = Frame(crs="EPSG:4549", origin=(617000.0, 3471000.0, 0.0))


@pytest.fixture(scope="module")
def footprints(tmp_path_factory):
    path = tmp_path_factory.mktemp("houses") / "houses.geojson"
    boxes = [shapely.box(617000 + 40 * i, 3471000, 617020 + 40 * i, 3471015) for i in range(5)]
    import pyarrow as pa
    table = pa.table({"height_m": pa.array([3.0 + 7.0 * i for i in range(5)]),
                      "geometry": pa.array([shapely.to_wkb(b) for b in boxes], pa.binary())})
    path = path.with_suffix(".fgb")
    pyogrio.write_arrow(table, path, geometry_name="geometry", crs="EPSG:4549", geometry_type="Polygon")
    return path


def tops_above_ellipsoid(folder) -> float:
    """The highest corner, as any reader of 3D Tiles finds it."""
    tree = json.loads((folder / "houses" / "tileset.json").read_text())["root"]
    matrix, highest = np.array(tree["transform"]).reshape(4, 4).T, -np.inf
    for path in (folder / "houses" / "tiles").rglob("*.glb"):
        for piece in load(path.read_bytes(), path).pieces:
            highest = max(highest, geodetic(piece.points @ matrix[:3, :3].T + matrix[:3, 3])[:, 2].max())
    return float(highest)


@pytest.mark.parametrize("geoid_m", [0.0, GEOID_M, -3.25])
def test_a_bake_comes_back_to_the_centimetre_whatever_the_project_knows(footprints, tmp_path, geoid_m):
    bake(Order(inputs=(str(footprints),), out=str(tmp_path), workers=1, geoid_m=geoid_m), Progress())
    assert tops_above_ellipsoid(tmp_path) == pytest.approx(31.0 + geoid_m, abs=0.01)
    said = json.loads((tmp_path / "houses" / "tileset.json").read_text())["asset"]["extras"]["citytwin"]
    assert (said["geoid_m"], said["height_datum"]) == (geoid_m, "1985")
    for known in (0.0, GEOID_M):
        frame = Frame(crs=FRAME.crs, origin=FRAME.origin, geoid_m=known)
        tree = read(tiles3d, tmp_path / "houses" / "tileset.json", "tiles", frame=frame)
        _, (part,) = everything(tree)
        assert part.mesh.points[:, 2].max() == pytest.approx(31.0, abs=0.01)
        assert tree.box[5] == pytest.approx(31.0, abs=0.05) and not tree.notes
        whole = read(tiles3d, tmp_path / "houses" / "tileset.json", "city", frame=frame)
        assert whole.points[:, 2].max() == pytest.approx(31.0, abs=0.01)


def test_a_project_in_wusong_heights_reads_a_bake_in_1985(footprints, tmp_path):
    bake(Order(inputs=(str(footprints),), out=str(tmp_path), workers=1, geoid_m=GEOID_M), Progress())
    frame = Frame(crs=FRAME.crs, origin=FRAME.origin, height_datum="wusong")
    _, (part,) = everything(read(tiles3d, tmp_path / "houses" / "tileset.json", "tiles", frame=frame))
    assert part.mesh.points[:, 2].max() == pytest.approx(31.0 + 1.66, abs=0.01)


def test_heights_of_others_count_from_the_ellipsoid(tmp_path):
    path = located_tileset(tmp_path, b3dm(glb(), {"name": ["hall"]}, 1))
    plain = read(tiles3d, path, "tiles", frame=FRAME)
    assert any("ellipsoid" in note for note in plain.notes)
    knowing = read(tiles3d, path, "tiles", frame=Frame(crs=FRAME.crs, origin=FRAME.origin, geoid_m=GEOID_M))
    assert not any("ellipsoid" in note for note in knowing.notes)
    (_, (high,)), (_, (low,)) = everything(plain), everything(knowing)
    assert high.mesh.points[:, 2].max() - low.mesh.points[:, 2].max() == pytest.approx(GEOID_M, abs=0.001)
    assert plain.box[2] - knowing.box[2] == pytest.approx(GEOID_M, abs=0.001)


def test_the_source_s_own_datum_goes_before(tmp_path):
    from twin.readers import Request
    path = located_tileset(tmp_path, b3dm(glb(), {"name": ["hall"]}, 1))
    frame = Frame(crs=FRAME.crs, origin=FRAME.origin, geoid_m=GEOID_M)
    source = Source(path=str(path), height_datum="1985")
    tree = tiles3d.read(Request(source=source, kind="tiles", frame=frame), Progress())
    plain = read(tiles3d, path, "tiles", frame=FRAME)
    assert tree.box[2] == pytest.approx(plain.box[2], abs=0.001) and not tree.notes
