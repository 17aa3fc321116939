"""`citytwin import`, `series` and `latest` as other people's scripts use them."""

from __future__ import annotations

import csv
import io
import json

from tests.app.test_cli import citytwin
from tests.twin.history.test_timetable import feed
from tests.twin.history.test_traces import gpx, point

KEYS = {"rows", "kept", "duplicates", "out_of_order", "missing", "rejected", "rejects", "time_zone", "datastreams",
        "span", "seconds"}
TABLE = ("time,datastream,value\n2026-07-15 06:00:00,a,1.5\n2026-07-15 06:10:00,a,-999\n2026-07-15 06:05:00,b,2.25\n"
         "2026-07-15 06:20:00,a,3\nnever,a,3\n")


def test_readings_go_in_and_come_out_again(tmp_path):
    table, project = tmp_path / "r.csv", tmp_path / "new" / "town.twin.json"
    table.write_text(TABLE)
    report = json.loads(citytwin("import", table, "--into", project, "--time-zone", "UTC", "--json").stdout)
    assert set(report) == KEYS and report["time_zone"] == "UTC" and report["datastreams"] == 2
    assert (report["rows"], report["kept"], report["missing"], report["rejected"]) == (5, 3, 1, 1)
    assert report["rejects"][0]["row"] == 6 and report["span"][0] == "2026-07-15T06:00:00+00:00"
    assert json.loads(project.read_text())["format"] == "citytwin"

    series = json.loads(citytwin("series", project, "a", "--json").stdout)
    assert series["count"] == 2 and series["readings"][0] == {"time": "2026-07-15T14:00:00+08:00", "value": 1.5,
                                                              "quality": "ok"}
    some = citytwin("series", project, "a", "--from", "2026-07-15T14:10", "--to", "2026-07-15T15:00", "--csv").stdout
    assert list(csv.DictReader(io.StringIO(some))) == [{"time": "2026-07-15T14:20:00+08:00", "value": "3.0",
                                                        "quality": "ok"}]
    assert series["synthetic"] is False, "nobody says that it is made up"
    latest = json.loads(citytwin("latest", project, "--time", "2026-07-15T14:04:00+08:00", "--json").stdout)
    assert [(r["datastream"], r["value"], r["age_secs"]) for r in latest["readings"]] == [("a", 1.5, 240.0),
                                                                                          ("b", None, None)]
    rows = list(csv.DictReader(io.StringIO(citytwin("latest", project, "--csv").stdout)))
    assert [(r["datastream"], r["value"]) for r in rows] == [("a", "3.0"), ("b", "2.25")]

    layer, = json.loads(project.read_text())["layers"]
    assert layer["source"]["path"] == "town.history" and layer["observed"] == "value" and layer["name"] == "r"
    told = json.loads(project.read_text())
    told["layers"][0]["synthetic"] = True
    project.write_text(json.dumps(told))
    said = citytwin("latest", project, "--csv")
    assert said.stderr.startswith("Synthetic data") and said.stdout.startswith("datastream,")
    drawn = json.loads(citytwin("render", project, "--out", tmp_path / "v.png", "--size", "200x150", "--json").stdout)
    assert drawn["layers"][0]["features"] == 2 and drawn["layers"][0]["error"] is None
    assert drawn["time"] == "2026-07-15T14:00:00+08:00"


def test_imported_readings_decide_where_an_empty_project_lies(tmp_path):
    table, project = tmp_path / "r.csv", tmp_path / "town.twin.json"
    table.write_text("time,id,PM2.5,lon,lat\n2026-07-15 06:00,A,8,4.9,52.37\n2026-07-15 06:00,B,9,4.91,52.36\n")
    assert json.loads(citytwin("import", table, "--into", project, "--json").stdout)["kept"] == 2
    citytwin("import", table, "--into", project)
    said = json.loads(project.read_text())
    assert said["frame"]["crs"] == "EPSG:32631" and len(said["layers"]) == 1


def test_several_files_and_mistakes(tmp_path):
    project = tmp_path / "town"
    for name in ("one", "two"):
        (tmp_path / f"{name}.csv").write_text(TABLE.replace(",a,", f",{name},"))
    said = citytwin("import", tmp_path / "one.csv", tmp_path / "two.csv", "--into", project, "--json").stdout
    report = json.loads(said)
    assert report["rows"] == 10 and report["kept"] == 5 and report["duplicates"] == 1 and len(report["files"]) == 2
    assert json.loads(citytwin("series", project, "one", "--json").stdout)["count"] == 2, "named as --into takes it"
    assert len(json.loads(citytwin("latest", project, "--json").stdout)["readings"]) == 3
    wrong = citytwin("series", project, "oen", "--json", check=1)
    assert "one" in json.loads(wrong.stdout)["error"]
    assert "nowhere.csv" in citytwin("import", tmp_path / "nowhere.csv", "--into", project, check=1).stderr
    assert "ROLE=COLUMN" in citytwin("import", tmp_path / "one.csv", "--into", project, "--column", "x", check=2).stderr
    assert "column" in citytwin("import", tmp_path / "one.csv", "--into", project, "--column", "time=x", check=1).stderr


def test_traces_and_a_timetable_become_layers_of_vehicles(tmp_path):
    project, track = tmp_path / "town.twin.json", gpx(tmp_path / "walk.gpx", "<trk><name>A</name><trkseg>" + "".join(
        point(s, 121.25 + s * 1e-4) for s in range(0, 30, 5)) + "</trkseg></trk>")
    report = json.loads(citytwin("import", track, feed(tmp_path / "bus.zip"), "--into", project, "--json").stdout)
    assert [(f["rows"], f["rejected"], f["datastreams"]) for f in report["files"]] == [(6, 0, 3), (0, 0, 0)]
    assert report["files"][1]["trips"] == 1 and "trips" not in report["files"][0]
    layers = json.loads(project.read_text())["layers"]
    assert [(layer["kind"], layer["source"]["path"], layer["source"]["reader"]) for layer in layers] == [
        ("vehicles", "bus.zip", "track-gtfs"), ("vehicles", "town.history", "track-store")]    # the latest on top
    drawn = json.loads(citytwin("render", project, "--out", tmp_path / "v.png", "--size", "200x150", "--time",
                                "2026-07-15T12:00:10Z", "--json").stdout)
    assert [(layer["features"], layer["error"]) for layer in drawn["layers"]] == [(1, None), (1, None)]
