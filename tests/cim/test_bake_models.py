"""City models that are baked: part by part, with their textures, from and to places that fsspec knows."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from PIL import Image

from cim.bake import run, shapes
from cim.bake.run import Order, bake
from cim.bake.skins import picture_names
from cim.gltf_file import load
from twin.readers import Progress

HOUSES, SIDE_M, EAST, NORTH = 24, 10.0, 617000.0, 3471000.0
TILED = 20                                # houses from here on show one picture that repeats


def color_of(house: int) -> tuple[int, int, int]:
    return (20 + 9 * house, 230 - 9 * house, 60 + (house % 3) * 70) if house < TILED else (250, 10, 250)


def png(color) -> bytes:
    out = io.BytesIO()
    Image.fromarray(np.full((32, 32, 3), color, np.uint8)).save(out, "PNG")
    return out.getvalue()


def made_city(folder: Path) -> Path:
    """Level squares, each with its own picture, told behind all of them; a number that becomes a word on the way."""
    (folder / "skins").mkdir(parents=True)
    members, textures = [], []
    for n in range(HOUSES):
        x, y = EAST + 15 * (n % 6), NORTH + 15 * (n // 6)
        corners = ((0, 0), (SIDE_M, 0), (SIDE_M, SIDE_M), (0, SIDE_M), (0, 0))
        ring = " ".join(f"{y + dy} {x + dx} 5" for dx, dy in corners)
        kind, word = ("int", n) if n < 12 else ("string", "unknown")
        members.append(f"""<core:cityObjectMember><bldg:Building gml:id="h{n}">
<gen:{kind}Attribute name="code"><gen:value>{word}</gen:value></gen:{kind}Attribute>
<gen:doubleAttribute name="rent"><gen:value>{n + 0.5}</gen:value></gen:doubleAttribute>
<bldg:lod2MultiSurface><gml:MultiSurface><gml:surfaceMember><gml:Polygon gml:id="p{n}"><gml:exterior>
<gml:LinearRing gml:id="r{n}"><gml:posList>{ring}</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon>
</gml:surfaceMember></gml:MultiSurface></bldg:lod2MultiSurface></bldg:Building></core:cityObjectMember>""")
        name, end = (f"skins/{n}.png", 1) if n < TILED else ("skins/tiled.png", 3)
        (folder / name).write_bytes(png(color_of(n)))
        textures.append(f"""<app:surfaceDataMember><app:ParameterizedTexture><app:imageURI>{name}</app:imageURI>
<app:target uri="#p{n}"><app:TexCoordList><app:textureCoordinates ring="#r{n}">0 0 {end} 0 {end} {end} 0 {end} 0 0
</app:textureCoordinates></app:TexCoordList></app:target></app:ParameterizedTexture></app:surfaceDataMember>""")
    path = folder / "city.gml"
    path.write_text(f"""<?xml version="1.0"?>
<core:CityModel xmlns:core="http://www.opengis.net/citygml/2.0" xmlns:gml="http://www.opengis.net/gml"
 xmlns:bldg="http://www.opengis.net/citygml/building/2.0" xmlns:app="http://www.opengis.net/citygml/appearance/2.0"
 xmlns:gen="http://www.opengis.net/citygml/generics/2.0">
