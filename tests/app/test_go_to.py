"""Going to a name or a coordinate from the window and from the command line."""

from __future__ import annotations

import json
import math
import threading
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pyarrow as pa
import pytest
import shapely
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from app import place_names
from app.cli import main
from app.discover import layer_types
from app.hidden import tell_if_hidden
from app.panels.go_to import GoTo
from app.panels.palette import Entry
from app.picked_marks import place_mark
from app.place_names import PlaceNames
from app.session import Session
from app.viewport import Viewport
from layers.sensor_points import SensorPoints
from layers.vectors import VectorLayer
from tests.app.made_sessions import put, sensor_session, sensors_payload
from tests.app.test_cli import citytwin
from tests.cim.made_vectors import write
from twin.document import Document
from twin.layer import Source
from twin.project import Project
from twin.selection import Selection

E, N = 617000.0, 3471000.0


@pytest.fixture
def session(tmp_path):
    layer_types()
    shapes = [shapely.box(E + x, N, E + x + 40, N + 30) for x in (0, 500)]
    write(tmp_path / "lakes.gpkg", shapes, {"name_zh": ["远香湖", "石冈门塘"],
                                            "name_en": ["Yuanxiang Lake", "Shigang"]}, "GPKG")
    layer = VectorLayer(id="l", name="Lakes", source=Source(path=str(tmp_path / "lakes.gpkg")))
    made = Session(Project(document=Document(layers=(layer,))))
    made.settle()
    yield made
    made.close()


