"""A sensor layer becomes water, wind or traffic from the command line, and what is none of them says so."""

from __future__ import annotations

import json
import shutil

import pytest

from app.cli import main


@pytest.fixture(scope="module")
def project(samples, tmp_path_factory):
    folder = tmp_path_factory.mktemp("look")
    for name in ("jiading.twin.json", "stories.parquet", "stories.csv"):
        shutil.copy(samples / name, folder / name)
    return folder / "jiading.twin.json"


def test_a_depth_layer_becomes_water_with_the_limits_of_its_alarm(project, capsys):
    assert main(["look", str(project), "--layer", "story.rain.depth", "--as", "water", "--json"]) == 0
    made = json.loads(capsys.readouterr().out)["layer"]
    layers = json.loads(project.read_text("utf-8"))["layers"]
    layer = next(x for x in layers if x["id"] == made)
    assert layer["kind"] == "flood" and layer["yellow"] == 3.0 and layer["red"] == 25.0
    ids = [x["id"] for x in layers]
    assert ids.index(made) == ids.index("story.rain.depth") + 1


def test_dust_is_neither_wind_nor_traffic(project, capsys):
    assert main(["look", str(project), "--layer", "story.site.tsp", "--as", "flows"]) != 0
    assert "belong to no lines" in capsys.readouterr().err


def test_points_become_a_roadside_that_hears_the_vehicles(project, samples, capsys):
    for name in ("roadside.geojson", "ring.parquet", "stations.geojson"):
        shutil.copy(samples / name, project.parent / name)
    said = json.loads(project.read_text("utf-8"))
    point = {"id": "posts", "kind": "vectors", "name": "Posts", "source": {"path": "roadside.geojson"}}
    stop = {"id": "stops", "kind": "vectors", "name": "Stops", "source": {"path": "stations.geojson"}}
    project.write_text(json.dumps({**said, "layers": [*said["layers"], point, stop]}), "utf-8")
    command = ["look", str(project), "--as", "roadside"]
    assert main([*command, "--layer", "Posts", "--vehicles", "story.ring.vehicles", "--json"]) == 0
    made = json.loads(capsys.readouterr().out)["layer"]
    layer = next(x for x in json.loads(project.read_text("utf-8"))["layers"] if x["id"] == made)
    assert layer["kind"] == "roadside" and layer["vehicles"] == "story.ring.vehicles"
    assert main(["roadside", str(project), "--time", "2026-07-15T08:12:00+08:00", "--json"]) == 0
    told = {x["layer"]: x for x in json.loads(capsys.readouterr().out)["roadsides"]}
    assert told[made]["signals"] == told["story.ring.roadside"]["signals"] and told[made]["warnings"]
    assert main([*command, "--layer", "Stops"]) != 0 and "kind" in capsys.readouterr().err
