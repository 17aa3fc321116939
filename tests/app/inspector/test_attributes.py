"""The inspector's attributes through its real widgets: of features, of layers, of errors."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pyarrow as pa
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from app.discover import layer_types
from app.panels import element_properties, facts
from app.panels.layer_rows import LABELS, format_of, payload_rows
from app.panels.table_model import TableModel
from layers.building import Building
from layers.city import City
from layers.networks import Networks
from layers.vectors import VectorLayer
from tests.app.inspector.made_inspector import read, shown
from tests.app.made_sessions import DAY_START, city_payload, made_properties, put
from twin import readers
from twin.data import Mesh, Vectors
from twin.frame import Frame
from twin.layer import Source
from twin.network import Network
from twin.selection import Selection
from twin.text import set_language
from twin.times import HOUR, MINUTE
from twin.trouble import Trouble
from twin.value_words import ValueWord

layer_types()


def test_nothing_selected_says_what_to_do(inspector):
    assert "Nothing is selected" in inspector.attributes.title.text()
    assert not inspector.attributes.table.isVisible()


def test_a_feature_shows_every_attribute_and_a_dash_for_null(inspector, session):
    session.selection = Selection((("city", 2),))
    inspector.refresh()
    assert inspector.attributes.title.text() == "House 2"
    assert shown(inspector)["height"] == "—" and shown(inspector)["floors"] == "2"
    session.selection = Selection((("city", 0),))
    inspector.refresh()
    assert shown(inspector)["height"] == "9.1"               # float32, and not 9.100000381


def test_attributes_are_copied(inspector, session):
    session.selection = Selection((("city", 0),))
    inspector.refresh()
    QTest.mouseClick(inspector.attributes.copy, Qt.MouseButton.LeftButton)
    assert "Use\thome" in QGuiApplication.clipboard().text().splitlines()
    inspector.attributes.table.selectRow(0)
    inspector.attributes.table.copy_value.trigger()
    assert QGuiApplication.clipboard().text() == "House 0"


def test_the_filter_narrows(inspector, session):
    session.selection = Selection((("city", 0),))
    inspector.refresh()
    QTest.keyClicks(inspector.attributes.filter, "hei")
    assert list(shown(inspector)) == ["height"]


def test_several_features_show_what_they_share(inspector, session):
    session.selection = Selection((("city", 0), ("city", 1)))
    inspector.refresh()
    assert inspector.attributes.title.text() == "2 selected"
    assert shown(inspector)["use"] == "home" and shown(inspector)["tags"] == "a"
    assert shown(inspector)["name"] == "(differs)"


def test_a_sensor_shows_its_value_and_how_old_it_is(qtbot, inspector, session):
    session.selection = Selection((("sensors", 1),))
    read(qtbot, inspector)
    assert shown(inspector)["value"] == "24.6667 °C" and shown(inspector)["state"] == "up to date"
    assert shown(inspector)["age"] == "1 min ago"
    session.clock.go_to(DAY_START + 11 * HOUR)
    inspector.refresh()
    assert shown(inspector)["state"] == "stale"
    session.clock.go_to(DAY_START - MINUTE)
    inspector.refresh()
    assert shown(inspector)["state"] == "no data" and shown(inspector)["value"] == "—"


def test_a_reading_that_is_up_to_date_may_be_an_alarm(qtbot, inspector, session):
    from twin.incidents.rule import AlarmRule
    rule = AlarmRule(id="hot", layer="sensors", name="Hot", red=20.0)
    session.edits.commit(session.document.with_rule(rule), "rule")
    session.settle(60, only=("sensors",))
    session.selection = Selection((("sensors", 1),))
    read(qtbot, inspector)
    assert shown(inspector)["state"] == "up to date" and shown(inspector)["alarm.hot"] == "Red · Hot"


def test_the_current_layer_tells_its_facts(inspector, session):
    session.current_layer = "sensors"
    inspector.refresh()
    said = shown(inspector)
    assert said["source"] == "/data/made.csv" and said["count"] == "2 of 3" and "EPSG:4549" in said["crs"]
    assert "ynthetic" in said["synthetic"]
    assert "2 rows without a time" in inspector.attributes.notes.text()


def test_a_long_name_without_a_space_does_not_widen_the_panel(inspector, session):
    session.edits.commit(session.document.with_layer(
        replace(session.document.layer("sensors"), name="buildings_of_the_district_as_surveyed_" * 3)), "Rename")
    session.current_layer = "sensors"
    inspector.refresh()
    assert inspector.attributes.minimumSizeHint().width() < 300
    assert inspector.attributes.title.toolTip() == "buildings_of_the_district_as_surveyed_" * 3
    title = inspector.attributes.title
    assert title.heightForWidth(200) > 3 * title.fontMetrics().height(), "in several lines"


def test_what_has_no_heights_of_its_own_is_not_said_to_lie_at_zero():
    place = np.array([[3.0, 4.0, 0.0]], np.float32)
    flat, high = (Vectors(count=1, points=place, has_z=has) for has in (False, True))
    layer, frame = VectorLayer(id="v", name="v"), Frame(origin=(0, 0, 0))
    said = [{row.key: row.value for row in payload_rows(p, frame, "UTC", layer)} for p in (flat, high)]
    assert said[0]["height"] == "On the ground" and said[1]["height"] == "0.0 – 0.0 m"


def test_houses_that_stand_on_the_terrain_say_how_far_they_rise_over_it():
    city, frame = city_payload(), Frame(origin=(0, 0, 4))
    on_terrain = replace(city, base=np.zeros((city.count, 2), np.float32))
    row, = (row for row in payload_rows(on_terrain, frame, "UTC", City(id="c", name="c")) if row.key == "height")
    assert row.value == f"up to {city.points[:, 2].max():.1f} m above the ground"


def test_pipes_say_the_heights_at_which_they_are_drawn_not_those_that_the_file_writes():
    mesh = Mesh(count=2, points=np.array([[0, 0, 3.66], [9, 0, 3.66], [0, 5, 1.5], [9, 5, 1.5]], np.float32),
                triangles=np.zeros((0, 3), np.int32), vertex_feature=np.array([0, 0, 1, 1], np.int32))
    pipes = Network(count=2, mesh=mesh, kinds=("gas", "gas"), diameter_m=np.full(2, 0.5, np.float32),
                    meaning=np.array([2, 2], np.int8), datum=np.array([2, 1], np.int8), shift_m=(0.0, 0.0, -1.66))

    def said(network):
        return next(row.value for row in payload_rows(network, Frame(origin=(0, 0, 0)), "UTC",
                                                      Networks(id="n", name="n")) if row.key == "height")
    assert said(pipes) == "1.5 – 2.0 m"
    assert said(replace(pipes, below=np.array([True, False]))) == "by depths under the ground"


def test_a_number_for_programs_is_nobodys_name_and_what_is_not_stated_stands_in_one_line():
    made = {"id": ["GUID_ca4e8a6e-1d36-4b9f-a5a7-0d3f6d3c1a2b", "B-7"], "type": ["Building", "Building"],
            **{f"a{n}": pa.array([None, "x"], pa.string()) for n in range(9)}}
    features = pa.table(made)
    assert [facts.title_of(features, row) for row in (0, 1)] == ["Building 1", "B-7"]
    rows = facts.folded(facts.feature_rows(features, 0, "UTC"))
    assert [row.key for row in rows] == ["id", "type", "empty"] and "a8" in rows[-1].value
    assert len(facts.folded(facts.feature_rows(features, 1, "UTC"))) == 11


def test_a_reported_missing_value_is_no_data():
    series = (np.array([1, 2], np.int64), np.array([5, np.nan], np.float32))
    assert facts.reading_at(series, 2, 60).state == "no data"


def test_property_sets_come_from_a_worker(qtbot, inspector, session, monkeypatch):
    monkeypatch.setattr(element_properties, "reader", lambda: made_properties)
    walls = Building(id="walls", name="Walls", source=Source(path="/data/walls.ifc"))
    session.edits.commit(session.document.with_layer(walls), "Add")
    put(session, walls, replace(city_payload(), features=pa.table({"name": ["Wall 1"], "guid": ["3vB2"]})))
    session.selection = Selection((("walls", 0),))
    inspector.refresh()
    assert shown(inspector)["guid"] == "3vB2"

    def answered():
        session.tick(0.0)
        inspector.refresh()
        return "Pset_WallCommon.FireRating" in shown(inspector)
    qtbot.waitUntil(answered)
    assert shown(inspector)["Pset_WallCommon.FireRating"] == "F90" and shown(inspector)["GlobalId"] == "3vB2"
    assert shown(inspector)["Pset_WallCommon.Width"] == "0.24 m" and "guid" not in shown(inspector)
    rows = {row.key: row for row in inspector.attributes.table.facts.rows}
    assert rows["Pset_WallCommon.Width"].label == "Width ↑" and rows["Pset_WallCommon.Width"].tip == "From the type"
    assert rows["Relations.Contained in"].link == "0storey" and rows["Relations.Contained in"].column == ""
    table = inspector.attributes.table
    table.selectRow([row.key for row in table.facts.rows].index("Pset_WallCommon.FireRating"))
    table.color_row.trigger()
    assert session.document.layer("walls").color_by == "Pset_WallCommon.FireRating"
    session.selection = Selection((("city", 0),))
    inspector.refresh()
    inspector.refresh()
    assert "Pset_WallCommon.FireRating" not in shown(inspector)


def test_an_error_can_be_read_to_its_end(inspector, session):
    layer = session.document.layer("city")
    put(session, layer, None)
    session.asset("city").error = Trouble("This is a format that is recognised but not read.",
                                          cause="It is of a version that came long after this program was written",
                                          way_out="Convert it to CityJSON and open that.", path="/data/a.gml")
    inspector.resize(300, 700)
    session.current_layer = "city"
    inspector.refresh()
    error = inspector.attributes.error
    assert error.isVisibleTo(inspector) and error.text().endswith("Convert it to CityJSON and open that.")
    assert error.heightForWidth(error.width()) > 2 * error.fontMetrics().height(), "over several lines"


def test_known_columns_are_called_in_words_and_lengths_are_no_arithmetic_dust():
    features = pa.table({"storey_elevation_m": [-1.804778549e-15], "interval_secs": [300], "property": ["noise.leq"],
                         "Own_Key": ["x"]})
    set_language("zh")
    try:
        rows = {row.key: row for row in facts.feature_rows(features, 0, "UTC")}
    finally:
        set_language("en")
    assert rows["storey_elevation_m"].value == "0" and rows["storey_elevation_m"].label == "楼层标高 (m)"
    assert rows["interval_secs"].label == "间隔 (s)" and rows["property"].value == "等效声级 Leq"
    assert rows["Own_Key"].label == "Own_Key"


def test_what_a_code_is_called_is_not_told_twice():
    words = (ValueWord(value="water", name="Water", name_zh="给水", columns=("kind",)),)
    features = pa.table({"kind": ["water"], "kind_zh": ["给水"], "name": [None], "name_zh": [None]})
    keys = {}
    for language in ("en", "zh"):
        set_language(language)
        keys[language] = [row.key for row in facts.feature_rows(features, 0, "UTC", words)]
    set_language("en")
    assert keys == {"en": ["kind", "kind_zh", "name", "name_zh"], "zh": ["kind", "name", "name_zh"]}


def test_codes_are_called_as_the_project_says_and_no_others():
    words = (ValueWord(value="office", name="Office", name_zh="办公", columns=("use",)),)
    features = pa.table({"use": ["office"], "owner": ["office"], "kind": ["lake"]})
    set_language("zh")
    try:
        rows = {row.key: row for row in facts.feature_rows(features, 0, "UTC", words)}
        model = TableModel()
        model.words = words
        model.show(features, np.arange(1))
        shown = [model.data(model.index(0, n)) for n in range(3)]
    finally:
        set_language("en")
    assert (rows["use"].value, rows["use"].tip) == ("办公", "use: office")
    assert rows["owner"].value == "office" and rows["kind"].value == "lake"
    assert shown == ["办公 (office)", "office", "lake"]


def test_a_tree_without_a_name_is_called_by_its_species():
    trees = pa.table({"species": ["camphor", None], "height_m": [7.0, 8.0]})
    assert [facts.title_of(trees, row) for row in (0, 1)] == ["camphor 1", "Feature 2"]


def test_a_feature_is_called_by_its_name_in_the_other_language_before_its_id():
    lakes = pa.table({"id": ["w1", "w2", "w3"], "name_zh": ["远香湖", "横沥", None], "name_en": [None, "Hengli", None]})
    assert [facts.title_of(lakes, row) for row in range(3)] == ["远香湖", "Hengli", "w3"]


def test_a_grid_has_points_and_no_features_in_the_inspector_and_in_its_row(session):
    from app.panels.layer_facts import facts_of
    from layers.layer_row import Row
    from layers.terrain import Terrain
    from twin.data import HeightGrid
    grid = HeightGrid(heights=np.zeros((3, 4), np.float32), count=12)
    first = payload_rows(grid, Frame(), "UTC", Terrain(id="t", name="t"))[0]
    assert (first.label, first.value) == ("Grid points", "12")
    asset = SimpleNamespace(state="ready", payload=grid, error=None, fraction=None)
    shown = SimpleNamespace(document=session.document, hosts=session.hosts,
                            assets=SimpleNamespace(held=lambda *_: asset))
    for row in (None, Row("ready", features=1)):
        assert facts_of(shown, Terrain(id="t", name="t"), row).count == 0, "hidden or drawn"


def test_a_vehicle_is_of_its_mode_and_not_of_what_is_measured_of_it():
    fleet = pa.table({"id": ["a", "b"], "mode": ["bus", None], "property": ["speed", "speed"]})
    assert facts.class_of(fleet, 0) == "bus" and facts.class_of(fleet, 1) == "speed"


def test_a_format_is_called_as_info_calls_it():
    layer = VectorLayer(id="a", name="a", source=Source(path="/data/trees.fgb"))
    assert format_of(layer) == "FlatGeobuf"
    assert format_of(replace(layer, source=Source(path="/data/trees.xyz9"))) == "XYZ9"
    assert format_of(replace(layer, source=Source(path="/data/stops.geojson", reader="vectors"))) == "GeoJSON"
    assert format_of(replace(layer, source=Source(path="/data/stops.json", reader="vectors"))) == "GeoJSON"
    assert format_of(replace(layer, source=Source(path="/data/line.geojson", reader="buffer"))) == "GeoJSON"
    assert format_of(replace(layer, source=Source(path="/data/city.json", reader="cityjson"))) == "CityJSON"
    assert format_of(replace(layer, source=Source(path="/data/dem.tif"))) == "GeoTIFF"
    assert format_of(replace(layer, source=Source(path="/data/houses.parquet", reader="geoparquet"))) == "GeoParquet"
    assert {name: readers.discover()[name].label for name in LABELS} == LABELS
    assert format_of(replace(layer, source=Source(path="/data/Delft.city.json"))) == "CityJSON"
    assert format_of(replace(layer, source=Source(path="/data/any.json"))) == "JSON", "it may be one of several"
