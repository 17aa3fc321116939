"""Projects of older versions look as they did: what lay on top then is higher in the list now."""

from __future__ import annotations

import json

import pytest

from layers import vectors, zones  # noqa: F401 - they register
from twin import project as projects
from twin.frame import Frame
from twin.upgrades import upgraded


def row(kind: str, id: str, group: str = "", **more) -> dict:
    return {"kind": kind, "id": id, "name": id, "group": group, **more}


def listed(version: int, *rows: dict) -> list[str]:
    out = upgraded({"version": version, "layers": list(rows)}, projects.VERSION)
    assert out["version"] == projects.VERSION
    assert sorted(map(json.dumps, out["layers"])) == sorted(map(json.dumps, rows)), "none is lost or changed"
    return [raw["id"] for raw in out["layers"]]


def test_the_top_level_crs_of_version_0_becomes_the_frame():
    out = upgraded({"version": 0, "crs": "EPSG:32651", "origin": [1, 2, 3], "layers": []}, projects.VERSION)
    assert out["frame"] == {"crs": "EPSG:32651", "origin": [1, 2, 3]} and out["version"] == projects.VERSION
    assert upgraded({"version": 0}, projects.VERSION)["frame"]["crs"] == Frame().crs


@pytest.mark.parametrize("version", [1, 2])
def test_what_lies_on_the_ground_is_turned_over_and_all_else_keeps_its_place(version):
    assert listed(version, row("terrain", "t"), row("vectors", "water"), row("city", "houses"), row("zones", "flood"),
                  row("sensors", "noise"), row("flows", "roads"), row("sensors", "reach", shape="shapes"),
                  ) == ["t", "reach", "houses", "roads", "noise", "flood", "water"]


@pytest.mark.parametrize("version", [1, 2])
def test_across_groups_what_lay_on_top_does_so_still(version):
    rows = [row("group", "city"), row("vectors", "water", "city"), row("vectors", "green", "city"), row("group", "bim"),
            row("building", "house", "bim"), row("group", "plan"), row("group", "inner", "plan"),
            row("zones", "towns", "inner"), row("zones", "blocks", "plan")]
    assert listed(version, *rows) == ["plan", "blocks", "inner", "towns", "bim", "house", "city", "green", "water"]


def test_pictures_of_version_1_are_turned_over_also_across_groups_and_those_of_version_2_are_not():
    rows = [row("group", "g"), row("terrain", "t", "g"), row("imagery", "plan", "g"), row("imagery", "photo", "g"),
            row("imagery", "top")]
    assert listed(1, *rows) == ["top", "g", "t", "photo", "plan"]
    assert listed(2, *rows) == [raw["id"] for raw in rows]


def test_terrains_of_which_the_first_hides_the_others_never_change_places():
    rows = [row("group", "a"), row("terrain", "fine", "a"), row("vectors", "one", "a"), row("vectors", "two", "a"),
            row("group", "b"), row("terrain", "coarse", "b"), row("vectors", "three", "b"), row("zones", "z")]
    assert listed(1, *rows) == ["a", "fine", "two", "one", "b", "coarse", "three", "z"]
    assert listed(1, *rows[:4], rows[-1]) == ["z", "a", "fine", "two", "one"], "one alone moves with its group"


@pytest.mark.parametrize("rows", [
    [row("group", "a", "b"), row("group", "b", "a"), row("vectors", "v", "a")], [row("vectors", "v", "nowhere")],
    [row("zones", "z"), {"id": "x"}], [row("zones", "z"), row("zones", "z")], [row("zones", ["z"]), 7], "none", None])
def test_what_is_broken_is_left_to_the_validation(rows):
    out = upgraded({"version": 1, "layers": rows}, projects.VERSION)["layers"]
    assert out == rows or sorted(map(json.dumps, out)) == sorted(map(json.dumps, rows))


def test_a_project_is_turned_over_once(tmp_path):
    path = tmp_path / "old.twin.json"
    rows = [row("vectors", "v"), row("zones", "z")]
    path.write_text(json.dumps({"format": "citytwin", "version": 2, "layers": rows}))
    opened = projects.load(path)
    assert [layer.id for layer in opened.document.layers] == ["z", "v"]
    projects.save(opened, tmp_path / "again.twin.json")
    assert projects.load(tmp_path / "again.twin.json").document.layers == opened.document.layers
