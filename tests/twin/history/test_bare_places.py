"""Places that no stored sensor has: kept, shown as never heard of, and given to the sensors that come later."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from app.bringing import bring_into
from layers.device_age import NEVER
from layers.sensor_values import age_classes, rows_of
from twin.frame import Frame
from twin.history.bare_places import PLACE
from twin.history.importing import bring
from twin.history.plan import Choice
from twin.history.store import Store, store_beside
from twin.history.store_reader import read
from twin.history.writer import Writer
from twin.layer import Source
from twin.project import load
from twin.readers import Progress, Request
from twin.sensors import Batch, Datastream

SHANGHAI = "Asia/Shanghai"
LIST = "station,lon,lat\nS1,121.25,31.35\nS9,121.3,31.4\nS9,121.3,31.4\n"
READINGS = "time,station,PM2.5,NO2\n2026-07-15 06:00,{0},1,2\n"


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "city.history"


def written(folder: Path, text: str, name: str) -> Path:
    path = folder.parent / name
    path.write_text(text)
    return path


def streams(folder: Path) -> dict[str, Datastream]:
    with Store(folder) as store:
        return {k.stream.id: k.stream for k in store.look().known}


def test_what_no_sensor_answers_to_is_kept_as_a_place_and_said(folder):
    bring(written(folder, READINGS.format("S1"), "a.csv"), folder, SHANGHAI)
    report = bring(written(folder, LIST, "places.csv"), folder, SHANGHAI)
    assert (report.rows, report.kept, report.duplicates, report.rejected, report.datastreams) == (3, 2, 1, 0, 3)
    assert report.properties == (PLACE,) and any("(S9)" in note for note in report.notes)
    found = streams(folder)
    assert {id: s.x for id, s in found.items()} == {"S1/PM2.5": 121.25, "S1/NO2": 121.25, "S9": 121.3}
    assert bring(folder.parent / "places.csv", folder, SHANGHAI).notes == ()         # nothing of it is new


def test_a_place_is_drawn_and_was_never_heard_of(folder):
    bring(written(folder, READINGS.format("S1"), "a.csv"), folder, SHANGHAI)
    bring(written(folder, LIST, "places.csv"), folder, SHANGHAI)
    payload = read(Request(source=Source(path=str(folder)), kind="sensors", frame=Frame()), Progress())
    _, rows = rows_of(payload, PLACE)
    assert len(rows) == 1 and np.isfinite(payload.positions[rows, :2]).all()
    assert age_classes(payload, rows, 1 << 60, 15.0).values.tolist() == [NEVER]


@pytest.mark.parametrize("station", ["S9", "S1"])
def test_readings_that_come_later_stand_where_their_thing_was_listed(folder, station):
    bring(written(folder, LIST, "places.csv"), folder, SHANGHAI)
    assert set(streams(folder)) == {"S1", "S9"}
    bring(written(folder, READINGS.format(station), "a.csv"), folder, SHANGHAI)
    found = streams(folder)
    assert {f"{station}/PM2.5", f"{station}/NO2"} == {id for id, s in found.items() if s.property != PLACE}
    assert found[f"{station}/NO2"].x == {"S1": 121.25, "S9": 121.3}[station] and station not in found


def test_a_place_that_speaks_itself_is_no_place_any_more(folder):
    """As a live feed brings it: by its id alone, of no observed property."""
    bring(written(folder, LIST, "places.csv"), folder, SHANGHAI)
    with Writer(folder) as writer:
        writer.append(Batch(ids=("S9",), streams=np.zeros(1, np.int32), times_ns=np.array([10 ** 18]),
                            values=np.array([7.0])))
        assert writer.seal() == 1
    found = streams(folder)
    assert found["S9"].property == "" and found["S9"].x == 121.3 and found["S1"].property == PLACE


def test_a_list_that_says_what_its_sensors_observe_is_believed(folder):
    bring(written(folder, "id,property,unit,lon,lat\nA,air.pm25,ug/m3,121.25,31.35\n", "l.csv"), folder, SHANGHAI)
    assert streams(folder)["A"].property == "air.pm25"


def test_places_without_names_are_called_by_their_file(folder):
    for name in ("left", "right"):
        bring(written(folder, "lon,lat\n121.25,31.35\n121.26,31.35\n", f"{name}.csv"), folder, SHANGHAI)
    assert set(streams(folder)) == {"left 1", "left 2", "right 1", "right 2"}


def test_a_project_of_places_alone_has_a_layer(tmp_path):
    project = tmp_path / "p.twin.json"
    bring_into(project, [written(tmp_path / "x", LIST, "metro.csv")], Choice(), Progress())
    layer, = load(project).document.layers
    assert (layer.observed, layer.name, layer.color_by) == (PLACE, "metro", "device age")
    assert store_beside(project).exists()
    bring_into(project, [written(tmp_path / "x", READINGS.format("S1"), "a.csv")], Choice(), Progress())
    assert [one.observed for one in load(project).document.layers] == ["PM2.5", PLACE]      # the latest on top
