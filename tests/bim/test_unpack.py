"""Zips: of any case and method, with what macOS adds, damaged, or made to fill the disk."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path

import inflate64
import pytest

from bim import reader as ifc
from bim.open import open_model
from bim.unpack import unpacked
from twin.deflate64 import METHOD
from twin.layer import Source
from twin.readers import recognise
from twin.trouble import Trouble


@pytest.fixture
def text(shared) -> bytes:
    return (shared / "ifc" / "IfcOpenHouse_IFC4.ifc").read_bytes()


def zipped(path: Path, *members: tuple[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return path


def deflated64(path: Path, data: bytes, name: bytes = b"A.ifc") -> Path:
    """As Windows makes zips of large files."""
    deflater = inflate64.Deflater()
    packed = deflater.deflate(data) + deflater.flush()
    crc = zlib.crc32(data)
    sizes = crc.to_bytes(4, "little") + len(packed).to_bytes(4, "little") + len(data).to_bytes(4, "little")
    common = (21).to_bytes(2, "little") + bytes(2) + METHOD.to_bytes(2, "little") + bytes(4) + sizes
    local = b"PK\x03\x04" + common + len(name).to_bytes(2, "little") + bytes(2) + name
    entry = b"PK\x01\x02" + bytes([21, 0]) + common + len(name).to_bytes(2, "little") + bytes(12) + bytes(4) + name
    end = (b"PK\x05\x06" + bytes(4) + b"\x01\x00\x01\x00" + len(entry).to_bytes(4, "little")
           + (len(local) + len(packed)).to_bytes(4, "little") + bytes(2))
    path.write_bytes(local + packed + entry + end)
    return path


def test_upper_case_and_the_shadow_files_of_macos(tmp_path, text):
    path = zipped(tmp_path / "HOUSE.IFCZIP", ("__MACOSX/._HOUSE.IFC", b"not it"), ("folder/", b""),
                  ("folder/HOUSE.IFC", text))
    assert unpacked(path) == text and ifc.sniff(path, path.read_bytes()[:4096]) > 0.5
    assert len(open_model(path).model.by_type("IfcWall")) > 0


def test_of_several_models_in_a_zip_it_is_told_which_one_was_read(tmp_path, text):
    one = zipped(tmp_path / "one.ifczip", ("a.ifc", text), ("notes.txt", b"b.ifc"))
    two = zipped(tmp_path / "two.ifczip", ("a.ifc", text), ("b.IFC", text))
    assert not any("unpack it" in note for note in open_model(one).notes)
    note, = (note for note in open_model(two).notes if "unpack it" in note)
    assert "2 .ifc files" in note and "a.ifc was read" in note


def test_deflate64(tmp_path, text):
    assert unpacked(deflated64(tmp_path / "a.ifczip", text)) == text


def test_a_damaged_deflate64_is_told(tmp_path, text):
    path = deflated64(tmp_path / "a.ifczip", text)
    data = bytearray(path.read_bytes())
    data[14] ^= 1                                   # of the check sum in the local header; the central one counts
    data[data.rindex(b"PK\x01\x02") + 16] ^= 1
    path.write_bytes(data)
    with pytest.raises(Trouble, match="could not be unpacked"):
        unpacked(path)


@pytest.mark.parametrize("make", [lambda p, d: zipped(p, ("a.ifc", d)), deflated64])
def test_a_bomb_is_stopped(tmp_path, make):
    path = make(tmp_path / "bomb.IFCZIP", b"ISO-10303-21;\n" + bytes(80 << 20))
    with pytest.raises(Trouble, match="unpacks to far more"):
        unpacked(path)


def test_a_cut_zip_is_told_and_not_taken_for_something_else(tmp_path, text):
    path = zipped(tmp_path / "a.ifczip", ("a.ifc", text))
    path.write_bytes(path.read_bytes()[:2000])
    with pytest.raises(Trouble, match="cut off"):
        recognise(path, Source(path=str(path)))


@pytest.mark.parametrize("name, data", [
    ("a.ifcxml", b"<?xml version='1.0'?><ifcXML xmlns='x'/>"),
    ("a.ifcx", b'{"header": {"ifcxVersion": "ifcx_alpha"}, "data": []}'),
    ("five.json", b'{"header": {"ifcxVersion": "ifcx_alpha"}, "data": []}'),
])
def test_xml_and_json_are_refused_in_words(tmp_path, name, data):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(Trouble, match="XML or JSON"):
        recognise(tmp_path / name, Source(path=str(tmp_path / name)))


def test_ifcxml_in_a_zip_is_named(tmp_path):
    with pytest.raises(Trouble, match="ifcXML"):
        unpacked(zipped(tmp_path / "a.ifczip", ("a.ifcXML", b"<ifcXML/>")))
