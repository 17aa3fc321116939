"""The project file: nothing is lost, nothing is half written, every fault is named."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import pytest

from twin import project as projects
from twin.autosave import autosave, autosave_path
from twin.camera import Camera
from twin.comparison import Comparison
from twin.document import Document, Scene
from twin.frame import Frame
from twin.layer import LAYER_TYPES, Group, Layer, Opaque, Source, Unread, layer_type
from twin.project import Project, View, load, save
from twin.trouble import Trouble


def sample(folder: Path) -> Project:
    camera = Camera(position=(1.0, 2.0, 300.5), focus=(0.0, 0.0, 0.0))
    layers = (Group(id="g", name="City", name_zh="城市"),
              Unread(id="u", name="Readings", group="g", visible=False, opacity=0.25, synthetic=True,
                     source=Source(path=str(folder / "data" / "a.csv"), positions=str(folder.parent / "places.csv"),
                                   time_zone="UTC")))
    document = Document(name="Test", name_zh="测试", frame=Frame(origin=(1.0, 2.0, 3.0), height_datum="wusong"),
                        time_zone="UTC", clock_zone="Asia/Tokyo", layers=layers,
                        comparison=Comparison(view="side", only_a=("u",)),
                        scenes=(Scene(id="s", name="Night", time="2026-07-15T22:00:00+08:00", visible=("u",),
                                      camera=camera),))
    return Project(document=document, view=View(camera=camera, time="2026-07-15T06:41:00+08:00", speed=60.0, loop=True))


def test_saved_and_opened_is_the_same(tmp_path):
    project, path = sample(tmp_path), tmp_path / "test.twin.json"
    save(project, path)
    assert load(path) == replace(project, path=path)


def test_paths_are_relative_and_follow_a_moved_folder(tmp_path):
    here, there = tmp_path / "here", tmp_path / "there"
    save(sample(here), here / "test.twin.json")
    raw = json.loads((here / "test.twin.json").read_text(encoding="utf-8"))
    assert raw["layers"][1]["source"]["path"] == "data/a.csv"
    assert raw["layers"][1]["source"]["positions"] == "../places.csv"
    os.rename(here, there)
    assert load(there / "test.twin.json").document.layer("u").source.path == str(there / "data" / "a.csv")


@pytest.mark.parametrize("broken", ["replace", "fsync"])
def test_a_failed_save_leaves_the_old_file(tmp_path, monkeypatch, broken):
    path = tmp_path / "test.twin.json"
    save(sample(tmp_path), path)
    before = path.read_bytes()

    def full(*_):
        raise OSError(28, "No space left on device")
    monkeypatch.setattr(projects.os, broken, full)
    with pytest.raises(Trouble, match="No space left"):
        save(Project(document=Document(name="other")), path)
    assert path.read_bytes() == before and os.listdir(tmp_path) == ["test.twin.json"]


def written(tmp_path, **changes):
    raw = projects.as_json(sample(tmp_path), tmp_path) | changes
    path = tmp_path / "made.twin.json"
    path.write_text(json.dumps(raw, ensure_ascii=False), encoding="utf-8")
    return path


def test_version_0_is_upgraded(tmp_path):
    path = tmp_path / "old.twin.json"
    path.write_text(json.dumps({"format": "citytwin", "version": 0, "name": "Old", "crs": "EPSG:32651",
                                "origin": [1, 2, 3], "layers": []}), encoding="utf-8")
    assert load(path).document.frame == Frame(crs="EPSG:32651", origin=(1.0, 2.0, 3.0))


@pytest.mark.parametrize(("changes", "words"), [
    ({"version": projects.VERSION + 1}, "newer citytwin"), ({"version": "1"}, "newer citytwin"),
    ({"format": "other"}, "not a citytwin")])
def test_what_is_not_ours_is_refused(tmp_path, changes, words):
    with pytest.raises(Trouble, match=words):
        load(written(tmp_path, **changes))


@pytest.mark.parametrize("field", ["time_zone", "clock_zone"])
def test_a_time_zone_that_is_none_is_refused_with_its_name(tmp_path, field):
    with pytest.raises(Trouble, match=r"Mars/Olympus.*made\.twin\.json"):
        load(written(tmp_path, **{field: "Mars/Olympus"}))


def test_layers_that_are_no_list_are_not_taken_for_an_empty_project(tmp_path):
    with pytest.raises(Trouble, match="layers"):
        load(written(tmp_path, layers={"a": 1}))


def test_a_version_that_never_was_is_refused(tmp_path):
    with pytest.raises(Trouble, match="version"):
        load(written(tmp_path, version=-1))


def test_damaged_and_missing_files_are_clear(tmp_path):
    (tmp_path / "cut.twin.json").write_text('{"format": "citytwin", ', encoding="utf-8")
    with pytest.raises(Trouble, match="damaged"):
        load(tmp_path / "cut.twin.json")
    with pytest.raises(Trouble, match="no such project"):
        load(tmp_path / "none.twin.json")


def test_unknown_kinds_are_kept_word_for_word_in_their_place(tmp_path):
    strange = {"kind": "hologram", "id": "h", "name": "光", "beams": [1, {"deep": None}], "opacity": "thick"}
    raw = projects.as_json(sample(tmp_path), tmp_path)
    path = written(tmp_path, layers=[raw["layers"][0], strange, raw["layers"][1]])
    project = load(path)
    assert isinstance(project.document.layers[1], Opaque)
    save(project, path)
    again = json.loads(path.read_text(encoding="utf-8"))["layers"]
    assert {k: again[1][k] for k in strange} == strange
    assert [x["id"] for x in again] == ["g", "h", "u"]
    assert load(path).document.layers[0] == project.document.layers[0]


def test_every_fault_is_named_with_its_place(tmp_path):
    layers = [{"kind": "unread", "id": "u", "name": "U", "opacity": 7}, {"kind": "unread", "name": "no id"}]
    with pytest.raises(Trouble) as caught:
        load(written(tmp_path, layers=layers, view={"speed": "fast"}))
    for words in ("layers.0", "opacity", "layers.1", "id", "view.speed"):
        assert words in caught.value.cause


def test_two_layers_with_one_id_are_refused(tmp_path):
    twice = [{"kind": "unread", "id": "u", "name": "A"}, {"kind": "unread", "id": "u", "name": "B"}]
    with pytest.raises(Trouble, match="same id"):
        load(written(tmp_path, layers=twice))


def test_a_layer_type_that_is_registered_after_the_first_opening_is_known(tmp_path, monkeypatch):
    monkeypatch.setattr(projects, "LAYER_TYPES", dict(LAYER_TYPES))
    load(written(tmp_path))

    @dataclass(frozen=True, kw_only=True)
    class Late(Layer):
        kind: Literal["late"] = "late"
        height: float = 1.0

    monkeypatch.setitem(projects.LAYER_TYPES, "late", Late)
    project = load(written(tmp_path, layers=[{"kind": "late", "id": "l", "name": "L", "height": 4.0}]))
    assert project.document.layers == (Late(id="l", name="L", height=4.0),)
    assert layer_type(Group) is Group


def test_the_autosaved_copy_opens_with_the_same_files(tmp_path):
    project = replace(sample(tmp_path / "p"), path=tmp_path / "p" / "test.twin.json")
    copy = autosave(project, tmp_path / "state")
    assert copy == autosave_path(project.path, tmp_path / "state") and copy.parent != project.path.parent
    assert load(copy).document == project.document
    assert json.loads(copy.read_text(encoding="utf-8"))["recovered_from"] == str(project.path)
    assert autosave_path(None, tmp_path) != autosave_path(project.path, tmp_path)


def test_the_schema_names_every_known_kind():
    text = json.dumps(projects.schema())
    assert all(f'"const": "{kind}"' in text for kind in LAYER_TYPES)
