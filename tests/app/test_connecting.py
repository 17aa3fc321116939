"""Readings of an engine become a layer: from the command line and from the window."""

from __future__ import annotations

import json
import time

import duckdb
import pytest

from app.connecting import Connecting
from app.session import Session
from tests.app.test_cli import citytwin
from twin.document import Document
from twin.project import Project, save


@pytest.fixture
def url(tmp_path, monkeypatch):
    monkeypatch.setenv("CITYTWIN_CACHE", str(tmp_path / "cache"))
    path = tmp_path / "city.duckdb"
    with duckdb.connect(str(path)) as con:
        con.execute("CREATE TABLE readings AS SELECT * FROM (VALUES ('a', TIMESTAMPTZ '2026-07-15 06:00:00+08', 1.5), "
                    "('a', TIMESTAMPTZ '2026-07-15 07:00:00+08', 2.5)) AS t(datastream, time, value)")
    return f"duckdb://{path.as_posix()}?table=readings"


def test_an_engine_is_asked_and_connected_from_the_command_line(url, tmp_path):
    project = tmp_path / "town.twin.json"
    save(Project(document=Document()), project)
    told = json.loads(citytwin("engine", url, "--json").stdout)
    assert (told["engine"], told["readings"], told["span"][1]) == ("duckdb", 2, "2026-07-15T07:00:00+08:00")
    series = json.loads(citytwin("engine", url, "--series", "a", "--from", "2026-07-15T06:30", "--json").stdout)
    assert [r["value"] for r in series["readings"]] == [2.5]
    latest = json.loads(citytwin("engine", url, "--latest", "2026-07-15T06:10", "--json").stdout)
    assert latest["readings"] == [{"datastream": "a", "time": "2026-07-15T06:00:00+08:00", "value": 1.5,
                                   "age_secs": 600.0}]
    hours = json.loads(citytwin("engine", url, "--bucket", "86400", "--statistic", "max", "--json").stdout)["readings"]
    assert [(r["value"], r["count"]) for r in hours] == [(2.5, 2)]
    assert "2 readings of 1 datastream," in citytwin("engine", url).stdout
    assert json.loads(citytwin("connect", project, url, "--json").stdout)["readings"] == 2
    layer, = json.loads(project.read_text())["layers"]
    assert layer["source"] == {"path": url, "reader": "sensor-engine"}
    drawn = json.loads(citytwin("render", project, "--out", tmp_path / "v.png", "--size", "200x150", "--json").stdout)
    assert drawn["layers"][0]["features"] == 1 and not drawn["layers"][0]["error"]
    assert "no column" in citytwin("engine", url + "&value=wert", check=1).stderr


def test_the_readings_of_a_store_are_put_into_an_engine_once(url, tmp_path):
    table, project = tmp_path / "r.csv", tmp_path / "town.twin.json"
    table.write_text("time,datastream,value\n2026-07-15 06:00:00,a,9\n2026-07-15 08:00:00,a,3\n"
                     "2026-07-15 08:00:00,b,4\n")
    citytwin("import", table, "--into", project)
    assert json.loads(citytwin("engine", url, "--put", project, "--json").stdout)["appended"] == 2
    assert "0 readings appended" in citytwin("engine", url, "--put", project).stdout
    series = json.loads(citytwin("engine", url, "--series", "a", "--json").stdout)["readings"]
    assert [r["value"] for r in series] == [1.5, 2.5, 3.0], "what is there already stays"


class Window:
    def __init__(self, session):
        self.session, self.told = session, []

    def tell(self, words, tone="note"):
        self.told.append((tone, words))


def test_the_window_asks_in_a_worker_and_commits_one_edit(url):
    session = Session()
    window = Window(session)
    connecting = Connecting(window)
    for address in (url, url.replace("table=readings", "table=lost")):
        connecting.begin(address)
    end = time.monotonic() + 60
    while connecting._jobs and time.monotonic() < end:
        session.tick(0.0)
        connecting.refresh()
        time.sleep(0.01)
    assert [x.source.path for x in session.document.layers] == [url] and session.edits.undo_label == "Add layers"
    assert [tone for tone, _ in window.told] == ["error"] and "did not answer" in window.told[0][1]
    session.close()
