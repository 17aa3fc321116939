"""A zip with damaged bytes: every reader of zips says so in its own words, and none lets an error through."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bim.bcf_archive import member_bytes, open_archive
from bim.unpack import names_in, unpacked
from twin.history import archive, gtfs_tables, positions_file
from twin.incidents import manifest
from twin.layer import Source
from twin.readers import recognise
from twin.trouble import Trouble

METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
LINES = "stop_id,stop_lat,stop_lon\n" + "".join(f"s{n},31.{n:04d},121.{n * 7 % 9999:04d}\n" for n in range(400))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("zips")


def packed(path: Path, names: tuple[str, ...], method: int) -> bytes:
    with zipfile.ZipFile(path, "w", method) as file:
        for name in names:
            file.writestr(name, LINES)
    return path.read_bytes()


def _bcf(path: Path) -> None:
    with open_archive(str(path)) as file:
        for info in file.infolist():
            member_bytes(file, info.filename)


def _tables(path: Path) -> None:
    for name in archive.members(path):
        with archive.unpacked(path, name, path.parent / "unpacked"):
            pass


READERS = {
    "ifc": (("house.ifc",), lambda path: (names_in(path), unpacked(path))),
    "bcf": (("bcf.version", "1/markup.bcf"), _bcf),
    "tables": (("a.csv", "b.csv"), _tables),
    "feed": (gtfs_tables.NEEDED, lambda path: gtfs_tables.Feed(path).table("stops")),
    "messages": (("1.pb", "2.pb"), positions_file.messages_in),
    "package": (("manifest.json",), lambda path: manifest.unpack(path, path.parent / "package")),
}


@pytest.mark.parametrize("kind", READERS)
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(method=st.sampled_from(METHODS), hits=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(1, 255)),
                                                      min_size=1, max_size=12))
def test_damaged_bytes_are_a_trouble_or_nothing(folder, kind, method, hits):
    names, read = READERS[kind]
    path = folder / f"{kind}.zip"
    data = bytearray(packed(path, names, method))
    for at, change in hits:
        data[int(at * len(data))] ^= change
    path.write_bytes(data)
    try:
        read(path)
    except Trouble as trouble:
        assert str(trouble)


def test_an_ifczip_whose_packed_bytes_are_damaged_is_still_an_ifczip(folder):
    """It was no zip of messages, but looking for them threw an error of the decompressor."""
    path = folder / "house.ifczip"
    data = bytearray(packed(path, ("house.ifc",), zipfile.ZIP_DEFLATED))
    data[60:120] = bytes(60)
    path.write_bytes(data)
    try:
        recognise(path, Source(path=str(path)))
    except Trouble as trouble:
        assert "zip" in str(trouble)