<gml:boundedBy><gml:Envelope srsName="EPSG:4549" srsDimension="3"><gml:lowerCorner>{NORTH} {EAST} 5</gml:lowerCorner>
<gml:upperCorner>{NORTH + 90} {EAST + 90} 5</gml:upperCorner></gml:Envelope></gml:boundedBy>{"".join(members)}
<app:appearanceMember><app:Appearance>{"".join(textures)}</app:Appearance></app:appearanceMember></core:CityModel>""")
    return path


class HereCrew:
    """Work in this process: a memory file system is seen, and what a test changes holds."""

    workers = 1

    def run(self, function, calls, idle=lambda: None):
        for number, arguments in enumerate(calls):
            yield number, function(*arguments, Progress())

    def close(self) -> None:
        pass


@pytest.fixture
def here(monkeypatch):
    monkeypatch.setattr(run, "crew", lambda workers, scheduler: HereCrew())


def houses_of(out: Path) -> dict[str, np.ndarray]:
    """The colour that each house shows in the leaves, by its id."""
    tree = json.loads((out / "city" / "tileset.json").read_text())
    leaves, found = [tree["root"]], {}
    while leaves:
        tile = leaves.pop()
        leaves += tile.get("children", [])
        if tile.get("children"):
            continue
        path = out / "city" / tile["content"]["uri"]
        for piece in load(path.read_bytes(), path).pieces:
            ids = piece.table.column("id").to_pylist()
            for number in np.unique(piece.batch):
                uv = piece.draped.uv[piece.batch == number]
                size = piece.draped.picture.size()
                u, v = np.mod(uv.mean(axis=0), 1.0) * size
                found[ids[number]] = piece.draped.picture.pixels(*size)[int(v), int(u), :3].astype(int)
    return found


def test_a_file_read_in_parts_keeps_every_house_and_its_picture(here, monkeypatch, tmp_path):
    path = made_city(tmp_path / "in")
    assert picture_names(path) == [*(f"skins/{n}.png" for n in range(TILED)), "skins/tiled.png"]
    whole = bake(Order(inputs=(str(path),), out=str(tmp_path / "whole"), tile_triangles=12), Progress())
    monkeypatch.setattr(shapes, "MOST_POLYGONS", 5)
    report = bake(Order(inputs=(str(path),), out=str(tmp_path / "out"), tile_triangles=12), Progress())
    data, = report["datasets"]
    assert data["features"] == HOUSES and data["tiles"] > 4 and not data["notes"][2:]
    assert data["triangles"] == whole["datasets"][0]["triangles"] and report["made"] == whole["made"]
    for out in ("whole", "out"):
        shown = houses_of(tmp_path / out)
        assert len(shown) == HOUSES
        assert all(np.abs(shown[f"h{n}"] - color_of(n)).max() < 12 for n in range(HOUSES)), shown
    table = pq.read_table(tmp_path / "out" / "city" / "features.parquet")
    rows = {row["id"]: row for row in table.drop_columns(["geometry"]).to_pylist()}
    assert [rows[f"h{n}"]["rent"] for n in range(HOUSES)] == [n + 0.5 for n in range(HOUSES)]
    assert [rows[f"h{n}"]["code"] for n in (3, 11, 12)] == ["3", "11", "unknown"]


def test_another_library_finds_the_pictures(here, tmp_path):
    vtk = pytest.importorskip("vtkmodules.vtkIOGeometry")
    bake(Order(inputs=(str(made_city(tmp_path / "in")),), out=str(tmp_path / "out")), Progress())
    tile, = (tmp_path / "out" / "city" / "tiles").rglob("*.glb")
    reader = vtk.vtkGLTFReader()
    reader.SetFileName(str(tile))
    reader.Update()
    assert reader.GetNumberOfTextures() == 2, "all that do not repeat in one, and one that repeats"


def test_a_changed_picture_is_baked_again(here, tmp_path):
    path = made_city(tmp_path / "in")
    order = Order(inputs=(str(path),), out=str(tmp_path / "out"))
    assert bake(order, Progress())["made"] > 0 and bake(order, Progress())["made"] == 0
    (tmp_path / "in" / "skins" / "3.png").write_bytes(png((0, 0, 0)))
    assert bake(order, Progress())["made"] > 0
    assert houses_of(tmp_path / "out")["h3"].max() < 12


def test_from_memory_to_memory_it_is_the_same_and_goes_on(here, tmp_path):
    """A file system that is no folder: inputs with their pictures come from there, tiles go there."""
    fsspec = pytest.importorskip("fsspec", reason="the extra `cluster` is not installed")
    memory, path = fsspec.filesystem("memory"), made_city(tmp_path / "in")
    try:
        memory.put(str(path.parent), "/bake-in", recursive=True)
        order = Order(inputs=("memory://bake-in/city.gml",), out="memory://bake-out", scratch=str(tmp_path / "scratch"))
        first = bake(order, Progress())
        assert not first["failed"] and first["datasets"][0]["notes"] == bake(order, Progress())["datasets"][0]["notes"]
        assert bake(order, Progress())["made"] == 0
        assert first["datasets"][0]["path"] == "memory://bake-in/city.gml", "and not where a copy of it lay"
        bake(Order(inputs=(str(path),), out=str(tmp_path / "out")), Progress())
        there = {name.removeprefix("/bake-out/"): memory.cat(name) for name in memory.find("/bake-out")}
        here_too = {str(p.relative_to(tmp_path / "out")): p.read_bytes() for p in (tmp_path / "out").rglob("*")
                    if p.is_file()}
        there.pop("manifest.json"), here_too.pop("manifest.json")        # names the inputs
        assert there == here_too
    finally:
        for folder in ("/bake-in", "/bake-out"):
            if memory.exists(folder):
                memory.rm(folder, recursive=True)
