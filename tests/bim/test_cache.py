"""The second opening comes from the cache, and a bad cache is no worse than none."""

from __future__ import annotations

import json
import os
import shutil

import numpy as np
import pytest

from bim import cache, loading, located
from bim import reader as ifc
from twin import text
from twin.data import Mesh
from twin.frame import Frame
from twin.layer import Source
from twin.readers import Progress, Request
from twin.told import anew, from_kept, to_keep, told


@pytest.fixture
def kept(tmp_path, monkeypatch):
    """An empty cache folder."""
    monkeypatch.setenv(cache.FOLDER_VARIABLE, str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def house(tmp_path, shared):
    return shutil.copy(shared / "ifc" / "IfcOpenHouse_IFC4.ifc", tmp_path / "house.ifc")


def read(path, crs: str = "", frame: Frame | None = None) -> Mesh:
    return ifc.read(Request(source=Source(path=str(path), crs=crs), kind="building", frame=frame or Frame()),
                    Progress())


@pytest.fixture
def made(monkeypatch):
    """How often shapes were really made."""
    calls, pieces = [], loading.pieces
    monkeypatch.setattr(loading, "pieces", lambda *a, **k: calls.append(1) or pieces(*a, **k))
    return calls


def same(one: Mesh, other: Mesh) -> bool:
    return (all(np.array_equal(getattr(one, name), getattr(other, name))
                for name in ("points", "triangles", "edges", "vertex_feature", "colors"))
            and one.features.equals(other.features) and one.report == other.report and one.notes == other.notes
            and one.placement == other.placement)


def test_the_second_opening_gives_the_same_and_makes_nothing(kept, house, made):
    first, second = read(house), read(house)
    assert same(first, second) and len(made) == 1
    assert len(list(kept.glob("*.npz"))) == 1 and not list(kept.glob("*.part"))


def test_another_frame_is_served_from_the_same_file(kept, house, made):
    read(house)
    read(house, frame=Frame(crs="EPSG:32760", origin=(729000.0, 9064000.0, 0.0)))
    assert len(made) == 1


def test_another_language_is_served_from_the_same_file(kept, shared, made):
    """What was kept in Chinese says in English what a first reading in English says, and the other way round."""
    path = shared / "ifc" / "gherkin" / "fail-grf005-metre_millimetre_scale_empty_1.ifc"
    try:
        text.set_language("zh")
        chinese = read(path)
        text.set_language("en")
        english = read(path)
        shutil.rmtree(kept)
        fresh = read(path)
        text.set_language("zh")
        again = read(path)
    finally:
        text.set_language("en")
    assert len(made) == 2
    assert (english.notes, english.georeference) == (fresh.notes, fresh.georeference)
    assert (again.notes, again.georeference) == (chinese.notes, chinese.georeference)
    assert chinese.notes != english.notes and all(note.isascii() for note in english.georeference["warnings"])
    assert list(map(anew, chinese.notes)) == list(english.notes)


def test_what_failed_is_told_in_the_language_of_whoever_reads(kept):
    from bim.meshes import failures
    failed = [{"guid": "1", "class": "IfcWall", "name": "W {1}", "reason": told("the kernel crashed")}] * 4
    content = from_kept(json.loads(json.dumps(to_keep({"failed": failed}))))
    [english] = failures(content)
    try:
        text.set_language("zh")
        [chinese] = failures(from_kept(to_keep({"failed": failed})))
    finally:
        text.set_language("en")
    names = ", ".join(["IfcWall W {1} (the kernel crashed)"] * 3)
    assert english == f"Incomplete: 4 elements could not be made: {names} …"
    assert anew(chinese) == english != chinese


def test_in_the_frame_it_was_kept_in_no_way_between_crs_is_looked_for(kept, shared, monkeypatch):
    path = shared / "ifc" / "gherkin" / "na-grf003-correct_building_with_georeferencing.ifc"
    here, there = Frame(crs="EPSG:25832", origin=(458000.0, 5438000.0, 0.0)), Frame()
    asked, place = [], located.placements_of
    monkeypatch.setattr(located, "placements_of", lambda *about: asked.append(about[1]) or place(*about))
    first, second, moved = read(path, frame=here), read(path, frame=here), read(path, frame=there)
    assert asked == [here, there] and len(first.placements) == 2 and same(first, second)
    assert second.placements == first.placements and moved.placements.keys() == first.placements.keys()
    assert moved.placement != first.placement


def test_a_changed_file_or_crs_is_read_again(kept, house, made):
    read(house)
    with open(house, "ab") as file:
        file.write(b"\n")
    read(house)
    read(house, crs="EPSG:4549")
    assert len(made) == 3


@pytest.mark.parametrize("spoil", ["cut", "flipped", "foreign", "empty", "other key"])
def test_a_spoiled_cache_is_ignored_and_made_again(kept, house, made, spoil):
    first = read(house)
    [path] = kept.glob("*.npz")
    data = bytearray(path.read_bytes())
    if spoil == "cut":
        data = data[:len(data) // 2]
    elif spoil == "flipped":
        data[len(data) // 3] ^= 0xFF
    elif spoil == "foreign":
        data = b"this is something else altogether"
    elif spoil == "empty":
        data = b""
    else:
        np.savez(path, **{**np.load(path), "facts": np.frombuffer(b'{"key": "another"}', np.uint8)})
        data = path.read_bytes()
    path.write_bytes(data)
    again = read(house)
    assert len(made) == 2 and sorted(again.features["guid"].to_pylist()) == sorted(first.features["guid"].to_pylist())
    assert same(again, read(house)) and len(made) == 2


def test_objects_in_a_cache_file_are_never_unpickled(kept, house, made, tmp_path):
    read(house)
    [path] = kept.glob("*.npz")
    arrays = dict(np.load(path))
    arrays["number"] = np.array([Bomb(tmp_path / "went off")], object)
    np.savez(path, **arrays)
    read(house)
    assert not (tmp_path / "went off").exists() and len(made) == 2


class Bomb:
    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)


def test_what_was_not_used_for_longest_goes_first(tmp_path):
    for age in range(4):
        path = tmp_path / f"{age}{cache.SUFFIX}"
        path.write_bytes(bytes(1000))
        os.utime(path, (1e9 - age, 1e9 - age))
    (tmp_path / "not ours.txt").write_bytes(bytes(5000))
    cache.trim(tmp_path, 2500)
    assert sorted(p.name[0] for p in tmp_path.glob("*.npz")) == ["0", "1"] and (tmp_path / "not ours.txt").exists()


def test_an_unwritable_folder_only_means_no_cache(house, made, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv(cache.FOLDER_VARIABLE, str(tmp_path / "file" / "below"))
    assert read(house).count == read(house).count == 35 and len(made) == 2