@pytest.fixture
def palette(session, qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    viewport = Viewport(session, window)
    viewport.resize(320, 240)
    window.show()
    qtbot.waitExposed(window)
    viewport.frame(0.1)
    names = PlaceNames(session)
    names.settle()
    made = GoTo(session, viewport, names, window)
    yield made
    viewport.close_view()


def landed(palette) -> tuple[float, float, float]:
    return palette.viewport.travel.aim.focus


def test_a_name_in_pinyin_selects_and_flies_there(palette, session, qtbot):
    palette.line.setText("yuanxiang")
    assert palette.found[0].title == "Yuanxiang Lake"
    palette.run(0)
    assert session.selection.last == ("l", 0)
    assert landed(palette)[0] == pytest.approx(20.0, abs=1.0)


def test_a_name_that_is_found_in_another_language_stands_behind_the_windows_own(palette):
    palette.line.setText("远香湖")
    assert palette.found[0].title == "Yuanxiang Lake · 远香湖"


def test_a_station_is_one_row_that_names_its_layers(qtbot):
    """Its sensors stand in a layer for each observed property, and all share one table."""
    made = sensor_session()
    for name, kind in (("Humidity", "humidity"), ("Temperature", "temperature")):            # the latest on top
        layer = SensorPoints(id=name, name=name, observed=kind, source=Source(path="/data/stations.csv"))
        made.edits.commit(made.document.with_layer(layer), "Add layers")
        station = replace(sensors_payload(), positions=np.float32([[0, 0, 0], [900, 0, 0], [5, 5, 0]]),
                          features=sensors_payload().features.set_column(1, "name", pa.array(["嘉定站"] * 3)))
        put(made, layer, station)
    names = PlaceNames(made)
    names.settle()
    near, far = names.places("jiading")
    assert near.layers == ("Temperature", "Humidity") and near.members == (("Temperature", 0), ("Humidity", 2))
    assert far.members == (("Temperature", 1),), "900 m away it is another place"
    went, home = [], QWidget()
    qtbot.addWidget(home)
    stage = SimpleNamespace(visual=lambda id: id)
    palette = GoTo(made, SimpleNamespace(stage=stage, zoom_to_feature=lambda *a: went.append(a)), names, home)
    palette.line.setText("jdz")
    assert [entry.hint for entry in palette.found] == ["Temperature · Humidity", "Temperature"]
    palette.run(0)
    assert set(made.selection.items) == set(near.members) and went[0][:2] == ("Temperature", 0)
    made.close()


def test_a_coordinate_is_marked_until_one_selects_something_or_escapes(palette, session, qtbot):
    viewport = palette.viewport
    palette.line.setText(f"{E + 300:.1f} {N + 100:.1f}")
    qtbot.keyClick(palette.line, Qt.Key.Key_Return)
    spot, = session.gone_to.spots
    assert spot.place[:2] == pytest.approx((E + 300, N + 100)) and session.gone_to in session.shown.layers
    session.selection = Selection().only("l", 0)
    assert session.gone_to is None and session.shown == session.document
    session.gone_to = place_mark(session, (0.0, 0.0, 0.0))
    qtbot.keyClick(viewport, Qt.Key.Key_Escape)
    assert session.gone_to is None and session.selection == Selection()


def test_showing_the_hidden_layer_of_what_one_went_to_stays_there(palette, session):
    told, moved = [], []
    session.edits.commit(session.document.with_layer(replace(session.document.layer("l"), visible=False)), "Hide")
    window = SimpleNamespace(session=session, viewport=palette.viewport,
                             tell=lambda words, tone, ways: told.append(ways),
                             layers=SimpleNamespace(zoom_to=lambda: moved.append("whole")))
    palette.went = lambda layer, feature: tell_if_hidden(window, layer, feature)
    palette.line.setText("yuanxiang")
    palette.run(0)
    aim = landed(palette)
    assert aim[:2] == pytest.approx((20.0, 15.0), abs=1.0), "what is hidden is gone to all the same"
    told[0][0][1]()
    assert session.document.layer("l").visible and not moved and landed(palette) == aim
    session.edits.undo()
    tell_if_hidden(window, "l")
    told[1][0][1]()
    assert session.document.layer("l").visible and moved == ["whole"]


def test_the_highlighted_row_stays_so_while_names_are_gathered(palette, monkeypatch):
    west, here = (Entry(title, (), lambda: None) for title in ("West Lake", "Lake"))
    monkeypatch.setattr(type(palette.names), "want", lambda names: None)
    monkeypatch.setattr(type(palette), "_names", lambda own, typed: list(known))
    known = [west]
    palette.line.setText("Lak")
    known = [here, west]
    palette._look_again()
    assert palette.found[palette.list.currentRow()] is west, "a key that is pressed now goes where one sees it would"
    known = [west]
    palette.line.setText("Lake")
    known = [west, here]
    palette._look_again()
    assert palette.found[palette.list.currentRow()] is here, "what is called as was typed was meant"


def test_while_names_are_gathered_what_stands_already_is_not_said_to_be_all(palette, monkeypatch):
    palette.line.setText("yuanxiang")
    assert palette.found and not palette.none.text()
    monkeypatch.setattr(type(palette.names), "complete", False)
    palette.line.setText("yuanxian")
    assert palette.found and palette.none.text() == "Names are being gathered…"
    assert palette.none.isVisibleTo(palette) and palette.list.isVisibleTo(palette)


def test_a_coordinate_flies_there(palette, qtbot):
    palette.line.setText(f"{E + 300:.1f} {N + 100:.1f}")
    assert palette.found[0].hint.startswith("EPSG:4549")
    qtbot.keyClick(palette.line, Qt.Key.Key_Return)
    assert landed(palette)[:2] == pytest.approx((300.0, 100.0), abs=0.01)


def test_nothing_typed_and_nothing_found_say_so(palette):
    assert palette.found == [] and palette.none.text() == "Type a name or a coordinate."
    palette.line.setText("zzzzzz")
    assert palette.found == [] and palette.none.text() == "Nothing has a name like this."


def test_names_are_gathered_once(session, monkeypatch):
    names = PlaceNames(session)
    first = names.settle()
    monkeypatch.setattr(session.jobs, "start", lambda *_, **__: pytest.fail("nothing changed"))
    assert names.settle() is first


def test_names_are_gathered_beside_the_window(session, monkeypatch):
    gate, gathered = threading.Event(), place_names.gathered
    monkeypatch.setattr(place_names, "gathered", lambda tables: gathered(tables) if gate.wait(60) else None)
    names = PlaceNames(session)
    names.want()
    assert names.busy and names.ready is None, "nobody waited for them"
    gate.set()
    assert names.settle().search("yuanxiang", 5)


def test_names_and_addresses_of_hidden_layers_are_found_too(session, tmp_path):
    doors = [shapely.Point(E + 90, N), shapely.Point(E + 120, N)]
    said = {"addr:full": ["裕民南路 1288 号", "裕民南路1300号"]}
    path = write(tmp_path / "doors.gpkg", doors, said, "GPKG", kind="Point")
    hidden = VectorLayer(id="d", name="Doors", source=Source(path=str(path)), visible=False)
    session.edits.commit(session.document.with_layer(hidden), "Add")
    names = PlaceNames(session)
    names.want()
    assert not names.complete
    names.settle()
    assert names.complete and [place.members for place in names.places("裕民南路1300")] == [(("d", 1),)]
    assert names.places("yumin nan lu 1288")[0].members == (("d", 0),)


def test_excavations_and_buffers_from_the_command_line(session, tmp_path):
    import rasterio
    from rasterio.transform import from_bounds

    from layers.terrain import Terrain
    from twin.project import load
    path = tmp_path / "p.twin.json"
    with rasterio.open(tmp_path / "g.tif", "w", driver="GTiff", width=20, height=20, count=1, dtype="float32",
                       crs="EPSG:4549", transform=from_bounds(E - 100, N - 100, E + 100, N + 100, 20, 20)) as file:
        file.write(np.full((20, 20), 4.0, np.float32), 1)
    terrain = Terrain(id="t", name="Ground", source=Source(path=str(tmp_path / "g.tif")))
    session.edits.commit(session.document.with_layer(terrain), "Add")
    session.save(path)
    area = f"{E},{N} {E + 20},{N} {E + 20},{N + 10} {E},{N + 10}"
    said = json.loads(citytwin("excavate", path, "--area", area, "--name", "Pit", "--json").stdout)
    assert (said["name"], said["floor_m"]) == ("Pit", 1.0) and said["volume_m3"] == pytest.approx(600, rel=0.06)
    made = json.loads(citytwin("buffer", path, "--layer", "Lakes", "--distance", "20", "--json").stdout)
    document = load(path).document
    assert document.layer("t").cuts[0].name == "Pit" and document.layer(made["layer"]).name == "Lakes · 20 m"
    touched = json.loads(citytwin("touching", path, "--layer", made["layer"], "--json").stdout)
    assert touched["count"] == 2
    citytwin("buffer", path, "--layer", "Nothing", check=1)
    citytwin("excavate", path, "--area", "1,1 2,1 2,2", check=1)


def test_the_command_line_knows_where_and_what_touches(session, tmp_path):
    path = tmp_path / "p.twin.json"
    session.save(path)
    (lake,) = json.loads(citytwin("where", path, "远香", "--json").stdout)["places"]
    assert (lake["name"], lake["layer"]) == ("远香湖", "l")
    assert math.hypot(lake["easting"] - E - 20, lake["northing"] - N - 15) < 20
    assert json.loads(citytwin("where", path, f"{E} {N}", "--json").stdout)["places"][0]["easting"] == E
    assert "nowhere" in citytwin("where", path, "nowhere", check=1).stderr
    area = f"{E - 5},{N - 5} {E + 5},{N - 5} {E + 5},{N + 5}"
    assert json.loads(citytwin("touching", path, "--area", area, "--json").stdout)["count"] == 1
    line = f"{E - 100},{N - 20} {E + 900},{N - 20}"
    assert json.loads(citytwin("touching", path, "--line", line, "--json").stdout)["count"] == 0
    assert citytwin("touching", path, "--line", line, "--within", "25", "--csv").stdout.count("\n") == 3
    assert "no such layer" in citytwin("touching", path, "--layer", "None", check=1).stderr


def test_what_was_not_searched_is_told_by_the_command_too(session, tmp_path, capsys):
    hidden = VectorLayer(id="d", name="Dots", source=Source(path=str(tmp_path / "dots.gpkg")), visible=False)
    session.edits.commit(session.document.with_layer(hidden), "Add")
    session.save(path := tmp_path / "p.twin.json")
    asked = ["touching", str(path), "--line", f"{E - 100},{N - 20} {E + 900},{N - 20}"]
    assert main([*asked, "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"count": 0, "features": [], "hidden_layers": ["Dots"]}
    assert main(asked) == 0
    told = capsys.readouterr()
    assert told.out == "name,class,layer,feature\n" and "Dots" in told.err


def test_the_command_line_combines_place_distance_layer_and_condition(session, tmp_path):
    def names(*asked) -> list[str]:
        rows = json.loads(citytwin("touching", path, *asked, "--json").stdout)["features"]
        return [row["name"] for row in rows]
    path = tmp_path / "p.twin.json"
    dots = write(tmp_path / "dots.gpkg", [shapely.Point(E + 60, N), shapely.Point(E + 700, N)], {"name": ["a", "b"]},
                 "GPKG", kind="Point")
    hidden = VectorLayer(id="d", name="Dots", source=Source(path=str(dots)), visible=False)
    session.edits.commit(session.document.with_layer(hidden), "Add")
    session.save(path)
    lake = ["Yuanxiang Lake"]
    assert names("--where", "name_zh LIKE '远%'") == lake
    assert names("--layer", "Dots") == [] and names("--layer", "Dots", "--within", "21") == lake
    assert names("--of", "Dots", "--where", "name > 'a'") == ["b"]
    line = f"{E - 100},{N - 20} {E + 900},{N - 20}"
    assert names("--line", line, "--within", "25", "--of", "Lakes", "--where", "name_en = 'Shigang'") == ["Shigang"]
    assert "cannot be understood" in citytwin("touching", path, "--where", "nam = 1", check=1).stderr
