"""A recording that does not say when it began: asked about once, and seen at the clock's time when one says so."""

from __future__ import annotations

import json

import numpy as np
import pyarrow as pa

from app import beginnings
from app.start_question import StartQuestion
from layers.vehicles import Vehicles
from tests.app.made_sessions import DAY_START, put
from twin import readers
from twin.data import Tracks
from twin.document import Document
from twin.frame import Frame
from twin.history.motion import motion_of
from twin.layer import Source
from twin.project import Project, save
from twin.times import SECOND, parse


def test_it_is_asked_once_and_the_answer_is_the_layers(session):
    drive = Vehicles(id="v", name="Drives", source=Source(path="/data/drives.csv"))
    session.edits.commit(session.document.with_layer(drive), "Add")
    motion, _ = motion_of(np.zeros(20, int), np.arange(20) * SECOND, np.zeros((20, 3)), 1)
    features = pa.table({"id": ["a"], "name": ["a"], "mode": [""], "property": ["Speed"], "unit": ["km/h"]})
    put(session, drive, Tracks(features=features, history=motion, count=1, crs="EPSG:4326", crs_source="file"))
    session.clock.go_to(DAY_START)
    told, typed = [], ["2018-10-24 08:30"]
    question = StartQuestion(session, lambda words, tone, ways: told.append((words, dict(ways))),
                             lambda title, text: typed.pop())
    question.refresh()
    question.refresh()
    (words, ways), = told
    assert words.startswith("Drives: its times count from a start")
    ways["At the clock's time"]()
    assert session.document.layer("v").source.begins == "2026-07-15T00:00:00+08:00"
    ways["At another time…"]()
    assert session.document.layer("v").source.begins == "2018-10-24T08:30:00+08:00"


def test_the_start_is_changed_later_and_undone(session):
    drive = Vehicles(id="v", name="Drives", source=Source(path="/data/drives.csv", begins="2018-10-24T08:30:00+08:00"))
    session.edits.commit(session.document.with_layer(drive), "Add")
    motion, _ = motion_of(np.zeros(20, int), parse(drive.source.begins) + np.arange(20) * SECOND, np.zeros((20, 3)), 1)
    features = pa.table({"id": ["a"], "name": ["a"], "mode": [""], "property": ["Speed"], "unit": ["km/h"]})
    payload = Tracks(features=features, history=motion, count=1, crs="EPSG:4326", crs_source="file")
    put(session, drive, payload)
    told, offered = [], []

    def change(answer):
        beginnings.change(session, "v", lambda words, tone="": told.append(words),
                          lambda present: offered.append(present) or answer)
        return session.document.layer("v").source.begins
    assert change(None) == drive.source.begins and offered == ["2018-10-24 08:30:00"]
    assert change("some day") == drive.source.begins and "is not a time" in told.pop()
    assert change("2019-01-02 09:00") == "2019-01-02T09:00:00+08:00"
    session.edits.undo()
    assert session.document.layer("v").source == drive.source
    assert change("") == "" and not told
    undone = session.document.layer("v")
    put(session, undone, payload)                                  # dated, though nobody said when it begins
    assert change("2019-01-02 09:00") == "" and "count from no start" in told.pop()


def test_the_start_is_said_at_the_command_line(tmp_path):
    from tests.app.test_cli import citytwin
    path, project = tmp_path / "drives.csv", tmp_path / "town.twin.json"
    path.write_text("track_id; type; traveled_d; avg_speed; lat; lon; speed; lon_acc; lat_acc; time\n"
                    "1; Car; 9.1; 3.0; 31.35; 121.25; 3.1; 0; 0; 0.0; 31.3501; 121.25; 3.1; 0; 0; 40.0\n")
    save(Project(document=Document(layers=(Vehicles(id="v", name="Drives", source=Source(path=str(path))),))), project)

    def listed(*words) -> dict:
        return json.loads(citytwin("begins", project, *words, "--json").stdout)["layers"][0]
    assert listed()["begins"] == ""
    moved = listed("--layer", "Drives", "--set", "2018-10-24T08:30")
    assert moved == listed() and moved["span"] == ["2018-10-24T08:30:00+08:00", "2018-10-24T08:30:40+08:00"]
    assert listed("--layer", "v", "--set", "")["span"][0].startswith("1970-01-01")


def test_its_readings_stand_where_the_layer_says(tmp_path):
    path = tmp_path / "drives.csv"
    path.write_text("track_id,lon,lat,speed,time\n" + "".join(
        f"7,{121.25 + k / 1e4},31.35,12.5,1970-01-01 00:00:{k:02d}.000\n" for k in range(30)))

    def read(begins: str):
        source = Source(path=str(path), begins=begins)
        return readers.read(readers.Request(source=source, kind="vehicles", frame=Frame()), readers.Progress())
    assert read("").history.span_ns == (0, 29 * SECOND)                # wherever the project is
    begin = parse("2018-10-24T08:30:00+03:00")
    moved = read("2018-10-24T08:30:00+03:00")
    assert moved.history.span_ns == (begin, begin + 29 * SECOND)
    assert any("count from" in note for note in moved.notes)
