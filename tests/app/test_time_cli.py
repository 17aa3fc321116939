"""Instants and readings from the command line: bookmarks, spans and a second instant in pictures, exports."""

from __future__ import annotations

import json

import pyarrow.parquet as pq

from tests.app.test_cli import citytwin

TABLE = ("time,datastream,value,x,y\n2026-07-15 06:00:00,a,1.5,617000,3471000\n2026-07-15 07:00:00,a,9,617000,3471000\n"
         "2026-07-15 08:00:00,a,3,617000,3471000\n")


def test_bookmarks_are_listed_added_and_removed_and_name_times_of_pictures(tmp_path):
    table, project = tmp_path / "r.csv", tmp_path / "town.twin.json"
    table.write_text(TABLE)
    citytwin("import", table, "--into", project)
    citytwin("bookmarks", project, "--add", "Rush hour=2026-07-15T08:00", "--add", "Early=2026-07-15T06:00")
    told = json.loads(citytwin("bookmarks", project, "--json").stdout)
    assert [b["name"] for b in told["bookmarks"]] == ["Early", "Rush hour"]
    assert told["bookmarks"][1]["time"] == "2026-07-15T08:00:00+08:00"
    drawn = json.loads(citytwin("render", project, "--time", "Rush hour", "--compare", "Early", "--out",
                                tmp_path / "v.png", "--size", "200x150", "--json").stdout)
    assert drawn["time"] == "2026-07-15T08:00:00+08:00" and not drawn["layers"][0]["error"]
    citytwin("bookmarks", project, "--remove", "Early")
    assert citytwin("bookmarks", project).stdout == "2026-07-15T08:00:00+08:00  Rush hour\n"
    lost = citytwin("bookmarks", project, "--remove", "Late", check=1)
    assert "Rush hour" in lost.stderr
    wrong = citytwin("render", project, "--time", "Rush hour", "--since", "2026-07-15T09:00", "--out",
                     tmp_path / "w.png", check=1)
    assert "begins after it ends" in wrong.stderr


def test_readings_are_exported_with_units_and_zone(tmp_path):
    table, project = tmp_path / "r.csv", tmp_path / "town.twin.json"
    table.write_text(TABLE)
    citytwin("import", table, "--into", project)
    told = json.loads(citytwin("export", project, "--from", "2026-07-15T07:00", "--out", tmp_path / "o.csv",
                               "--json").stdout)
    assert (told["rows"], told["datastreams"], told["time_zone"]) == (2, 1, "Asia/Shanghai")
    lines = (tmp_path / "o.csv").read_text().splitlines()
    assert lines[0] == '"time","datastream","name","property","unit","value","quality"'
    assert lines[1].startswith('"2026-07-15T07:00:00+08:00","a",') and lines[1].endswith(',9,"ok"')
    citytwin("export", project, "a", "--out", tmp_path / "o.parquet")
    assert pq.read_table(tmp_path / "o.parquet").num_rows == 3
    assert "b" in citytwin("export", project, "b", "--out", tmp_path / "o.csv", check=1).stderr


def test_a_store_tells_its_size_and_lets_go_of_old_days_only_when_told_so(tmp_path):
    table, project = tmp_path / "r.csv", tmp_path / "town.twin.json"
    table.write_text("time,datastream,value\n" + "".join(f"2026-07-{d:02d} 12:00:00,a,{d}\n" for d in range(1, 11)))
    citytwin("import", table, "--into", project, "--time-zone", "UTC")
    told = json.loads(citytwin("store", project, "--json").stdout)
    assert told["readings"] == 10 and told["keep_days"] == 0 and told["properties"][0]["oldest"] == "2026-07-01"
    would = json.loads(citytwin("store", project, "--keep-days", "3", "--json").stdout)
    assert (would["would_remove"], would["removed"], would["readings"]) == (7, 0, 10)
    assert "--yes" in citytwin("store", project, "--keep-days", "3").stdout
    done = json.loads(citytwin("store", project, "--keep-days", "3", "--yes", "--json").stdout)
    assert (done["removed"], done["readings"], done["keep_days"]) == (7, 3, 3)
    assert "Keeps 3 days." in citytwin("store", project).stdout
