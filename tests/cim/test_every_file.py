"""Every real file of the city, terrain and vector folders: recognised and read, or one clear word."""

from __future__ import annotations

import pytest

from cim import notyet, placing
from tests.conftest import SHARED
from twin import readers
from twin.frame import Frame
from twin.layer import Source
from twin.readers import Progress, Request, head_of
from twin.trouble import Trouble

FILES = sorted(p for room in ("city", "terrain", "vector") for p in (SHARED / room).rglob("*") if p.is_file())
NAMES = [str(p.relative_to(SHARED)) for p in FILES]
RECOGNISED_ONLY = {".b3dm": "3D Tiles", ".terrain": "Quantized mesh",
                   ".subtree": "3D Tiles"}


@pytest.fixture(scope="module")
def all_readers():
    return readers.discover()


@pytest.mark.realdata
@pytest.mark.parametrize("name", NAMES or ["none"])
def test_nothing_but_trouble(shared, all_readers, name):
    path = shared / name
    try:
        infos = readers.inspect(path)
    except Trouble as trouble:
        assert trouble.way_out and trouble.path
        return
    for info in infos:
        assert info.kind and info.format
        request = Request(source=Source(path=str(path), table=info.table), kind=info.kind, frame=_frame(info))
        try:
            payload = readers.read(request, Progress())
        except Trouble as trouble:
            assert trouble.way_out and trouble.path
        else:
            assert payload.crs_source == info.crs_source or info.crs_source == "none"


def _frame(info) -> Frame:
    if not info.crs or info.extent is None:
        return Frame()
    return placing.own_frame(info.crs, (info.extent[0], info.extent[1], info.extent[3], info.extent[4]))


@pytest.mark.realdata
@pytest.mark.parametrize("name", [n for n in NAMES if n.rpartition(".")[2] in {s[1:] for s in RECOGNISED_ONLY}]
                         or ["none"])
def test_formats_that_are_only_recognised_say_what_they_are(shared, name):
    path = shared / name
    expected = RECOGNISED_ONLY[path.suffix]
    assert notyet.format_of(path, head_of(path)).name.startswith(expected)
    with pytest.raises(Trouble, match=expected):
        notyet.inspect(path, Source(path=str(path)))


@pytest.mark.realdata
def test_the_cim_readers_know_what_is_theirs(shared, all_readers):
    # "raster-series" is asked first about a TIFF, and hands on what has no times
    mine = {"raster-series", "raster", "vectors", "cityjson", "citygml", "gltf", "pointcloud", "tiles3d", "notyet"}
    for path in FILES:
        if path.suffix in (".md", ".dbf", ".shx", ".prj"):
            continue
        head = head_of(path)
        sure = max(all_readers.values(), key=lambda r: r.sniff(path, head))
        assert sure.name in mine, path.name


@pytest.mark.parametrize("name, way_out", [("model.ifc", "Its name says IFC, its content does not"),
                                           ("model.q9", "citytwin reads .asc"),
                                           ("logger.dat", "A .dat file may hold")])
def test_a_file_of_no_known_kind_is_told_what_to_do_with_it(tmp_path, all_readers, name, way_out):
    (tmp_path / name).write_bytes(b"\x00\x01\x02\x03" * 500)
    with pytest.raises(Trouble) as told:
        readers.inspect(tmp_path / name)
    assert told.value.way_out.startswith(way_out)
